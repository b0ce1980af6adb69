import { beginsTask, verbOfPast } from './task-verbs.ts'
import { titleAndDue } from './title-and-due.ts'

const TASK_ALONE = /^(?:an?|the|another|my|other)? ?(?:new )?(?:tasks?|test|pass|desk|tax)(?: for me)?$/i
const ON_LIST = /\b(?:to|on) my (?:to-?do )?list$/i
/** What "add" becomes where it is no word that begins another sentence, and where it is one. */
const ADD = /^(?:ad|ed|adds|added|adding|head|edit)\b[\s,]*/i
const LIKE_ADD = /^(?:and|at|add|i'd|i'll|i've|i(?= (?!read|put)[a-z]+ (?:the|my|a|an|\w+) )|had|an?)\b[\s,]*/i
const WANTS_TASK =
  /^(?:i (?:want|need|have)(?: to)?|i'd like(?: to)?|i would like(?: to)?)\b.*?\b(?=(?:an?|the|another)\b)/i
const HAS_OBJECT = /^[a-z]+ (?:the|my|a|an)\b(?!.*\b(?:if|but|because|rather)\b)/i
/** How words may begin that begin with "add" in one breath: "Adrenew my passport". These words are words. */
const ATTACHED = /^(?!ad(?:d?ress|just|apt|mi|opt|v|ult|or|equ))(?:ad|ed)d?(?=[a-z]{4})(.+)/i

/**
 * An order to add something, where another word was heard for "add"; undefined if it is none. "And", "at" and "I'd" are
 * words of their own, so what follows must be something that people put on a list.
 */
export function withAdd(text: string): string | undefined {
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
  // "I'd call them", "a call from them": only a date, or what it is done to, makes it an order.
  const isMeant = isDated(after) || TASK_ALONE.test(after) || (/^i'd/i.test(text) && HAS_OBJECT.test(after))
  return /^(?:i|had|an? )/i.test(text) && !isMeant ? undefined : `add ${after}`
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
  /^(?:(?:an?|the|my) )?(?:[\p{L}']+ ){0,2}(?:appointment|meeting|birthday|deadline|reminder|dentist|doctor|lunch|dinner|breakfast|interview|party|exam|flight)(?: with .+)?$/iu

const isDated = (words: string): boolean => {
  const { title, due } = titleAndDue(words)
  return due !== undefined && /^(?!(?:an?|the|to|him|her|them|it|you)\b)\S/i.test(title)
}
