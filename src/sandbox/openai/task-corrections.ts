import type { ScriptedAnswer } from './scripted-model.ts'
import { named, type Order, order, orderIn } from './task-orders.ts'
import type { Scene } from './task-scene.ts'
import { dueAlone, titleAndDue } from './title-and-due.ts'

const LEADS =
  /^(?:(?:oh|um+|uh+|no|nope|wait|sorry|hold on|actually|well|i (?:mean|meant|said)(?: to say)?|ma[kd]e (?:it|that)|rather|not that(?: one)?|not (?:on )?\w+(?=,)|not (?:on )?\w+day(?= ))\b[\s,.!;:…—-]*)+/i
const SIGNAL = /\b(?:wait|sorry|actually|i (?:mean|meant|said)|ma[kd]e (?:it|that)|rather|not)\b/i
const MIDST = /[\s.,;!?…—-]+(?=(?:no,? wait|wait,? no|actually,? no|sorry,? no|(?:no,? |sorry,? )?i (?:mean|meant))\b)/i
const TRAILING = /[\s,]i (?:mean|meant)$/i
const AFTERTHOUGHT = /[\s,]+(?:instead|i (?:mean|meant)|(?:and )?not (?:the |on )?[^,]+)$/i

/** "Sorry, I was talking to my son": it tells something, and corrects nothing. */
const TELLS = /^(?:i (?:was|am|will|have|had|did|don't|just)|i'm|it's|it (?:is|was)|he|she|we|they|there|you)\b/i

/** What the caller means instead of what they said before; undefined if the text is not a correction. */
export function meantIn(text: string): string | undefined {
  const lead = text.match(LEADS)?.[0] ?? ''
  const meant = text.slice(lead.length).replace(AFTERTHOUGHT, '')
  // "No" alone corrects nothing, but "No, Thursday" corrects a date.
  const isCorrection =
    SIGNAL.test(lead) || (/^no\b/i.test(lead) && dueAlone(meant) !== undefined) || TRAILING.test(text)
  return isCorrection && meant !== '' ? meant : undefined
}

/** "Add the report on Friday, no wait, I meant Thursday": an order that corrects itself. */
export function correctedOrder(text: string): ScriptedAnswer | undefined {
  const at = text.search(MIDST)
  const meant = at > 0 ? meantIn(text.slice(at).replace(/^[^a-z]+/i, '')) : undefined
  const said = meant === undefined ? undefined : orderIn(text.slice(0, at))
  if (meant === undefined || said?.kind !== 'call') return undefined
  const { title, due } = titleAndDue(meant)
  if (title === '') return order(said.name, { ...said.arguments, due: laterDue(said, due ?? meant) })
  return order(said.name, { ...said.arguments, title: named(title), ...(due !== undefined && { due }) })
}

/** A corrected day keeps the time that was said with it, because the tool reads both. */
function laterDue({ arguments: { due: before } }: Order, due: string): string {
  return before === undefined ? due : `${before}, I mean ${due}`
}

/** "No wait, I meant Thursday": changes what was done, or undoes it when it was done to the wrong task. */
export function correction(scene: Scene): ScriptedAnswer | undefined {
  const { text, ordered, change, toolResult } = scene
  const meant = meantIn(text)
  if (meant === undefined) return undefined
  const own = orderIn(meant)
  if (own) return own
  if (/^Not done yet:/.test(toolResult) && ordered) return instead(ordered, meant)
  if (change === undefined) return undefined
  if (rightOrder(scene)) return order('undo_last_change')
  const due = dueAlone(meant)
  if (due !== undefined) return order('update_task', { title: change.title, due })
  if (TELLS.test(meant)) return undefined
  const { title, ...more } = titleAndDue(meant)
  return order('update_task', { title: change.title, new_title: named(title), ...more })
}

/** The order to run after the change to the wrong task is undone; undefined if the task was right. */
export function rightOrder({ text, ordered, change }: Scene): Order | undefined {
  const meant = meantIn(text)
  if (meant === undefined || ordered === undefined || orderIn(meant) || dueAlone(meant) !== undefined) return undefined
  const { name, arguments: given } = ordered
  const isWrongTask =
    (change?.kind === 'Done' && name === 'complete_task') ||
    (change?.kind === 'Deleted' && name === 'delete_task') ||
    (change?.kind === 'Changed' && name === 'update_task' && given.due !== undefined)
  return isWrongTask ? instead(ordered, meant) : undefined
}

/** The same order for another task. */
export const instead = ({ name, arguments: given }: Order, title: string): Order =>
  order(name, { ...given, title: named(title) })
