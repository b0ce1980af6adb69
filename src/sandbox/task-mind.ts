import type { MindMessage, Thought } from './mind.ts'

const say = (text: string): Thought => ({ kind: 'say', text })
const call = (name: string, given: Readonly<Record<string, string>> = {}): Thought => ({
  kind: 'call',
  name,
  arguments: given,
})

const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const DAY = `(?:(?:next|this|the|coming) )*(?:${WEEKDAY}|today|tonight|tomorrow|(?:end of (?:the |this |next )?)?(?:week|month|year|day)|noon)`
/** A due date at the end of what is said: "by Friday", "tomorrow at five". */
const DUE = new RegExp(
  `(?:^|[\\s,]+)(?:due )?((?:by |on |until |before |at |for )?${DAY}(?: (?:at|by|in the|around) .+| morning| evening)?)$`,
  'i',
)
const A_DAY = new RegExp(`\\b${DAY}\\b`, 'i')

const UNDOES = /\b(?:undo|take (?:it|that) back|bring (?:it|that) back)\b/i
const DELETES = /\b(?:delete|remove|erase|get rid of|throw away)\s+(.+)/i
const COMPLETES = [
  /\b(?:mark|tick off|check off|cross off)\s+(.+?)(?:\s+(?:as\s+)?(?:done|completed?|finished))?$/i,
  /\b(?:complete|i(?:'ve| have)? (?:did|done|finished|completed))\s+(.+)/i,
  /^(.+?)\s+is (?:done|completed|finished)$/i,
]
const RENAMES = /\brename\s+(.+?)\s+(?:to|into)\s+(.+)/i
const MOVES = /\b(?:move|push|postpone|reschedule|change|make|set)\s+(.+?)\s+(?:to|due|for)\s+(.+)/i
const CORRECTS = /\b(?:no,? wait|i meant|i mean|actually|make it|sorry,? no)\b/i
const DETAILS = [/\bwhen (?:is|was)\s+(.+?)\s+due$/i, /\b(?:tell me (?:more )?about|details (?:of|about|on))\s+(.+)/i]
const LISTS =
  /\b(?:what|which|list|read|anything|how many|show)\b.*\b(?:due|to do|tasks?|list|overdue|pending|today|left|have|done)\b/i
const ADDS =
  /^(?:(?:please|and|also|okay|yes|can you|could you)[\s,]+)*(?:add|create|put down|write down|note(?: down)?|new task|remind me(?: to)?|i (?:need|have|must|want) to)\b[\s:,]*(?:(?:a |the )?(?:new )?task\b(?:[\s:,]*(?:to|called|that says))?[\s:,]*)?(?:to )?(.+)/i
const ENDS = /\b(?:bye|goodbye|that'?s (?:all|it)|that is all|nothing else)\b/i
const ASKED_DUE = /due some day\?/i
/** A change that a tool tells of, and the task's title in it. */
const CHANGED =
  /^Result of \w+: (?:Added|Changed|Done|Taken back): (.+?)(?:,? (?:due|with no due|is on your list|is pending)\b.*)?\.?$/

/** Thinks as a small, rule-based Task Manager would: the same conversation gives the same thought. */
export function thinkOfTasks(messages: readonly MindMessage[]): Thought {
  const last = messages.at(-1)
  if (last?.role === 'tool') return afterTool(messages, last.content)
  const text = (messages.findLast(({ role }) => role === 'user')?.content ?? '').replace(/[.!?,\s]+$/, '')
  const before = messages.findLast(({ role, content }) => role === 'assistant' && content !== '')?.content ?? ''
  return ordered(messages, text) ?? answered(messages, text, before) ?? chatted(text)
}

/** What the caller wants done. */
function ordered(messages: readonly MindMessage[], text: string): Thought | undefined {
  if (UNDOES.test(text)) return call('undo_last_change')
  const corrected = CORRECTS.test(text) ? correction(messages, text) : undefined
  if (corrected) return corrected
  const gone = text.match(DELETES)?.[1]
  if (gone) return call('delete_task', { title: named(gone) })
  const renamed = text.match(RENAMES)
  if (renamed?.[1] && renamed[2]) return call('update_task', { title: named(renamed[1]), new_title: named(renamed[2]) })
  const moved = text.match(MOVES)
  if (moved?.[1] && moved[2] && A_DAY.test(moved[2])) {
    return call('update_task', { title: named(moved[1]), due: moved[2] })
  }
  const asked = DETAILS.map(pattern => text.match(pattern)?.[1]).find(found => found !== undefined)
  if (asked) return call('get_task_details', { title: named(asked) })
  if (LISTS.test(text)) return call('list_tasks', { filter: filterOf(text) })
  const added = text.match(ADDS)?.[1]
  if (added) return addition(added)
  const done = COMPLETES.map(pattern => text.match(pattern)?.[1]).find(found => found !== undefined)
  return done ? call('complete_task', { title: named(done) }) : undefined
}

/** "No wait, I meant Thursday": the task that was changed last is due then, or is called so. */
function correction(messages: readonly MindMessage[], text: string): Thought | undefined {
  const title = lastTitle(messages)
  const due = text.match(A_DAY) && text.match(DUE)?.[1]
  if (!title) return undefined
  if (due) return call('update_task', { title, due })
  const meant = text.match(/\b(?:i meant|i mean|make it)\s+(.+)/i)?.[1]
  return meant ? call('update_task', { title, new_title: named(meant) }) : undefined
}

function addition(words: string): Thought {
  const due = words.match(DUE)?.[1]
  const title = due ? words.slice(0, words.length - (words.match(DUE)?.[0].length ?? 0)) : words
  return call('create_task', { title: title.replace(/[\s,]+$/, ''), ...(due && { due }) })
}

/** An answer to what was asked last. */
function answered(messages: readonly MindMessage[], text: string, before: string): Thought | undefined {
  const title = lastTitle(messages)
  if (ASKED_DUE.test(before) && title && A_DAY.test(text)) {
    return call('update_task', { title, due: text.match(DUE)?.[1] ?? text })
  }
  if (/^delete .*\?$/i.test(before.trim())) return say('All right, nothing was deleted.')
  return undefined
}

function chatted(text: string): Thought {
  if (ENDS.test(text)) return say("You're welcome. Goodbye!")
  if (/\b(?:thanks|thank you)\b/i.test(text)) return say("You're welcome. Is there anything else?")
  if (/^(?:yes|yeah|yep|sure|okay|ok)\b/i.test(text)) return say('Good. What shall I do?')
  if (/^(?:no|nope)\b/i.test(text)) return say('All right. Is there anything else?')
  if (/\b(?:hello|hi|good (?:morning|evening|afternoon))\b/i.test(text)) return say('Hello! What can I do for you?')
  return say('I can add, change, complete or delete your tasks, and tell you what is due. What shall I do?')
}

/** The tool's own words; where it could not be reached, an excuse. */
function afterTool(messages: readonly MindMessage[], content: string): Thought {
  const told = content.match(/^Result of (\w+): (?:not done\. )?([\s\S]+)$/)
  if (!told?.[2]) return say('I am sorry, I cannot get at your tasks just now.')
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const start = CORRECTS.test(text) && told[1] === 'update_task' ? 'All right. ' : ''
  const hasAsked = messages.some(({ role, content }) => role === 'assistant' && ASKED_DUE.test(content))
  const words = told[2].replace(/, with no due date\.$/, hasAsked ? '.' : '. Is it due some day?')
  return say(`${start}${words}`)
}

function filterOf(text: string): string {
  if (/\boverdue\b/i.test(text)) return 'overdue'
  if (/\btoday\b/i.test(text)) return 'due_today'
  if (/\b(?:completed|finished|have i done|did i do)\b/i.test(text)) return 'completed'
  return /\ball\b/i.test(text) ? 'all' : 'pending'
}

const named = (words: string): string => words.replace(/^(?:the|my|a)\s+/i, '').replace(/[\s,]+(?:please|too)$/i, '')
const lastTitle = (messages: readonly MindMessage[]): string | undefined =>
  messages.map(({ role, content }) => (role === 'tool' ? content.match(CHANGED)?.[1] : undefined)).findLast(Boolean)
