import type { ScriptedAnswer } from './scripted-model.ts'
import { asTitle, isLight, verbOfPast } from './task-verbs.ts'
import { DUE, titleAndDue } from './title-and-due.ts'

/** A tool call that the caller asks for. */
export type Order = Extract<ScriptedAnswer, { kind: 'call' }>

export const order = (name: string, given: Readonly<Record<string, string>> = {}): Order => ({
  kind: 'call',
  name,
  arguments: given,
})

const TASK = '(?:(?:an?|the|another|my) )?(?:new )?task\\b(?:[\\s:,.]*(?:to|called|that says|named))?'
const ADDS = new RegExp(
  `^(?:add|create|make(?: me)?(?= an? (?:new )?(?:task|reminder)\\b)|put down|write down|note(?: down)?|new task|remind me(?: to| of| about)?|set (?:me )?a reminder(?: to| for)?|(?:and )?do(?:n't| not) (?:let me )?forget(?: to)?)\\b[\\s:,]*(?:${TASK}|(?:to|on) (?:my|the) (?:to-?do )?list)?[\\s:,.]*(?:to )?(.*)`,
  'i',
)
/** "Remind me on Friday to call Bob", "On Friday, I have to call Bob". */
const DUE_FIRST = [
  new RegExp(`^remind me (${DUE}) (?:to|of|about) (.+)`, 'i'),
  new RegExp(`^(${DUE})[\\s,]+(?:(?:please )?remind me to|i (?:need|have|must|want) to) (.+)`, 'i'),
]
const PUTS_ON_LIST = /^(?:put|add) (.+?) (?:on|to) (?:my|the) (?:to-?do )?list\b(.*)/i
const NEEDS = /^i(?:(?:'ve got| need| have| must| want| got) to| must| should| gotta) (?!go\b)(.+)/i
/** What a caller says for a task without a title. */
const NAMELESS = /^(?:(?:a|an|one|another)(?: (?:task|one|thing|reminder))?|something|it|that|this)?(?: ?\bfor me)?$/i

const UNDOES = /\b(?:undo|(?:take|bring|put) (?:it|that|this) back|revert (?:it|that))\b/i
const CANCELS_LAST = /^(?:cancel|scratch|forget) (?:it|that|this)\b/i
/** "As done" is often heard as "has done". */
const AS = '(?:(?:as|has|is|his|it)\\s+)'
const REOPENS =
  /^(?:(?:re-?open)\s+(.+)|mark (.+?) (?:(?:as|has|is) )?(?:not (?:done|finished)|open|pending)(?: again)?)$/i
const UNDATES =
  /^(?:remove|delete|clear|take|take away|drop) (?:the |its )?(?:due )?(?:date|deadline) (?:(?:away |off )?from|off|of|on|for) (.+)/i
const DELETES = /\b(?:delete|remove|erase|cancel|get rid of|throw away)\s+(.+)/i
const RENAMES = /^(?:rename|change)\s+(.+?)\s+(?:to|into)\s+(.+)/i
const MOVES = new RegExp(
  `^(?:move|push|postpone|put off|reschedule|shift|change|make|set)\\s+(.+?)(?: back| forward| up)?(?: to| due| for| until| till)*\\s+(${DUE})$`,
  'i',
)
const COMPLETES = [
  new RegExp(
    `^(?:mark(?!\\s+(?:is|was|will|can|called|told|said|asked)\\b(?!.*\\b(?:done|completed?|finished)$))|tick off|check off|cross off)\\s+(.+?)(?:\\s+${AS}?(?:done|completed?|finished)(?: it)?)?$`,
    'i',
  ),
  /^(?:tick|check|cross)\s+(.+?)\s+off(?: (?:of |from )?(?:my|the) (?:to-?do )?list)?$/i,
  /^(?:completed?|i(?:'ve| have)?(?: already| just)? (?:did|done|finished|completed)|i(?:'m| am) (?:done|finished) with)\s+(.+)/i,
  /^(?!is\b|what\b|which\b)(.+?)\s+(?:is|are) (?:done|completed|finished)$/i,
  /^((?:the|my) .+)'s (?:done|completed|finished)$/i,
]
const DETAILS = [
  /\bwhen (?:is|was|are)\s+(.+?)\s+due$/i,
  /^when (?:is|are) (?!(?:my|the) next\b)(.+)$/i,
  /^what about ((?:the|my) .+)/i,
  new RegExp(`^(?:is|are)\\s+(.+?)\\s+due\\s+${DUE}$`, 'i'),
  /^when do i (?:have|need) to (.+)/i,
  /^(?:is|are)\s+(.+?)\s+(?:done|completed|finished|due)(?: yet| already)?$/i,
  /\b(?:tell me (?:more )?about|(?:the )?details (?:of|about|on|for))\s+(.+)/i,
]
/** What is due by a day is not done. */
const DUE_BY = new RegExp(`\\bby ${DUE}$`, 'i')
/** "I've already paid the rent", "I paid my rent": the verb of the task, in the past. */
const HAS_DONE =
  /^i(?:(?:'ve| have)(?: already| just)?| already| just|(?= [a-z]+ (?:the|my)\b)) ([a-z]+) (?!to\b|you\b|him\b|her\b|them\b|me\b|it\b|that\b)(.+)/i
const TAKES_OFF = /^take (.+?) (?:off|of|from|away from) (?:my|the) (?:to-?do )?list$/i
/** "Tick off the milk" is always heard as "take off the milk". */
const TICKS_OR_TAKES = /^(?:take|took|pick) off ((?:the|my) .+)$/i
const ABOUT_ALL =
  /^(?:clear|empty|delete|remove|erase|complete|mark) (?:everything|all(?: (?:of )?(?:them|it|(?:my|the) tasks?|tasks?))?|(?:my|the) (?:whole )?(?:to-?do )?list)(?: (?:as|has) done)?$/i
export const ASKS_HELP =
  /^(?:help(?: me)?|what (?:can|do) you do|what can (?:i|you) (?:say|ask|do|see|help)(?: (?:you|me|with|for).*)?|what are my options|how (?:does|do) (?:this|it|you|i) (?:works?|use (?:this|it))|how can you help(?: me)?|i need help)$/i
const NO_TASKS =
  /\bwhat do (?:you (?:think|want|mean|like|know|feel)|people|they)\b|\b(?:weather|news|joke|story|capital|(?:time|day|date) is it|(?:what's|what is) the (?:time|day|date))\b/i
const LISTS =
  /^when (?:is|are) my next\b|(?:\b(?:what|what's|which|anything|how many)\b|^(?:list|read|show|tell me|give me)\b).*\b(?:due|do|tasks?|list|overdue|pending|today|tomorrow|left|have|done|completed?|finished?|open|next|coming up)\b/i

/** The order in the text alone; its `title` may be "it", which only the conversation resolves. */
export function orderIn(text: string): ScriptedAnswer | undefined {
  if (ASKS_HELP.test(text)) return undefined
  if (ABOUT_ALL.test(text)) return { kind: 'say', text: 'I do that for one task at a time. Which one, please?' }
  const ticked = text.match(TICKS_OR_TAKES)?.[1]
  if (ticked !== undefined) return { kind: 'say', text: `Shall I mark ${named(ticked)} as done, or delete it?` }
  return added(text) ?? changed(text) ?? looked(text) ?? needed(text)
}

function added(text: string): ScriptedAnswer | undefined {
  const [, due, title] = DUE_FIRST.map(pattern => text.match(pattern)).find(Boolean) ?? []
  if (due !== undefined && title !== undefined) return order('create_task', { title, due })
  const put = text.match(PUTS_ON_LIST)
  const words = put ? `${put[1]}${put[2]}` : text.match(ADDS)?.[1]
  return words === undefined ? undefined : addition(words)
}

/** The order that adds a task, or a question for its title. */
export function addition(words: string): ScriptedAnswer {
  const { title: said, due } = titleAndDue(words.trim())
  const title = asTitle(said)
  if (NAMELESS.test(title)) return { kind: 'say', text: 'Gladly. What shall I add?' }
  return order('create_task', { title, ...(due !== undefined && { due }) })
}

function changed(text: string): Order | undefined {
  const first = (patterns: readonly RegExp[]): string | undefined =>
    patterns.map(pattern => text.match(pattern)?.slice(1).find(Boolean)).find(Boolean)
  if (UNDOES.test(text) || CANCELS_LAST.test(text)) return order('undo_last_change')
  const open = first([REOPENS])
  if (open) return order('update_task', { title: named(open), status: 'pending' })
  const undated = first([UNDATES])
  if (undated) return order('update_task', { title: named(undated), due: 'none' })
  const done = first(COMPLETES)
  if (done) return order('complete_task', { title: named(done) })
  const [, past = '', object] = DUE_BY.test(text) ? [] : (text.match(HAS_DONE) ?? [])
  const verb = verbOfPast(past)
  if (verb !== undefined && object !== undefined && (/^i(?:'ve| have| already| just)/i.test(text) || !isLight(verb)))
    return order('complete_task', { title: named(`${verb} ${object}`) })
  const moved = text.match(MOVES)
  if (moved?.[1] && moved[2]) return order('update_task', { title: named(moved[1]), due: moved[2] })
  const renamed = text.match(RENAMES)
  if (renamed?.[1] && renamed[2])
    return order('update_task', { title: named(renamed[1]), new_title: named(renamed[2]) })
  const gone = first([TAKES_OFF, DELETES])
  return gone ? order('delete_task', { title: named(gone) }) : undefined
}

function looked(text: string): Order | undefined {
  const asked = DETAILS.map(pattern => text.match(pattern)?.[1]).find(Boolean)
  if (asked && !/^(?:anything|everything|all|there)\b/i.test(asked)) {
    return order('get_task_details', { title: named(asked) })
  }
  return LISTS.test(text) && !NO_TASKS.test(text) ? order('list_tasks', { filter: filterOf(text) }) : undefined
}

function needed(text: string): ScriptedAnswer | undefined {
  const words = text.match(NEEDS)?.[1]
  return words === undefined ? undefined : (added(words) ?? changed(words) ?? addition(words))
}

function filterOf(text: string): string {
  if (/\boverdue\b/i.test(text)) return 'overdue'
  if (/\b(?:completed?|finished?|have i done|did i (?:do|finish|complete)|are (?:already )?done)\b/i.test(text))
    return 'completed'
  if (/\b(?:today|tonight)\b/i.test(text)) return 'due_today'
  return /\ball\b/i.test(text) ? 'all' : 'pending'
}

/** A task's title without filler words: "proposal one" from "the proposal one, too". */
export const named = (words: string): string =>
  asTitle(words)
    .replace(/^(?:(?:the |its )?(?:due )?(?:date|deadline|title|name) (?:of|for|on) )?(?:(?:the|my|a|an)\s+)?/i, '')
    .replace(/[\s,]+(?:please|too|as well|from (?:my|the) list)$/i, '')
