import type { Next } from '../ports.ts'
import { agreementIn } from './agreement.ts'
import { answering } from './answered.ts'
import { forCaller, patienceFor } from './patience.ts'
import {
  isFirm,
  type Pending,
  type Phrase,
  type Policy,
  type Reply,
  type Standing,
  type Turn,
  type TurnOf,
  type Wait,
} from './turn.ts'
import { bareText, type Said, settled, textOf, withDigit, wordsOf } from './utterance.ts'
import { wantedBy } from './wanted.ts'

const FAILED_REPLIES = 2
/** Failed sessions of the ears in a row, without one word, before the call is given up. */
const DEAF = 3
/** Speech without words that was shorter than this was a noise: nobody is asked to say it again. */
const BLIP_MS = 700
/** A detector that stays on for so long without a new word hears no caller. */
const WORDLESS_MS = 8_000
/** An STT that took the utterance for finished is believed after this long, even where noise keeps the detector on. */
export const LULL_MS = 1_500
/** "Thanks, that's all": the answer to it is the last one, unless the caller speaks again while it is said. */
const TAKES_LEAVE =
  /\b(?:(?:good ?)?bye|that(?:'s| is| will be) all|nothing else)(?: (?:thanks|thank you|then|for (?:now|today)))?$/
const OPERATOR_KEY = 'pressed 0'
/** "Let me talk to a real person", but not "put me down for one person". */
const ASKS_FOR_PERSON =
  /\b(?:(?:speak|talk) (?:to|with) (?:(?:an?|the|some|any|your) )?(?:(?:real|live|human|actual) )*(?:person|human|someone|somebody|operator|agent|representative)|(?:transfer|connect) me|put me (?:through|over))\b/
/** "Is there nothing else?" */
const ASKS = /^(?:is|are|do|does|did|have|has|what|would|will|can|could)\b/

/** After these a question that the caller was asked is still the last one. */
const LETS_ANSWER: readonly Phrase[] = ['pardon', 'take-your-time']

/** A call begins with the greeting (a notice before it, where one is due), or, after it was away, with words of its own. */
export function begin(
  policy: Policy,
  atMs: number,
  phrase: 'notice' | 'greeting' | 'back' = 'greeting',
  ids = 0,
): Turn {
  const limit = { id: ids + 2, dueMs: atMs + policy.limitMs - policy.limitNoticeMs, why: 'call limit' }
  const standing: Standing = {
    ids: ids + 2,
    voiced: false,
    failures: 0,
    asked: '',
    spoken: { text: '', atMs: 0 },
    answered: undefined,
    pending: undefined,
    pauseMs: 0,
    echoes: false,
    ears: { id: ids + 1, failures: 0 },
    limit: { ...limit, stage: 'ample' },
  }
  return say(standing, phrase, phrase === 'notice' ? 'greet' : 'listen')
}

/** The caller speaks; `lullDueMs` is when he is taken to have ended although the detector does not say so. */
export const hearing = (
  standing: Standing,
  said: Said,
  draft: Reply | undefined,
  atMs: number,
  lullDueMs = atMs + WORDLESS_MS,
): Turn => ({
  kind: 'hearing',
  said,
  draft,
  ...waitingUntil(standing, 'lull', lullDueMs, 'lull'),
})

/** The caller pauses. After words that sound complete his answer is drafted, while he is given time to go on. */
export function settling(standing: Standing, said: Said, before: Reply | undefined, policy: Policy): Turn {
  const window = forCaller(policy.patience, standing.pauseMs)
  const { ms, why } = patienceFor(said, window, wantedBy(standing.asked))
  const { counted, ...ready } = drafted(standing, said, before, why === 'complete', policy)
  return { kind: 'settling', ...ready, ...waitingUntil(counted, 'patience', said.lastVoicedMs + ms, why) }
}

/** The draft that goes with these words: the one there is, if it answers them; a new one; or none. */
export function drafted(
  standing: Standing,
  said: Said,
  before: Reply | undefined,
  complete: boolean,
  policy: Policy,
): { readonly counted: Standing; readonly said: Said; readonly draft: Reply | undefined } {
  if (before && answers(before, said)) return { counted: standing, said, draft: before }
  // What a question is answered with decides what is done: nothing can be made ready.
  const wanted = complete && said.drafts < policy.draftsPerTurn && !standing.pending
  if (!wanted) return { counted: standing, said, draft: undefined }
  const draft = answerTo(said, standing.ids + 1)
  return { counted: { ...standing, ids: draft.id }, said: { ...said, drafts: said.drafts + 1 }, draft }
}

/** Is this reply to the same words? Case and punctuation come with the final transcript, and change nothing. */
function answers({ content }: Reply, said: Said): boolean {
  return content.kind === 'answer' && bareText(textOf(content.to)) === bareText(textOf(said))
}

const takesLeave = (text: string): boolean => TAKES_LEAVE.test(bareText(text)) && !ASKS.test(bareText(text))

const replyWith = (content: Reply['content'], id: number): Reply => ({
  id,
  content,
  sounding: false,
  heard: '',
  acted: false,
  running: 0,
  afterwards: 'listen',
})

const answerTo = (said: Said, id: number): Reply => replyWith({ kind: 'answer', to: said }, id)

/** The caller means it: what he has said over the agent is the beginning of his turn. */
export function interrupted(turn: TurnOf<'yielding'>, atMs: number, policy: Policy): Turn {
  const standing = turn.reply.content.kind === 'answer' ? { ...turn.standing, failures: 0 } : turn.standing
  if (!turn.speaking) return settling(standing, turn.said, undefined, policy)
  // He may be a noise that stays: without a word soon he is asked to say it again.
  const lullDueMs = wordsOf(turn.said) === '' ? atMs + LULL_MS : undefined
  return hearing(standing, turn.said, undefined, atMs, lullDueMs)
}

export function keyed(standing: Standing, said: Said, digit: string, atMs: number, policy: Policy): Turn {
  if (digit === '#') return confirmed(standing, said, undefined, atMs, policy)
  const next = { ...withDigit(said, digit), lastVoicedMs: atMs }
  if (textOf(next) === OPERATOR_KEY && policy.canTransfer) return say(standing, 'transfer', 'transfer')
  return settling(standing, next, undefined, policy)
}

/** An answer may begin so long before the end of a question that wants one. */
const EARLY_MS = 300

/** A caller's pauses are forgotten by so much with each turn that he ends, or takes up again. */
const PAUSE_KEPT = 0.8
const fading = (standing: Standing): Standing => ({ ...standing, pauseMs: Math.round(standing.pauseMs * PAUSE_KEPT) })

/** A sound after words that had sounded as if he were done. */
export const resumed = (said: Said, firstVoicedMs: number): Said => ({
  ...said,
  pausedMs: Math.round(Math.max(0, firstVoicedMs - said.lastVoicedMs)),
})

/** More words after such a sound: he goes on, and this is how long he pauses. A noise teaches nothing. */
export function learned(standing: Standing, before: Said, next: Said): { standing: Standing; said: Said } {
  const hasMore = bareText(wordsOf(next)).length > bareText(wordsOf(before)).length
  if (next.pausedMs === 0 || !hasMore) return { standing, said: next }
  const faded = fading(standing)
  const pauseMs = Math.max(faded.pauseMs, next.pausedMs)
  return { standing: { ...faded, pauseMs }, said: { ...next, pausedMs: 0 } }
}

/** The caller's turn is over. */
export function confirmed(before: Standing, said: Said, draft: Reply | undefined, atMs: number, policy: Policy): Turn {
  const text = textOf(said)
  if (text === '') return listening(before, atMs, policy, false)
  const standing = { ...before, answered: answering(said, atMs) }
  const wantsPerson = text === OPERATOR_KEY || ASKS_FOR_PERSON.test(bareText(text))
  if (policy.canTransfer && wantsPerson) return say(standing, 'transfer', 'transfer')
  const { pending, ...others } = standing
  const judged = pending && agreementIn(text, pending.question)
  // A yes that began before he had heard what is asked is none: it is as unclear as "hm".
  const isEarly = pending !== undefined && said.firstVoicedMs < pending.heardOutMs - EARLY_MS
  const agreement = isEarly && judged === 'yes' ? 'unclear' : judged
  if (pending && agreement === 'unclear' && !pending.again) return askAgain(standing, pending)
  const ready = draft && answers(draft, said) ? draft.id : undefined
  const id = ready ?? standing.ids + 1
  const agreed = pending && agreement === 'yes' ? { agreed: { ...pending.call, id: `${pending.call.id}-agreed` } } : {}
  const reply = {
    ...replyWith({ kind: 'answer', to: settled(said), ...agreed }, id),
    afterwards: takesLeave(text) ? 'hang-up' : 'listen',
  } as const
  const counted = fading({ ...others, pending: undefined, ids: Math.max(standing.ids, id) })
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + policy.deadAirMs, 'dead air') }
}

