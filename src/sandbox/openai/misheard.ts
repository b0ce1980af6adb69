import { orderIn } from './task-orders.ts'
import { beginsTask, isTaskVerb, verbOfPast } from './task-verbs.ts'
import { DUE, titleAndDue } from './title-and-due.ts'
import { likeness, soundOf } from './word-sounds.ts'

/** In characters. What is longer is a story. */
const LONGEST_ORDER = 300

const TASK_ALONE = /^(?:an?|the|another|my|other)? ?(?:new )?(?:tasks?|test|pass|desk|tax)(?: for me)?$/i
const ON_LIST = /\b(?:to|on) my (?:to-?do )?list$/i
/** What "add" becomes where it is no word that begins another sentence, and where it is one. */
const ADD = /^(?:ad|ed|adds|added|adding|head|edit)\b[\s,]*/i
const LIKE_ADD = /^(?:and|at|add|i'd|i'll|had|an)\b[\s,]*/i
const WANTS_TASK =
  /^(?:i (?:want|need|have)(?: to)?|i'd like(?: to)?|i would like(?: to)?)\b.*?\b(?=(?:an?|the|another)\b)/i

/** "And do that", "then do the last change": sentences that mean nothing else. */
const UNDO =
  /^(?:and|an|on|then|un|i am|i'm)[ -]?(?:do|due) (?:it|that|this|delete|(?:the|my) last (?:change|one|thing))$/i
/** "I knew that": it may well be meant. */
const LIKE_UNDO = /^(?:(?:i|and|a|i'm) (?:knew|new),? (?:it|that|the last change)|and (?:you|do)|on do)$/i

/** Orders that are a whole sentence. */
const SENTENCES = ['mark it as done', 'mark that as done', 'list my tasks', 'read my list', 'delete it']
const ALIKE = 0.75
/** These words are heard well, so a sentence with one of them means what it says. */
const PLAIN = /\b(?:was|are|not|never|don't|before|you|he|she|we|they|yes|no)\b/i

/** Verbs with which an order begins, by their sound. */
const COMMANDS =
  `delete remove cancel erase move rename change complete mark postpone reschedule reopen push put set read
  list show create write`.split(/\s+/)
/** "Remove", "rename" and "reopen" as they are heard: "We remove the milk", "We named it to". */
const OPENS_WITH_WE =
  /^(?:we|very|he) (?:re-?)?(?:(move)s?(?= (?:the|my|it|that)\b(?!.*\bto\b))|(name)d?(?= .+ to\b)|(open)(?= (?:the|my)\b))/i
const REMINDS = /^(?!(?:you|that|this|it|they|he|she|don't)\b)[\w']+ (?=remind me (?:to|on|about)\b)/i
/** "New the report to Monday": no sentence but an order is like this. */
const MOVES = new RegExp(
  `^(?!(?:is|was|are|did|do|does|has|on|in|at|by|for|and|to)\\b)[a-z]{2,5} ((?:the|my) .+ to ${DUE})$`,
  'i',
)
/** How words may begin that begin with "add" in one breath: "Adrenew my passport". These words are words. */
const ATTACHED = /^(?!ad(?:d?ress|just|apt|mi|opt|v|ult|or|equ))(?:ad|ed)d?(?=[a-z]{4})(.+)/i

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

/** "And", "at" and "I'd" are words of their own, so what follows must be something that people put on a list. */
function withAdd(text: string): string | undefined {
  const wanted = text.replace(WANTS_TASK, '')
  if (wanted !== text && TASK_ALONE.test(wanted)) return 'add a task'
  const attached = text.match(ATTACHED)?.[1]
  if (attached !== undefined && (canBeTask(attached) || isDated(attached)))
    // The d is heard once: "Adentist".
    return `add ${/^[aeiou]/i.test(attached) ? 'd' : ''}${attached}`
  const rest = text.replace(ADD, '')
  if (rest !== text) return canBeTask(rest) || isDated(rest) ? `add ${rest}` : undefined
  const after = text.replace(LIKE_ADD, '')
  if (after === text || !canBeTask(after)) return undefined
  // "I'd call him", "I'll read it": only a date or a list makes it an order.
  return /^(?:i|had)/i.test(text) && !isDated(after) && !TASK_ALONE.test(after) ? undefined : `add ${after}`
}

function canBeTask(words: string): boolean {
  if (TASK_ALONE.test(words) || ON_LIST.test(words) || /^(?:an?|the|another|my) (?:new )?task\b/i.test(words))
    return true
  const [, head = '', rest = ''] = words.match(/^([a-z]+)[\s,]+(.+)/i) ?? []
  if (/^(?:you|me|it|that|this|them|him|us)\b/i.test(rest) && !isDated(words)) return false
  const isBought = /^bye?$/i.test(head) && titleAndDue(words).title !== ''
  return isBought || beginsTask(words) || verbOfPast(head) !== undefined || NOUNS.test(titleAndDue(words).title)
}

/** Nouns that are a task without a verb. */
const NOUNS =
  /^(?:(?:an?|the|my) )?(?:[\p{L}']+ ){0,2}(?:appointment|meeting|birthday|deadline|reminder|dentist|doctor)(?: with .+)?$/iu

const isDated = (words: string): boolean => {
  const { title, due } = titleAndDue(words)
  return due !== undefined && /^(?!(?:an?|the|to|him|her|them|it|you)\b)\S/i.test(title)
}

/** "Marquette has done" sounds as "mark it as done" does. */
function whole(text: string): string | undefined {
  if (UNDO.test(text)) return 'undo that'
  if (PLAIN.test(text)) return undefined
  const first = text.charAt(0).toLowerCase()
  return SENTENCES.find(sentence => sentence.startsWith(first) && likeness(text, sentence) >= ALIKE)
}

/** Whether the text sounds like "undo that", but may also mean what it says. */
export const soundsLikeUndo = (text: string): boolean => LIKE_UNDO.test(text)

/** "Counsel the meeting", "Deleted the report", "We renamed it": the verb of an order by its sound, or in another form. */
function withCommand(text: string): readonly string[] {
  const re = text.replace(OPENS_WITH_WE, 're$1$2$3').replace(REMINDS, '')
  if (re !== text) return [re]
  const [, head = '', rest = ''] = text.match(/^([a-z']+)\b[\s,]*(.*)/i) ?? []
  if (rest === '' || /^(?:me|you|us)$/i.test(rest)) return []
  const stems = [head, head.replace(/d$/i, ''), head.replace(/(?:ed|s|ing)$/i, ''), head.replace(/ing$/i, 'e')]
  const formed = COMMANDS.filter(verb => head.length > 3 && stems.some(stem => stem.toLowerCase() === verb))
  const sound = soundOf(head)
  const alike = isTaskVerb(head) ? [] : COMMANDS.filter(verb => soundOf(verb) === sound)
  const moved = isTaskVerb(head) ? undefined : text.match(MOVES)?.[1]
  return [...[...new Set([...formed, ...alike])].map(verb => `${verb} ${rest}`), ...(moved ? [`move ${moved}`] : [])]
}

/** "Where at my list?" What is asked of one's tasks in few words can only be what they are. */
const withMyTasks = (text: string): string | undefined =>
  /^(?!(?:my|i|you|he|she|we|they|it|this|that|a|an)\b)(?:[\w',]+ ){1,5}my (?:tasks?|(?:to-?do )?list)$/i.test(text) &&
  !/\b(?:with|share|send|email|clear|delete|is|has|have|lost|(?:on|to|off?|from) my)\b/i.test(text)
    ? `list ${/\ball\b/i.test(text) ? 'all ' : ''}my tasks`
    : undefined
