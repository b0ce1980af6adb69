import type { Language } from '../language.ts'
import type { Next } from '../ports.ts'
import { agreementIn } from './agreement.ts'
import { answering } from './answered.ts'
import { forCaller, patienceFor } from './patience.ts'
import {
  isUninterruptible,
  type Pending,
  type Phrase,
  type Policy,
  type Reply,
  type Rules,
  type Turn,
  type TurnContext,
  type TurnOf,
  type Wait,
} from './turn.ts'
import { bareText, isEmpty, settled, textOf, type Utterance, withDigit, wordsOf } from './utterance.ts'
import { wantedBy } from './wanted.ts'

const FAILED_REPLIES = 2
/** Failed sessions of the ears in a row, without one word, before the call is given up. */
const MOST_STT_FAILURES = 3
/** Speech without words that was shorter than this was a noise: nobody is asked to say it again. */
const BLIP_MS = 700
/** A detector that stays on for so long without a new word hears no caller. */
const WORDLESS_MS = 8_000
/** An STT that took the utterance for finished is believed after this long, even where noise keeps the detector on. */
export const LULL_MS = 1_500
/** Pressed alone, it asks for a person. */
const OPERATOR_KEY = '0'

/** After these a question that the caller was asked is still the last one. */
const KEEPS_QUESTION: readonly Phrase[] = ['pardon', 'take-your-time']

/** A call begins with the greeting (a notice before it, where one is due), or, after it was away, with words of its own. */
export function begin(
  policy: Policy,
  atMs: number,
  phrase: 'notice' | 'greeting' | 'back' = 'greeting',
  ids = 0,
): Turn {
  const limit = { id: ids + 2, dueMs: atMs + policy.limitMs - policy.limitNoticeMs, why: 'call limit' }
  const context: TurnContext = {
    ids: ids + 2,
    voiced: false,
    failures: 0,
    asked: '',
    spoken: { text: '', atMs: 0 },
    answered: undefined,
    pending: undefined,
    pauseMs: 0,
    echoes: false,
    sttSession: { id: ids + 1, failures: 0 },
    limit: { ...limit, stage: 'ample' },
  }
  return say(context, phrase, phrase === 'notice' ? 'greet' : 'listen')
}

/** The caller speaks; `lullDueMs` is when he is taken to have ended although the detector does not say so. */
export const hearing = (
  context: TurnContext,
  utterance: Utterance,
  draft: Reply | undefined,
  atMs: number,
  lullDueMs = atMs + WORDLESS_MS,
): Turn => ({
  kind: 'hearing',
  utterance,
  draft,
  ...waitingUntil(context, 'lull', lullDueMs, 'lull'),
})

/** The caller pauses. After words that sound complete his answer is drafted, while he is given time to go on. */
export function settling(context: TurnContext, utterance: Utterance, before: Reply | undefined, rules: Rules): Turn {
  const window = forCaller(rules.policy.patience, context.pauseMs)
  const { ms, why } = patienceFor(utterance, window, wantedBy(context.asked, rules.language), rules.language)
  const { counted, ...ready } = drafted(context, utterance, before, why === 'complete', rules)
  return { kind: 'settling', ...ready, ...waitingUntil(counted, 'patience', utterance.lastVoicedMs + ms, why) }
}

/** The draft that goes with these words: the one there is, if it answers them; a new one; or none. */
export function drafted(
  context: TurnContext,
  utterance: Utterance,
  before: Reply | undefined,
  complete: boolean,
  rules: Rules,
): { readonly counted: TurnContext; readonly utterance: Utterance; readonly draft: Reply | undefined } {
  if (before && answers(before, utterance)) return { counted: context, utterance, draft: before }
  // What a question is answered with decides what is done: nothing can be made ready.
  const wanted = complete && utterance.drafts < rules.policy.draftsPerTurn && !context.pending
  if (!wanted) return { counted: context, utterance, draft: undefined }
  const draft = answerTo(utterance, context.ids + 1)
  return { counted: { ...context, ids: draft.id }, utterance: { ...utterance, drafts: utterance.drafts + 1 }, draft }
}

/** Is this reply to the same words? Case and punctuation come with the final transcript, and change nothing. */
function answers({ content }: Reply, utterance: Utterance): boolean {
  if (content.kind !== 'answer') return false
  const { to } = content
  return to.digits === utterance.digits && bareText(wordsOf(to)) === bareText(wordsOf(utterance))
}

const asksForPerson = (utterance: Utterance, { requests }: Language): boolean =>
  pressesOperator(utterance) || requests.person.test(bareText(wordsOf(utterance)))
const pressesOperator = (utterance: Utterance): boolean =>
  utterance.digits === OPERATOR_KEY && wordsOf(utterance) === ''

function takesLeave(text: string, { requests }: Language): boolean {
  const bare = bareText(text)
  return requests.takesLeave.test(bare) && !requests.asks.test(bare)
}

