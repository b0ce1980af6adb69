import { orderIn } from './task-orders.ts'
import { isTaskVerb, verbOfPast } from './task-verbs.ts'
import { titleAndDue } from './title-and-due.ts'
import { likeness, soundOf } from './word-sounds.ts'

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
  list show create write remind undo`.split(/\s+/)
const OPENS_WITH_WE = /^(?:we|we're|he|very) (?:re)?-?(move|name|mind|open|schedule|turn)(?:d|s|ed)?\b/i

/**
 * The order in words that mean nothing as they were heard: "And review the report by Friday", "Counsel the meeting". It
 * is the same order in the words that the caller is likely to have said; undefined where none is likely. `text` has no
 * openings such as "um" and "please", except an "and".
 */
export function reheard(text: string): string | undefined {
  const candidates = [withAdd(text), whole(text), ...withCommand(text), withMyTasks(text)]
  return candidates.find(candidate => candidate !== undefined && orderIn(candidate) !== undefined)
}

/** "And", "at" and "I'd" are words of their own, so what follows must be something that people put on a list. */
function withAdd(text: string): string | undefined {
  const wanted = text.replace(WANTS_TASK, '')
  if (wanted !== text && TASK_ALONE.test(wanted)) return 'add a task'
  const attached = text.match(/^ad+([a-z]{3,})\b(.*)/i)
  if (attached?.[1] && isTaskVerb(attached[1])) return `add ${attached[1]}${attached[2]}`
  const rest = text.replace(ADD, '')
  if (rest !== text) return canBeTask(rest) || isDated(rest) ? `add ${rest}` : undefined
  const after = text.replace(LIKE_ADD, '')
  if (after === text || !canBeTask(after)) return undefined
  // "I'd call him", "I'll read it": only a date or a list makes it an order.
  return /^(?:i|had)/i.test(text) && !isDated(after) ? undefined : `add ${after}`
}

function canBeTask(words: string): boolean {
  if (TASK_ALONE.test(words) || ON_LIST.test(words)) return true
  const [, head = '', rest = ''] = words.match(/^([a-z]+)[\s,]+(.+)/i) ?? []
  if (/^(?:you|me|it|that|this|them|him|us)\b/i.test(rest) && !isDated(words)) return false
  const isBought = /^bye?$/i.test(head) && titleAndDue(words).title !== ''
  return isBought || isTaskVerb(head) || verbOfPast(head) !== undefined || NOUNS.test(titleAndDue(words).title)
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
  const re = text.replace(OPENS_WITH_WE, 're$1')
  if (re !== text) return [re]
  const [, head = '', rest = ''] = text.match(/^([a-z']+)\b[\s,]*(.*)/i) ?? []
  // "Deleted." is "delete it".
  const object = rest === '' ? ' it' : ` ${rest}`
  const stems = [head, head.replace(/d$/i, ''), head.replace(/(?:ed|s|ing)$/i, ''), head.replace(/ing$/i, 'e')]
  const formed = COMMANDS.filter(verb => head.length > 3 && stems.some(stem => stem.toLowerCase() === verb))
  const sound = soundOf(head)
  const alike = head === '' || isTaskVerb(head) ? [] : COMMANDS.filter(verb => soundOf(verb) === sound)
  return [...new Set([...formed, ...alike])].map(verb => `${verb}${object}`)
}

/** "Where at my list?" What is asked of one's tasks in few words can only be what they are. */
const withMyTasks = (text: string): string | undefined =>
  /^(?:[\w',]+ ){0,5}my (?:tasks?|(?:to-?do )?list)$/i.test(text) &&
  !/\b(?:with|share|send|email|clear|delete)\b/i.test(text)
    ? 'list my tasks'
    : undefined
