import { withAdd } from './misheard-add.ts'
import { orderIn } from './task-orders.ts'
import { isTaskVerb } from './task-verbs.ts'
import { DUE } from './title-and-due.ts'
import { likeness, soundOf } from './word-sounds.ts'

/** In characters. What is longer is a story. */
const LONGEST_ORDER = 300

/** "And do that", "then do the last change": sentences that mean nothing else. */
const UNDO =
  /^(?:(?:and|an|on|then|i am|i'm) (?:do|due)|un[ -]?(?:do|due|n?ew|knew)) (?:it|that|this|delete|(?:the|my) (?:deletion|change|last (?:change|one|thing)))$|^(?:(?:i|and|a|i'm) )?(?:knew|new|know),? the last change$/i
/** "I knew that": it may well be meant. */
const LIKE_UNDO = /^(?:(?:i|and|a|i'm) (?:knew|new) (?:it|that)|i do that|and (?:you|do)|on do)$/i

/** Orders that are a whole sentence. */
const SENTENCES = [
  'mark it as done',
  'mark that as done',
  'mark it done',
  'mark it as completed',
  'list my tasks',
  'read my list',
  'delete it',
  'complete it',
]
const ALIKE = 0.75
/** These words are heard well, so a sentence with one of them means what it says. */
const PLAIN = /\b(?:was|are|not|never|don't|before|you|he|she|we|they|yes|no)\b/i

/** Verbs with which an order begins, by their sound. */
const COMMANDS =
  `delete remove cancel erase move rename change complete mark postpone reschedule reopen push put set read
  list show create write`.split(/\s+/)
/** A word of so many letters is known by most of its sound. */
const LONG = 8

/** "Remove", "rename" and "reopen" as they are heard: "We remove the milk", "We named it to". */
const OPENS_WITH_WE =
  /^(?:we|very|he) (?:re-?)?(?:(move)s?(?= (?:the|my|it|that)\b(?!.*\bto\b))|(name)d?(?= .+ to\b)|(open)(?= (?:the|my)\b))/i
/** "Put" is a short word, and what is on a list tells what it was. */
const PUTS = /^(?:but|hut|have|hook|could|foot|pot|hit|part|took|let)\b(?=.+ on (?:my|the) (?:to-?do )?list\b)/i
const REMINDS = /^(?!(?:you|that|this|it|they|he|she|don't)\b)[\w']+ (?=remind me (?:to|on|about)\b)/i
/** "New the report to Monday": no sentence but an order is like this. */
const MOVES = new RegExp(
  `^(?!(?:is|was|are|did|do|does|has|on|in|at|by|for|and|to)\\b)[a-z]{2,5} ((?:the|my) .+ to ${DUE})$`,
  'i',
)

/**
 * The order in words that mean nothing as they were heard: "And review the report by Friday", "Counsel the meeting". It
 * is the same order in the words that the caller is likely to have said; undefined where none is likely. `text` has no
 * openings such as "um" and "please", except an "and".
 */
export function reheard(text: string): string | undefined {
  if (text.length > LONGEST_ORDER) return undefined
  const candidates = [whole(text), withMyTasks(text), withAdd(text), ...withCommand(text)]
  return candidates.find(candidate => candidate !== undefined && orderIn(candidate) !== undefined)
}

/** "Marquette has done" sounds as "mark it as done" does. */
function whole(text: string): string | undefined {
  if (UNDO.test(text)) return 'undo that'
  if (/^(?:believe|relieve) it$/i.test(text)) return 'delete it'
  if (PLAIN.test(text)) return undefined
  const first = text.charAt(0).toLowerCase()
  return SENTENCES.find(sentence => sentence.startsWith(first) && likeness(text, sentence) >= ALIKE)
}

/** Whether the text sounds like "undo that", but may also mean what it says. */
export const soundsLikeUndo = (text: string): boolean => LIKE_UNDO.test(text)

/** "Counsel the meeting", "Deleted the report", "We renamed it": the verb of an order by its sound, or in another form. */
function withCommand(text: string): readonly string[] {
  const re = text.replace(OPENS_WITH_WE, 're$1$2$3').replace(REMINDS, '').replace(PUTS, 'put')
  if (re !== text) return [re]
  const [, head = '', rest = ''] = text.match(/^([a-z']+)\b[\s,]*(.*)/i) ?? []
  // "Mark, call me": Mark is a name, too.
  if (rest === '' || /^(?:me|you|us)$/i.test(rest) || /^mark,/i.test(text)) return []
  // "Changing to Friday" is "change it to Friday".
  const object = /^to\b/i.test(rest) ? `it ${rest}` : rest
  const stems = [head, head.replace(/d$/i, ''), head.replace(/(?:ed|s|ing)$/i, ''), head.replace(/ing$/i, 'e')]
  const formed = COMMANDS.filter(verb => head.length > 3 && stems.some(stem => stem.toLowerCase() === verb))
  const sound = soundOf(head)
  const alike = isTaskVerb(head)
    ? []
    : COMMANDS.filter(verb => soundOf(verb) === sound || (verb.length >= LONG && likeness(verb, head) >= 0.8))
  const moved = isTaskVerb(head) ? undefined : text.match(MOVES)?.[1]
  return [...[...new Set([...formed, ...alike])].map(verb => `${verb} ${object}`), ...(moved ? [`move ${moved}`] : [])]
}

/** "Where at my list?" What is asked of one's tasks in few words can only be what they are. */
const withMyTasks = (text: string): string | undefined =>
  /^(?!(?:my|i|you|he|she|we|they|it|this|that|a|an)\b)(?:[\w',]+ ){1,5}my (?:tasks?|(?:to-?do )?list)$/i.test(text) &&
  !/\b(?:with|share|send|email|clear|delete|is|has|have|lost|(?:on|to|off?|from) my)\b/i.test(text)
    ? `list ${/\ball\b/i.test(text) ? 'all ' : ''}my tasks`
    : undefined
