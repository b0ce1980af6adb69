import { patienceFor } from './patience.ts'
import type { Next } from './ports.ts'
import { bareText, type Said, textOf } from './said.ts'
import type { Draft, Phrase, Policy, Reply, Standing, Turn, TurnOf, Wait } from './turn.ts'

const FAILED_REPLIES = 2
/** Speech without words that was shorter than this was a noise: nobody is asked to say it again. */
const BLIP_MS = 700
/** A detector that stays on for so long without a new word hears no caller. */
const WORDLESS_MS = 8_000
/** "Thanks, that's all": the answer to it is the last one, unless the caller speaks again while it is said. */
const TAKES_LEAVE =
  /\b(?:(?:good ?)?bye|that(?:'s| is| will be) all|nothing else)(?: (?:thanks|thank you|then|for (?:now|today)))?$/
const ASKS_FOR_PERSON = /\b(?:speak|talk|transfer|connect|put)\b.*\b(?:person|human|someone|somebody|operator|agent)\b/i

/** A turn of the caller begins without a draft. */
export const NO_DRAFT: Draft = { reply: undefined, made: 0 }

/** The caller speaks; `lullDueMs` is when he is taken to have ended although the detector does not say so. */
export const hearing = (
  standing: Standing,
  said: Said,
  draft: Draft,
  atMs: number,
  lullDueMs = atMs + WORDLESS_MS,
): Turn => ({
  kind: 'hearing',
  said,
  draft,
  ...waitingUntil(standing, 'lull', lullDueMs, 'lull'),
})

/** The caller pauses. After words that sound complete his answer is drafted, while he is given time to go on. */
export function settling(standing: Standing, said: Said, before: Draft, policy: Policy): Turn {
  const { ms, why } = patienceFor(said, policy.patience)
  const { counted, draft } = drafted(standing, said, before, why === 'complete', policy)
  return { kind: 'settling', said, draft, ...waitingUntil(counted, 'patience', said.lastVoicedMs + ms, why) }
}

/** The draft that goes with these words: the one there is, if it answers them; a new one; or none. */
export function drafted(standing: Standing, said: Said, before: Draft, complete: boolean, policy: Policy) {
  if (before.reply && answers(before.reply, said)) return { counted: standing, draft: before }
  const wanted = complete && before.made < policy.draftsPerTurn
  if (!wanted) return { counted: standing, draft: { ...before, reply: undefined } }
  const reply = answerTo(said, standing.ids + 1)
  return { counted: { ...standing, ids: reply.id }, draft: { reply, made: before.made + 1 } }
}

/** Is this reply to the same words? Case and punctuation come with the final transcript, and change nothing. */
function answers({ content }: Reply, said: Said): boolean {
  return content.kind === 'answer' && bareText(textOf(content.to)) === bareText(textOf(said))
}

const takesLeave = (text: string): boolean => TAKES_LEAVE.test(bareText(text))

const answerTo = (said: Said, id: number): Reply => ({
  id,
  content: { kind: 'answer', to: said },
  sounding: false,
  heard: '',
  acted: false,
  running: 0,
  afterwards: 'listen',
})

/** The caller means it: what he has said over the agent is the beginning of his turn. */
export function interrupted(turn: TurnOf<'yielding'>, atMs: number, policy: Policy): Turn {
  const standing = turn.reply.content.kind === 'answer' ? { ...turn.standing, failures: 0 } : turn.standing
  return turn.speaking ? hearing(standing, turn.said, NO_DRAFT, atMs) : settling(standing, turn.said, NO_DRAFT, policy)
}

export function keyed(standing: Standing, said: Said, digit: string, atMs: number, policy: Policy): Turn {
  if (digit === '#') return confirmed(standing, said, NO_DRAFT, atMs, policy)
  const next = { ...said, digits: said.digits + digit, lastVoicedMs: atMs }
  if (textOf(next) === 'pressed 0' && policy.canTransfer) return say(standing, 'transfer', 'transfer')
  return settling(standing, next, NO_DRAFT, policy)
}

/** The caller's turn is over. */
export function confirmed(standing: Standing, said: Said, draft: Draft, atMs: number, policy: Policy): Turn {
  const text = textOf(said)
  if (text === '') return listening(standing, atMs, policy, false)
  if (policy.canTransfer && ASKS_FOR_PERSON.test(text)) return say(standing, 'transfer', 'transfer')
  const ready = draft.reply && answers(draft.reply, said) ? draft.reply.id : undefined
  const reply = {
    ...answerTo(said, ready ?? standing.ids + 1),
    afterwards: takesLeave(text) ? 'hang-up' : 'listen',
  } as const
  const counted = { ...standing, ids: Math.max(standing.ids, reply.id) }
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + policy.deadAirMs, 'dead air') }
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

/** Nothing that the caller does stops these words, or what comes after them. */
export const isLast = ({ content, afterwards }: Reply): boolean =>
  afterwards !== 'listen' && content.kind === 'phrase' && content.phrase !== 'goodbye'

export function say(standing: Standing, phrase: Phrase, afterwards: Reply['afterwards'], keeps?: Said): Turn {
  const id = standing.ids + 1
  const content = { kind: 'phrase', phrase, ...(keeps && { keeps }) } as const
  const reply: Reply = { id, content, sounding: false, heard: '', acted: false, running: 0, afterwards }
  return { standing: { ...standing, ids: id }, kind: 'replying', reply, deadAir: undefined }
}

export function done(standing: Standing, reply: Reply, atMs: number, policy: Policy): Turn {
  if (reply.afterwards !== 'listen') return ended(standing, reply.afterwards, 'agent')
  const { content } = reply
  if (content.kind === 'phrase' && content.keeps) {
    return settling(standing, { ...content.keeps, prompted: true, lastVoicedMs: atMs }, NO_DRAFT, policy)
  }
  const wasHelp = content.kind === 'answer'
  const prompted = content.kind === 'phrase' && content.phrase === 'still-there'
  return listening(wasHelp ? { ...standing, failures: 0 } : standing, atMs, policy, prompted)
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

export const ended = (standing: Standing, next: Next, why: string): Turn => ({ standing, kind: 'ended', next, why })

export const judging = (standing: Standing, firstVoicedMs: number, policy: Policy) =>
  waitingUntil(standing, 'judging', firstVoicedMs + policy.bargeIn.speechMs + policy.voiceHangoverMs, 'barge-in')

/** A new wait under the name that the state gives it, and the standing that has counted it. */
export function waitingUntil<Name extends string>(standing: Standing, name: Name, dueMs: number, why: string) {
  const id = standing.ids + 1
  const wait: Wait = { id, dueMs, why }
  return { standing: { ...standing, ids: id }, [name]: wait } as { standing: Standing } & Record<Name, Wait>
}
