import { afterMiss, placedTask } from './nearest-task.ts'
import { afterLook, afterOffer, codeOrder, LOOK, OFFER, screenOrder, suggestedDue } from './screen-orders.ts'
import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'
import { isNoOrder, offeredTask, smallTalk } from './small-talk.ts'
import { ASKED_WHETHER_DUE, ASKS_UNDO, answerTo, asksForTask, doneOrDeleted, NO, WHICH, YES } from './task-answers.ts'
import { correctedOrder, correction, instead, meantIn, rightOrder } from './task-corrections.ts'
import { addition, type Order, order, orderIn } from './task-orders.ts'
import { type Scene, sceneOf } from './task-scene.ts'

const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

/** "Set the due date to Monday" is about the task that was changed last, too. */
const IT = /^(?:it|that|this|them|(?:(?:that|this|last) )(?:one|task)|(?:due )?date|deadline|title|name|task)$/i
const AGAIN =
  /^(?:sorry|pardon|what|what was that|excuse me|go on|come again|(?:please )?(?:say|see|save|repeat) (?:that|it)(?: again)?|repeat|what did you say|i (?:did not|didn't) (?:hear|catch|get|understand)(?: (?:of )?(?:that|you|it))?|i (?:don't|do not) understand)$/i
const ASIDE = / \(Not to be said\b.*\)$/s
const NO_DATE = /, with no due date\.$/

/** Answers as the Task Manager, by rules: the same conversation gives the same answer. `tools` are those on offer. */
export function scriptedTaskAnswer(messages: readonly ModelMessage[], tools: readonly string[] = []): ScriptedAnswer {
  const scene = sceneOf(messages)
  const last = messages.at(-1)
  if (last?.role === 'tool') {
    const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user'))
    const found = tools.includes('list_tasks') ? afterMiss(turn, asked(scene)) : undefined
    return found ?? afterTool(messages, last, scene)
  }
  const code = tools.includes(OFFER) ? codeOrder(scene.text, scene.before, YES.test(scene.text)) : undefined
  const look = tools.includes(LOOK) ? screenOrder(scene.text) : undefined
  return code ?? look ?? asked(scene)
}

function asked(scene: Scene): ScriptedAnswer {
  if (isNoOrder(scene.text)) return smallTalk(scene)
  const corrected = correctedOrder(scene.text) ?? correction(scene)
  const { text, before, toolResult } = scene
  if (corrected) return withTask(corrected, scene)
  const offered = offeredTask(scene)
  if (offered !== undefined) return addition(offered)
  const chosen = doneOrDeleted(scene)
  if (chosen) return chosen
  // A caller who is asked for a title may say anything.
  const ordered = orderIn(text) ?? (asksForTask(scene) ? undefined : scene.reheard)
  // "Cancel that" after a question denies it and undoes nothing.
  const isDenial = NO.test(text) && /\?$/.test(before)
  if (ordered && !isDenial) return undoesNothing(ordered, scene) ?? withTask(ordered, scene)
  const answer = answerTo(scene)
  if (answer) return withTask(answer, scene)
  const undone = scene.mayUndo ? perhapsUndone(scene) : undefined
  if (undone) return undone
  if (AGAIN.test(text) && before !== '') return say(toolResult === '' ? before : spoken(toolResult, true))
  return smallTalk(scene)
}

/** "Undo that" after an order that was not done would take back an older change, of which nobody thinks. */
function undoesNothing(ordered: ScriptedAnswer, { change, hasFailed }: Scene): ScriptedAnswer | undefined {
  const isUndo = ordered.kind === 'call' && ordered.name === 'undo_last_change'
  return isUndo && hasFailed && change !== undefined ? say(`Nothing was changed just now. ${ASKS_UNDO}`) : undefined
}

/**
 * "I knew that" is "undo that" where something was just changed. Otherwise the caller is asked, and may mean just what
 * they said.
 */
function perhapsUndone({ change, before, isJustChanged }: Scene): ScriptedAnswer | undefined {
  if (change === undefined || /^I am fine\b/.test(before)) return undefined
  return isJustChanged ? order('undo_last_change') : say(ASKS_UNDO)
}

/** "Delete it" means the task that was changed last, "the second one" one of the list that was just read. */
function withTask(answer: ScriptedAnswer, { change, toolResult }: Scene): ScriptedAnswer {
  if (answer.kind === 'say' || answer.arguments.title === undefined) return answer
  const title = String(answer.arguments.title)
  const placed = placedTask(title, toolResult)
  if (placed !== undefined) return instead(answer, placed)
  if (!IT.test(title)) return answer
  return change ? instead(answer, change.title) : say(WHICH)
}

function afterTool(messages: readonly ModelMessage[], { tool, content }: ModelMessage, scene: Scene): ScriptedAnswer {
  if (tool === OFFER) return afterOffer(content)
  if (tool === LOOK) return afterLook(scene.text, content)
  const isTakenBack = tool === 'undo_last_change' && /: Taken back\b/.test(content)
  const right: Order | undefined = isTakenBack ? rightOrder(scene) : undefined
  if (right) return right
  const isCorrection = meantIn(scene.text) !== undefined && tool !== 'undo_last_change'
  const hasAsked = messages.some(({ role, content }) => role === 'assistant' && ASKED_WHETHER_DUE.test(content))
  const due = tool === 'create_task' && /: Added\b/.test(content) ? suggestedDue(messages) : undefined
  if (due !== undefined) return say(`${spoken(content, true)} ${due}`)
  return say(`${isCorrection ? 'All right. ' : ''}${spoken(content, hasAsked)}`)
}

/** The tool's own words, or an apology without them. Whether a task is due is asked only once. */
function spoken(content: string, hasAsked: boolean): string {
  const [, again, words] =
    content.match(/^(This was done a moment ago.*?\. )?Result of \w+: (?:not done\. )?(.+)$/s) ?? []
  if (again !== undefined && words !== undefined) return `I have that already. ${words.replace(NO_DATE, '.')}`
  if (words !== undefined) return words.replace(ASIDE, '').replace(NO_DATE, hasAsked ? '.' : '. Is it due some day?')
  if (content.startsWith('It is not known')) return 'I am sorry, I could not find out whether that was done.'
  if (content.startsWith('The arguments')) return 'I am sorry, I did not understand that. Could you say it again?'
  return 'I am sorry, I cannot get at your tasks just now.'
}
