import { SCRIPTED, type ScriptedAnswer } from './scripted-model.ts'
import { NO, YES } from './task-answers.ts'
import { ASKS_HELP } from './task-orders.ts'
import type { Scene } from './task-scene.ts'
import { beginsTask } from './task-verbs.ts'

const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

const HELP = 'I can add, change, complete or delete your tasks, and tell you what is due. What shall I do?'
const EXAMPLES =
  'You can say: add buy milk on Friday; what is due today; move the milk to Monday; mark the milk as done; delete the milk; or undo that.'
const REAL_MODEL =
  'I am a scripted model, which knows few sentences. For a real one, set OPENAI_API_KEY. Without a key, start a model server of your own, such as Ollama or llama.cpp, and set OPENAI_BASE_URL to its address.'
const OFFER = 'I cannot do that myself, but I can keep it as a task. Shall I add it?'

const ENDS =
  /\b(?:bye|goodbye|that'?s (?:all|it)|that (?:is|will be) all|nothing else|i have to go|see you (?:later|soon|tomorrow))\b|^i(?:'m| am) (?:done|finished)(?: for (?:now|today))?$/i
const ASKS_MODEL =
  /\b(?:real|better|other|another|local|language|proper) model\b|\b(?:ollama|llama|openai|open ai|gpt|chatgpt)\b|^are you (?:a |an |the )?(?:real|human|robot|bot|machine|computer|person|ai|a\.i)\b/i
const EVERY =
  '(?:every|each) (?:other )?(?:day|week|month|year|morning|evening|(?:mon|tues|wednes|thurs|fri|satur|sun)day)'
const REPEATS = new RegExp(
  `^(?:make|set|let)\\b.*\\b(?:${EVERY}|recurring|repeats?)\\b|^repeat (?:it|this|that) ${EVERY}`,
  'i',
)
const UNKNOWN_FIELDS =
  /^(?:set|change|make|give|share|assign|attach|put|add|raise|lower|invite)\b.*\b(?:priority|priorities|labels?|tags?|category|folder|subtasks?|colou?r|with \w+)$|^share\b|\bpriority\b/i
const REMINDS = /\b(?:wake me|ring me|call me(?: back)?|alarm|timer)\b/i
const PAUSES =
  /^(?:(?:wait|hold on|hang on|give me),? )?(?:stop(?: it| talking)?|wait|hold on|hang on|(?:just )?(?:a|one) (?:moment|second|minute)|let me (?:think|see)|quiet|be quiet)$/i
const PRAISES =
  /^(?:great|perfect|good(?: job)?|fine|cool|nice|awesome|wonderful|excellent|lovely|wow|amazing|all right|alright|i see)$/i
const CHECKS_LINE = /\b(?:(?:can|do) you hear me|hear me|are you (?:still )?there|anybody there|testing)\b/i
const GREETS = /\b(?:hello|hi|good (?:morning|evening|afternoon))\b/i

/** What is answered where nothing is ordered: courtesies, help, and plainly what the script cannot do. */
export function smallTalk({ text, isTold }: Scene): ScriptedAnswer {
  if (ENDS.test(text)) return say("You're welcome. Goodbye!")
  if (ASKS_HELP.test(text)) return say(`${EXAMPLES} To hear how a real model is set, say: real model.`)
  if (ASKS_MODEL.test(text)) return say(REAL_MODEL)
  if (/\b(?:thanks|thank you)\b/i.test(text)) return say("You're welcome. Is there anything else?")
  if (YES.test(text)) return say('Good. What shall I do?')
  if (NO.test(text)) return say('All right. Is there anything else?')
  if (PAUSES.test(text)) return say('All right, I am listening.')
  if (PRAISES.test(text)) return say('Good. Is there anything else?')
  if (CHECKS_LINE.test(text)) return say('Yes, I hear you. What can I do for you?')
  if (/\bhow are you\b/i.test(text)) return say('I am fine, thank you. What can I do for you?')
  if (/\b(?:who are you|your name|who is this|who am i (?:talking|speaking) to)\b/i.test(text))
    return say(`I am your Task Manager. ${HELP}`)
  if (GREETS.test(text)) return say('Hello! What can I do for you?')
  return cannot(text) ?? notUnderstood(isTold)
}

/** The task that was offered to be kept instead of what the caller wanted done, once they agree. */
export const offeredTask = ({ text, before, previousText }: Scene): string | undefined =>
  before === OFFER && YES.test(text) ? previousText : undefined

/** Whether the words look like an order or a correction, and are none: "make it repeat every week", "wait a second". */
export const isNoOrder = (text: string): boolean => REPEATS.test(text) || PAUSES.test(text)

function cannot(text: string): ScriptedAnswer | undefined {
  if (REMINDS.test(text))
    return say('I cannot ring you, but I keep due dates, and say what is due when you ask. What shall I do?')
  if (REPEATS.test(text)) return say('I cannot repeat tasks: each is there once. What shall I do?')
  if (UNKNOWN_FIELDS.test(text))
    return say('A task of mine has a title, a due date, and is done or not: I cannot change more. What shall I do?')
  return beginsTask(text) ? say(OFFER) : undefined
}

/** Why it was not understood is said once in a call: it is long to listen to. */
const notUnderstood = (isTold: boolean): ScriptedAnswer =>
  say(isTold ? 'I did not understand that. Say help, to hear what I can do.' : `${SCRIPTED} ${HELP}`)
