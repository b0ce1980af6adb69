import { proposedOrder } from './nearest-task.ts'
import { dueSuggested } from './screen-orders.ts'
import type { ScriptedAnswer } from './scripted-model.ts'
import { instead } from './task-corrections.ts'
import { addition, order, orderIn } from './task-orders.ts'
import type { Scene } from './task-scene.ts'
import { dueAlone } from './title-and-due.ts'

export const YES = /^(?:yes|yeah|yep|sure|okay|ok)\b/i
export const NO =
  /^(?:no|nope|none|neither|never mind|nothing|not now)\b|^cancel(?: (?:it|that|this))?$|^(?:don't|do not)(?: do (?:it|that))?$/i
export const ASKS_UNDO = 'Shall I take back the last change?'
export const WHICH = 'Which task do you mean?'
export const ASKED_WHETHER_DUE = /\bdue some day\?$/i
const ASKED_WHEN = /\bwhen is it due\?$/i
const ASKED_WHAT = /\b(?:what shall I add|what should the task be called)\?$/i
const SEVERAL =
  /not done\. (?:Do you mean|[\w ]+ could be meant, such as) (.+?)(?:\?|\. Which one\?)(?: \(Not to be said: in this order their ids are (.+)\.\))?$/i
const TICKED_OR_TAKEN = /^Shall I mark (.+) as done, or delete it\?$/
const PLACES = ['first', 'second', 'third']

const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

/** What the caller wants after the question that "take off the milk" raises; undefined without it. */
export function doneOrDeleted({ text, before }: Scene): ScriptedAnswer | undefined {
  const title = before.match(TICKED_OR_TAKEN)?.[1]
  if (title === undefined) return undefined
  if (/\b(?:delete|remove|second|last|list)\b/i.test(text)) return order('delete_task', { title })
  return /\b(?:done|mark|complete|tick|finished|first)\b/i.test(text) ? order('complete_task', { title }) : undefined
}

/** Whether the agent has just asked which task is meant, or what is to be added. */
export const asksForTask = ({ before, toolResult }: Scene): boolean =>
  before === WHICH || ASKED_WHAT.test(before) || SEVERAL.test(toolResult)

/** The answer when the caller replies to the last question; undefined if they talk about something else. */
export function answerTo(scene: Scene): ScriptedAnswer | undefined {
  const { text, before, toolResult, ordered, change } = scene
  if (/^Not done yet:/.test(toolResult)) return confirmed(scene)
  if (/^Delete .*\?$/.test(before)) return say('All right, nothing was deleted.')
  const [, several, ids] = toolResult.match(SEVERAL) ?? []
  if (several !== undefined && ordered) {
    if (NO.test(text)) return say('All right, I have changed nothing.')
    if (YES.test(text)) return say('Which one, please?')
    const at = chosen(tasksIn(several), text)
    if (at === undefined) return instead(ordered, text)
    const id = ids?.split(', ')[at]
    const { title = '', ...given } = instead(ordered, titleOf(tasksIn(several)[at] ?? '')).arguments as Record<
      string,
      string
    >
    return order(ordered.name, id === undefined ? { ...given, title } : { ...given, id })
  }
  const proposed = YES.test(text) ? proposedOrder(before, scene.previousOrder) : undefined
  if (proposed) return proposed
  if (before.endsWith(ASKS_UNDO) && YES.test(text)) return order('undo_last_change')
  const suggested = dueSuggested(before)
  if (suggested !== undefined && change && YES.test(text))
    return order('update_task', { title: change.title, due: suggested })
  if (suggested !== undefined && NO.test(text)) return say('All right, it has no due date.')
  if (before === WHICH && scene.previousOrder && !NO.test(text)) return instead(scene.previousOrder, text)
  if (ASKED_WHAT.test(before) && !NO.test(text)) return addition(text)
  const due = dueAlone(text)
  if (due === undefined) return YES.test(text) && ASKED_WHETHER_DUE.test(before) ? say('When is it due?') : undefined
  if (ASKED_WHEN.test(before) && /not done\./.test(toolResult) && ordered)
    return order(ordered.name, { ...ordered.arguments, due })
  // Also when the question was interrupted: a date alone can mean nothing else.
  const isAsked = ASKED_WHETHER_DUE.test(before) || ASKED_WHEN.test(before) || change?.kind === 'Added'
  return isAsked && change ? order('update_task', { title: change.title, due }) : undefined
}

/** A question that was heard and agreed to is already done, so this one was interrupted or denied. */
function confirmed({ text, ordered }: Scene): ScriptedAnswer {
  const other = text.match(/^no[\s,]+(?:not [^,]+, ?)?((?:the|my) .+)/i)?.[1]
  if (other !== undefined && ordered && !orderIn(other)) return instead(ordered, other)
  return YES.test(text) && ordered ? ordered : say('All right, nothing was deleted.')
}

/** Splits "Call Anna, due Friday; or Call Bob" into its tasks. */
const tasksIn = (several: string): readonly string[] =>
  several.split(several.includes(';') ? /;\s*(?:or |and )?/ : / or /)

const titleOf = (task: string): string => task.replace(/, (?:which was )?due\b.*$/, '')

/** Index of the task that "the second one", "Bob" or "the Friday one" means; undefined if that is unclear. */
function chosen(tasks: readonly string[], text: string): number | undefined {
  if (/\blast\b/i.test(text)) return tasks.length - 1
  const place = PLACES.findIndex(word => new RegExp(`\\b${word}\\b`, 'i').test(text))
  if (tasks[place] !== undefined) return place
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const distinctive = words.filter(word => !/^(?:the|one|task|i|mean|meant|that|due|is|it|for|on|please)$/.test(word))
  const named = tasks
    .map((_, at) => at)
    .filter(at => distinctive.every(word => tasks[at]?.toLowerCase().includes(word)))
  return named.length === 1 ? named[0] : undefined
}