/** The question as it stands, for the last time. */
export function askAgain(standing: Standing, { call, question }: Pending): Turn {
  const asks = { call, question, again: true }
  const reply = { ...replyWith({ kind: 'question', pending: asks }, standing.ids + 1), asks }
  return { kind: 'replying', standing: { ...standing, pending: undefined, ids: reply.id }, reply, deadAir: undefined }
}

/** A question counts as asked when it was heard to its end. */
export function asked(standing: Standing, reply: Reply, atMs: number): Standing {
  const { asks, heard } = reply
  const isAsked = asks && bareText(heard).endsWith(bareText(asks.question))
  return isAsked ? { ...standing, pending: { ...asks, heardOutMs: atMs } } : standing
}

export function unheard(standing: Standing, said: Said, atMs: number, policy: Policy): Turn {
  const wasNoise = said.lastVoicedMs - said.firstVoicedMs < BLIP_MS
  return wasNoise ? listening(standing, atMs, policy, false) : say(standing, 'pardon', 'listen')
}

export function listening(standing: Standing, atMs: number, policy: Policy, prompted: boolean): Turn {
  if (standing.limit.stage === 'to-be-told') {
    return say({ ...standing, limit: { ...standing.limit, stage: 'told' } }, 'time-warning', 'listen')
  }
  return { kind: 'listening', prompted, ...waitingUntil(standing, 'idle', atMs + policy.idleMs, 'idle') }
}