const replyWith = (content: Reply['content'], id: number): Reply => ({
  id,
  content,
  sounding: false,
  heard: '',
  acted: false,
  running: 0,
  afterwards: 'listen',
})

const answerTo = (utterance: Utterance, id: number): Reply => replyWith({ kind: 'answer', to: utterance }, id)

/** The caller means it: what he has said over the agent is the beginning of his turn. */
export function interrupted(turn: TurnOf<'yielding'>, atMs: number, rules: Rules): Turn {
  const context = turn.reply.content.kind === 'answer' ? { ...turn.context, failures: 0 } : turn.context
  if (!turn.speaking) return settling(context, turn.utterance, undefined, rules)
  // He may be a noise that stays: without a word soon he is asked to say it again.
  const lullDueMs = wordsOf(turn.utterance) === '' ? atMs + LULL_MS : undefined
  return hearing(context, turn.utterance, undefined, atMs, lullDueMs)
}

export function keyed(context: TurnContext, utterance: Utterance, digit: string, atMs: number, rules: Rules): Turn {
  if (digit === '#') return confirmed(context, utterance, undefined, atMs, rules)
  const next = { ...withDigit(utterance, digit), lastVoicedMs: atMs }
  if (pressesOperator(next) && rules.policy.canTransfer) return say(context, 'transfer', 'transfer')
  return settling(context, next, undefined, rules)
}

/** An answer may begin so long before the end of a question that wants one. */
const EARLY_MS = 300

/** A caller's pauses are forgotten by so much with each turn that he ends, or takes up again. */
const PAUSE_KEPT = 0.8
const withShorterPause = (context: TurnContext): TurnContext => ({
  ...context,
  pauseMs: Math.round(context.pauseMs * PAUSE_KEPT),
})

/** A sound after words that had sounded as if he were done. */
export const resumed = (utterance: Utterance, firstVoicedMs: number): Utterance => ({
  ...utterance,
  pausedMs: Math.round(Math.max(0, firstVoicedMs - utterance.lastVoicedMs)),
})

/** More words after such a sound: he goes on, and this is how long he pauses. A noise teaches nothing. */
export function withPause(
  context: TurnContext,
  before: Utterance,
  next: Utterance,
): { context: TurnContext; utterance: Utterance } {
  const hasMore = bareText(wordsOf(next)).length > bareText(wordsOf(before)).length
  if (next.pausedMs === 0 || !hasMore) return { context, utterance: next }
  const shorter = withShorterPause(context)
  const pauseMs = Math.max(shorter.pauseMs, next.pausedMs)
  return { context: { ...shorter, pauseMs }, utterance: { ...next, pausedMs: 0 } }
}

/** The caller's turn is over. */
export function confirmed(
  before: TurnContext,
  utterance: Utterance,
  draft: Reply | undefined,
  atMs: number,
  rules: Rules,
): Turn {
  const { policy, language } = rules
  if (isEmpty(utterance)) return listening(before, atMs, rules, false)
  const text = textOf(utterance, language)
  const context = { ...before, answered: answering(utterance, atMs) }
  if (policy.canTransfer && asksForPerson(utterance, language)) return say(context, 'transfer', 'transfer')
  const { pending, ...others } = context
  const judged = pending && agreementIn(text, pending.question, language)
  // A yes that began before he had heard what is asked is none: it is as unclear as "hm".
  const isEarly = pending !== undefined && utterance.firstVoicedMs < pending.heardOutMs - EARLY_MS
  const agreement = isEarly && judged === 'yes' ? 'unclear' : judged
  if (pending && agreement === 'unclear' && !pending.again) return askAgain(context, pending)
  const ready = draft && answers(draft, utterance) ? draft.id : undefined
  const id = ready ?? context.ids + 1
  const agreed = pending && agreement === 'yes' ? { agreed: { ...pending.call, id: `${pending.call.id}-agreed` } } : {}
  const reply = {
    ...replyWith({ kind: 'answer', to: settled(utterance), ...agreed }, id),
    afterwards: takesLeave(text, language) ? 'hang-up' : 'listen',
  } as const
  const counted = withShorterPause({ ...others, pending: undefined, ids: Math.max(context.ids, id) })
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + rules.policy.deadAirMs, 'dead air') }
}

/** The question as it stands, for the last time. */
export function askAgain(context: TurnContext, { call, question }: Pending): Turn {
  const asks = { call, question, again: true }
  const reply = { ...replyWith({ kind: 'question', pending: asks }, context.ids + 1), asks }
  return { kind: 'replying', context: { ...context, pending: undefined, ids: reply.id }, reply, deadAir: undefined }
}

/** A question counts as asked when it was heard to its end. */
export function withQuestion(context: TurnContext, reply: Reply, atMs: number): TurnContext {
  const { asks, heard } = reply
  const isAsked = asks && bareText(heard).endsWith(bareText(asks.question))
  return isAsked ? { ...context, pending: { ...asks, heardOutMs: atMs } } : context
}

export function withoutWords(context: TurnContext, utterance: Utterance, atMs: number, rules: Rules): Turn {
  const wasNoise = utterance.lastVoicedMs - utterance.firstVoicedMs < BLIP_MS
  return wasNoise ? listening(context, atMs, rules, false) : say(context, 'pardon', 'listen')
}

export function listening(context: TurnContext, atMs: number, rules: Rules, prompted: boolean): Turn {
  if (context.limit.stage === 'to-be-told') {
    return say({ ...context, limit: { ...context.limit, stage: 'told' } }, 'time-warning', 'listen')
  }
  return { kind: 'listening', prompted, ...waitingUntil(context, 'idle', atMs + rules.policy.idleMs, 'idle') }
}

export function say(context: TurnContext, phrase: Phrase, afterwards: Reply['afterwards'], keeps?: Utterance): Turn {
  const id = context.ids + 1
  const reply = { ...replyWith({ kind: 'phrase', phrase, ...(keeps && { keeps }) }, id), afterwards }
  // A "yes" after other words would be an answer to those.
  const pending = KEEPS_QUESTION.includes(phrase) ? context.pending : undefined
  return { context: { ...context, pending, ids: id }, kind: 'replying', reply, deadAir: undefined }
}

export function done(context: TurnContext, reply: Reply, atMs: number, rules: Rules): Turn {
  if (reply.afterwards === 'greet') return say(context, 'greeting', 'listen')
  if (reply.afterwards !== 'listen') return ended(context, reply.afterwards, 'agent')
  const { content } = reply
  if (content.kind === 'phrase' && content.keeps) {
    return settling(context, { ...content.keeps, prompted: true, lastVoicedMs: atMs }, undefined, rules)
  }
  const wasHelp = content.kind !== 'phrase'
  const prompted = content.kind === 'phrase' && content.phrase === 'still-there'
  const after = withQuestion(context, reply, atMs)
  return listening(wasHelp ? { ...after, failures: 0 } : after, atMs, rules, prompted)
}

/** A reply came to nothing: one apology, then a person or goodbye. When even a phrase fails, the carrier must speak. */
export function failed(context: TurnContext, reply: Reply, rules: Rules): Turn {
  const failures = context.failures + 1
  if (reply.content.kind === 'phrase') return ended(context, 'unavailable', `cannot speak: ${reply.content.phrase}`)
  if (failures < FAILED_REPLIES) return say({ ...context, failures }, 'apology', 'listen')
  return giveUp({ ...context, failures }, rules)
}

export function giveUp(context: TurnContext, rules: Rules): Turn {
  return rules.policy.canTransfer ? say(context, 'transfer', 'transfer') : say(context, 'give-up', 'hang-up')
}

/** The ears failed: a new session of them, and the caller is asked again only if he was speaking. */
export function sttFailed(turn: Exclude<Turn, { kind: 'ended' }>, retryable: boolean, rules: Rules): Turn {
  const { ids, sttSession } = turn.context
  if (turn.kind === 'replying' && isUninterruptible(turn.reply) && turn.reply.afterwards !== 'greet') return turn
  const context = { ...turn.context, ids: ids + 1, sttSession: { id: ids + 1, failures: sttSession.failures + 1 } }
  if (!retryable || context.sttSession.failures >= MOST_STT_FAILURES) return giveUp(context, rules)
  const wasSpeaking = turn.kind === 'hearing' || (turn.kind === 'settling' && isEmpty(turn.utterance))
  return wasSpeaking ? say(context, 'pardon', 'listen') : { ...turn, context }
}

export function limitReached(turn: Exclude<Turn, { kind: 'ended' }>, atMs: number, rules: Rules): Turn {
  const { limit, ids } = turn.context
  if (limit.stage !== 'ample') return say(turn.context, 'time-up', 'hang-up')
  const due = { id: ids + 1, dueMs: atMs + rules.policy.limitNoticeMs, why: limit.why, stage: 'to-be-told' } as const
  const context = { ...turn.context, ids: ids + 1, limit: due }
  return turn.kind === 'listening' ? listening(context, atMs, rules, turn.prompted) : { ...turn, context }
}

export const ended = (context: TurnContext, next: Next, why: string): Turn => ({ context, kind: 'ended', next, why })

export const judging = (context: TurnContext, firstVoicedMs: number, rules: Rules) =>
  waitingUntil(context, 'judging', firstVoicedMs + rules.policy.bargeIn.speechMs, 'barge-in')

/** A new wait under the name that the state gives it, and the standing that has counted it. */
export function waitingUntil<Name extends string>(context: TurnContext, name: Name, dueMs: number, why: string) {
  const id = context.ids + 1
  const wait: Wait = { id, dueMs, why }
  return { context: { ...context, ids: id }, [name]: wait } as { context: TurnContext } & Record<Name, Wait>
}