export function say(standing: Standing, phrase: Phrase, afterwards: Reply['afterwards'], keeps?: Said): Turn {
  const id = standing.ids + 1
  const reply = { ...replyWith({ kind: 'phrase', phrase, ...(keeps && { keeps }) }, id), afterwards }
  // A "yes" after other words would be an answer to those.
  const pending = LETS_ANSWER.includes(phrase) ? standing.pending : undefined
  return { standing: { ...standing, pending, ids: id }, kind: 'replying', reply, deadAir: undefined }
}

export function done(standing: Standing, reply: Reply, atMs: number, policy: Policy): Turn {
  if (reply.afterwards === 'greet') return say(standing, 'greeting', 'listen')
  if (reply.afterwards !== 'listen') return ended(standing, reply.afterwards, 'agent')
  const { content } = reply
  if (content.kind === 'phrase' && content.keeps) {
    return settling(standing, { ...content.keeps, prompted: true, lastVoicedMs: atMs }, undefined, policy)
  }
  const wasHelp = content.kind !== 'phrase'
  const prompted = content.kind === 'phrase' && content.phrase === 'still-there'
  const heardOut = asked(standing, reply, atMs)
  return listening(wasHelp ? { ...heardOut, failures: 0 } : heardOut, atMs, policy, prompted)
}

/** A reply came to nothing: one apology, then a person or goodbye. When even a phrase fails, the carrier must speak. */
export function failed(standing: Standing, reply: Reply, policy: Policy): Turn {
  const failures = standing.failures + 1
  if (reply.content.kind === 'phrase') return ended(standing, 'unavailable', `cannot speak: ${reply.content.phrase}`)
  if (failures < FAILED_REPLIES) return say({ ...standing, failures }, 'apology', 'listen')
  return givenUp({ ...standing, failures }, policy)
}

export function givenUp(standing: Standing, policy: Policy): Turn {
  return policy.canTransfer ? say(standing, 'transfer', 'transfer') : say(standing, 'give-up', 'hang-up')
}

/** The ears failed: a new session of them, and the caller is asked again only if he was speaking. */
export function deafened(turn: Exclude<Turn, { kind: 'ended' }>, retryable: boolean, policy: Policy): Turn {
  const { ids, ears } = turn.standing
  if (turn.kind === 'replying' && isFirm(turn.reply) && turn.reply.afterwards !== 'greet') return turn
  const standing = { ...turn.standing, ids: ids + 1, ears: { id: ids + 1, failures: ears.failures + 1 } }
  if (!retryable || standing.ears.failures >= DEAF) return givenUp(standing, policy)
  const wasSpeaking = turn.kind === 'hearing' || (turn.kind === 'settling' && textOf(turn.said) === '')
  return wasSpeaking ? say(standing, 'pardon', 'listen') : { ...turn, standing }
}

export function limitReached(turn: Exclude<Turn, { kind: 'ended' }>, atMs: number, policy: Policy): Turn {
  const { limit, ids } = turn.standing
  if (limit.stage !== 'ample') return say(turn.standing, 'time-up', 'hang-up')
  const due = { id: ids + 1, dueMs: atMs + policy.limitNoticeMs, why: limit.why, stage: 'to-be-told' } as const
  const standing = { ...turn.standing, ids: ids + 1, limit: due }
  return turn.kind === 'listening' ? listening(standing, atMs, policy, turn.prompted) : { ...turn, standing }
}

export const ended = (standing: Standing, next: Next, why: string): Turn => ({ standing, kind: 'ended', next, why })

export const judging = (standing: Standing, firstVoicedMs: number, policy: Policy) =>
  waitingUntil(standing, 'judging', firstVoicedMs + policy.bargeIn.speechMs, 'barge-in')

/** A new wait under the name that the state gives it, and the standing that has counted it. */
export function waitingUntil<Name extends string>(standing: Standing, name: Name, dueMs: number, why: string) {
  const id = standing.ids + 1
  const wait: Wait = { id, dueMs, why }
  return { standing: { ...standing, ids: id }, [name]: wait } as { standing: Standing } & Record<Name, Wait>
}
