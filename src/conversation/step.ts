import { patienceFor } from './patience.ts'
import type { Next } from './ports.ts'
import { countWords, nothingSaid, type Said, textOf, withWords, wordsOf } from './said.ts'
import type { Phrase, Policy, Reply, Standing, Turn, TurnEvent, TurnOf, Wait } from './turn.ts'

/** An STT that took the utterance for finished is believed after this long, even where noise keeps the detector on. */
const LULL_MS = 1_500
/** Interim words at the end of the patience get this long to become final. */
const FINAL_MS = 700
/** Speech without words that was shorter than this was a noise: nobody is asked to say it again. */
const BLIP_MS = 700
/** After speech over the agent has ended, its words may still come. */
const LATE_WORDS_MS = 1_000
/** Failed sessions of the ears in a row, without one word, before the call is given up. */
const DEAF = 3
const FAILED_REPLIES = 2
const ASKS_FOR_PERSON = /\b(?:speak|talk|transfer|connect|put)\b.*\b(?:person|human|someone|somebody|operator|agent)\b/i

/** A call begins with the greeting, or, after it was away with somebody else, with words of its own. */
export function begin(policy: Policy, atMs: number, phrase: 'greeting' | 'back' = 'greeting', ids = 0): Turn {
  const limit = { id: ids + 2, dueMs: atMs + policy.limitMs - policy.limitNoticeMs, why: 'call limit' }
  const standing: Standing = {
    ids: ids + 2,
    failures: 0,
    ears: { id: ids + 1, failures: 0 },
    limit: { ...limit, stage: 'ample' },
  }
  return say(standing, phrase, 'listen')
}

/** The one way a turn changes. Pure: the same events give the same turns, live, in a test and in a replay. */
export function step(turn: Turn, event: TurnEvent, policy: Policy): Turn {
  if (turn.kind === 'ended') return turn
  switch (event.kind) {
    case 'gone':
      return ended(turn.standing, 'hang-up', event.why)
    case 'stopped':
      return ended(turn.standing, 'goodbye', event.why)
    case 'ears-failed':
      return event.ears === turn.standing.ears.id ? deafened(turn, event.retryable, policy) : turn
    case 'wait-over':
      if (event.wait === turn.standing.limit.id) return limitReached(turn, event.atMs, policy)
      break
    case 'words':
      if (event.text.trim() !== '' && turn.standing.ears.failures > 0) {
        const hearing = { ...turn.standing, ears: { ...turn.standing.ears, failures: 0 } }
        return stepOf({ ...turn, standing: hearing }, event, policy)
      }
      break
    case 'speech-start':
    case 'speech-end':
    case 'digit':
    case 'reply-sounding':
    case 'heard':
    case 'tool-called':
    case 'tool-result':
    case 'reply-done':
    case 'reply-failed':
      break
  }
  return stepOf(turn, event, policy)
}

function stepOf(turn: Turn, event: TurnEvent, policy: Policy): Turn {
  switch (turn.kind) {
    case 'listening':
      return whileListening(turn, event, policy)
    case 'hearing':
      return whileHearing(turn, event, policy)
    case 'settling':
      return whileSettling(turn, event, policy)
    case 'replying':
      return whileReplying(turn, event, policy)
    case 'yielding':
      return whileYielding(turn, event, policy)
    case 'ended':
      return turn
  }
}

function whileListening(turn: TurnOf<'listening'>, event: TurnEvent, policy: Policy): Turn {
  const { standing } = turn
  if (event.kind === 'speech-start') return hearing(standing, nothingSaid(event.firstVoicedMs))
  if (event.kind === 'digit') return keyed(standing, nothingSaid(event.atMs), event.digit, event.atMs, policy)
  if (event.kind === 'words' && event.text.trim() !== '') {
    return settling(standing, withWords(nothingSaid(event.atMs), event), policy)
  }
  if (event.kind === 'wait-over' && event.wait === turn.idle.id) {
    return turn.prompted ? say(standing, 'goodbye', 'hang-up') : say(standing, 'still-there', 'listen')
  }
  return turn
}

function whileHearing(turn: TurnOf<'hearing'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said } = turn
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'speech-end') return settling(standing, { ...said, lastVoicedMs: event.lastVoicedMs }, policy)
  if (event.kind === 'words') {
    const next = withWords(said, event)
    if (event.ended && wordsOf(next) !== '') return hearing(standing, next, event.atMs + LULL_MS)
    return event.text.trim() === '' ? { ...turn, said: next } : hearing(standing, next)
  }
  if (event.kind === 'wait-over' && event.wait === turn.lull?.id) return confirmed(standing, said, event.atMs, policy)
  return turn
}

function whileSettling(turn: TurnOf<'settling'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, patience } = turn
  if (event.kind === 'speech-start') return hearing(standing, said)
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'words') {
    const next = withWords(said, event)
    const wasWaitedFor = event.final && patience.why === 'final'
    const same = wordsOf(next) === wordsOf(said) && !wasWaitedFor
    return same ? { ...turn, said: next } : settling(standing, next, policy)
  }
  if (event.kind === 'wait-over' && event.wait === patience.id) {
    if (textOf(said) === '') return unheard(standing, said, event.atMs, policy)
    const wantsFinal = said.interim !== '' && patience.why !== 'final'
    return wantsFinal
      ? { ...turn, ...waitingUntil(standing, 'patience', event.atMs + FINAL_MS, 'final') }
      : confirmed(standing, said, event.atMs, policy)
  }
  return turn
}

function whileReplying(turn: TurnOf<'replying'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, reply } = turn
  if (isLast(reply)) return progressed(turn, event, policy) ?? turn
  if (event.kind === 'speech-start') {
    const { content } = reply
    // Nothing was heard of the answer and nothing done for it: the caller is still in his turn.
    if (!reply.sounding && !reply.acted && content.kind === 'answer') return hearing(standing, content.to)
    const said = nothingSaid(event.firstVoicedMs)
    return { ...turn, kind: 'yielding', said, speaking: true, ...judging(standing, event.firstVoicedMs, policy) }
  }
  if (event.kind === 'digit') return keyed(standing, nothingSaid(event.atMs), event.digit, event.atMs, policy)
  if (event.kind === 'wait-over' && event.wait === turn.deadAir?.id) return failed(standing, reply, policy)
  return progressed(turn, event, policy) ?? turn
}

function whileYielding(turn: TurnOf<'yielding'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, reply, deadAir } = turn
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'speech-start')
    return { ...turn, speaking: true, ...judging(standing, event.firstVoicedMs, policy) }
  if (event.kind === 'speech-end') {
    const late = waitingUntil(standing, 'judging', event.lastVoicedMs + LATE_WORDS_MS, 'late words')
    return { ...turn, speaking: false, said: { ...said, lastVoicedMs: event.lastVoicedMs }, ...late }
  }
  if (event.kind === 'words') {
    const next = { ...turn, said: withWords(said, event) }
    return countWords(wordsOf(next.said)) >= policy.bargeIn.words ? interrupted(next, policy) : next
  }
  if (event.kind === 'wait-over' && event.wait === turn.judging.id) {
    return turn.speaking ? interrupted(turn, policy) : { standing, kind: 'replying', reply, deadAir }
  }
  if (event.kind === 'wait-over' && event.wait === deadAir?.id) return failed(standing, reply, policy)
  if (event.kind === 'reply-done' && event.reply === reply.id) {
    return turn.speaking || wordsOf(said) !== '' ? interrupted(turn, policy) : done(standing, reply, event.atMs, policy)
  }
  return progressed(turn, event, policy) ?? turn
}

/** What a reply does on its own, whether or not somebody speaks over it. */
function progressed(turn: TurnOf<'replying' | 'yielding'>, event: TurnEvent, policy: Policy): Turn | undefined {
  const { standing, reply } = turn
  if (!('reply' in event) || event.reply !== reply.id) return undefined
  switch (event.kind) {
    case 'reply-sounding':
      return { ...turn, reply: { ...reply, sounding: true }, deadAir: undefined }
    case 'tool-called':
      return { ...turn, reply: { ...reply, acted: true, running: reply.running + 1 }, deadAir: undefined }
    case 'tool-result': {
      const next = { ...turn, reply: { ...reply, running: reply.running - 1 } }
      if (next.reply.running > 0) return next
      return { ...next, ...waitingUntil(standing, 'deadAir', event.atMs + policy.deadAirMs, 'dead air') }
    }
    case 'reply-done':
      return done(standing, reply, event.atMs, policy)
    case 'reply-failed':
      return failed(standing, reply, policy)
    case 'heard':
      // What was said before a tool may sound on after its result.
      if (!turn.deadAir) return undefined
      return { ...turn, ...waitingUntil(standing, 'deadAir', event.atMs + policy.deadAirMs, 'dead air') }
  }
}

const hearing = (standing: Standing, said: Said, lullDueMs?: number): Turn =>
  lullDueMs === undefined
    ? { standing, kind: 'hearing', said, lull: undefined }
    : { kind: 'hearing', said, ...waitingUntil(standing, 'lull', lullDueMs, 'lull') }

function settling(standing: Standing, said: Said, policy: Policy): Turn {
  const { ms, why } = patienceFor(said, policy.patience)
  return { kind: 'settling', said, ...waitingUntil(standing, 'patience', said.lastVoicedMs + ms, why) }
}

function interrupted(turn: TurnOf<'yielding'>, policy: Policy): Turn {
  const standing = turn.reply.content.kind === 'answer' ? { ...turn.standing, failures: 0 } : turn.standing
  return turn.speaking ? hearing(standing, turn.said) : settling(standing, turn.said, policy)
}

function keyed(standing: Standing, said: Said, digit: string, atMs: number, policy: Policy): Turn {
  if (digit === '#') return confirmed(standing, said, atMs, policy)
  const next = { ...said, digits: said.digits + digit, lastVoicedMs: atMs }
  if (textOf(next) === 'pressed 0' && policy.canTransfer) return say(standing, 'transfer', 'transfer')
  return settling(standing, next, policy)
}

/** The caller's turn is over. */
function confirmed(standing: Standing, said: Said, atMs: number, policy: Policy): Turn {
  const text = textOf(said)
  if (text === '') return listening(standing, atMs, policy, false)
  if (policy.canTransfer && ASKS_FOR_PERSON.test(text)) return say(standing, 'transfer', 'transfer')
  const reply: Reply = {
    id: standing.ids + 1,
    content: { kind: 'answer', to: said },
    sounding: false,
    acted: false,
    running: 0,
    afterwards: 'listen',
  }
  const counted = { ...standing, ids: reply.id }
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + policy.deadAirMs, 'dead air') }
}

function unheard(standing: Standing, said: Said, atMs: number, policy: Policy): Turn {
  const wasNoise = said.lastVoicedMs - said.firstVoicedMs < BLIP_MS
  return wasNoise ? listening(standing, atMs, policy, false) : say(standing, 'pardon', 'listen')
}

function listening(standing: Standing, atMs: number, policy: Policy, prompted: boolean): Turn {
  if (standing.limit.stage === 'to-be-told') {
    return say({ ...standing, limit: { ...standing.limit, stage: 'told' } }, 'time-warning', 'listen')
  }
  return { kind: 'listening', prompted, ...waitingUntil(standing, 'idle', atMs + policy.idleMs, 'idle') }
}

/** Nothing that the caller does stops these words, or what comes after them. */
const isLast = ({ content, afterwards }: Reply): boolean =>
  afterwards !== 'listen' && content.kind === 'phrase' && content.phrase !== 'goodbye'

function say(standing: Standing, phrase: Phrase, afterwards: Reply['afterwards']): Turn {
  const id = standing.ids + 1
  const content = { kind: 'phrase', phrase } as const
  const reply: Reply = { id, content, sounding: false, acted: false, running: 0, afterwards }
  return { standing: { ...standing, ids: id }, kind: 'replying', reply, deadAir: undefined }
}

function done(standing: Standing, reply: Reply, atMs: number, policy: Policy): Turn {
  if (reply.afterwards !== 'listen') return ended(standing, reply.afterwards, 'agent')
  const { content } = reply
  const wasHelp = content.kind === 'answer'
  const prompted = content.kind === 'phrase' && content.phrase === 'still-there'
  return listening(wasHelp ? { ...standing, failures: 0 } : standing, atMs, policy, prompted)
}

/** A reply came to nothing: one apology, then a person or goodbye. When even a phrase fails, the carrier must speak. */
function failed(standing: Standing, reply: Reply, policy: Policy): Turn {
  const failures = standing.failures + 1
  if (reply.content.kind === 'phrase') return ended(standing, 'unavailable', `cannot speak: ${reply.content.phrase}`)
  if (failures < FAILED_REPLIES) return say({ ...standing, failures }, 'apology', 'listen')
  return givenUp({ ...standing, failures }, policy)
}

function givenUp(standing: Standing, policy: Policy): Turn {
  return policy.canTransfer ? say(standing, 'transfer', 'transfer') : say(standing, 'give-up', 'hang-up')
}

/** The ears failed: a new session of them, and the caller is asked again only if he was speaking. */
function deafened(turn: Exclude<Turn, { kind: 'ended' }>, retryable: boolean, policy: Policy): Turn {
  const { ids, ears } = turn.standing
  if (turn.kind === 'replying' && isLast(turn.reply)) return turn
  const standing = { ...turn.standing, ids: ids + 1, ears: { id: ids + 1, failures: ears.failures + 1 } }
  if (!retryable || standing.ears.failures >= DEAF) return givenUp(standing, policy)
  const wasSpeaking = turn.kind === 'hearing' || (turn.kind === 'settling' && textOf(turn.said) === '')
  return wasSpeaking ? say(standing, 'pardon', 'listen') : { ...turn, standing }
}

function limitReached(turn: Exclude<Turn, { kind: 'ended' }>, atMs: number, policy: Policy): Turn {
  const { limit, ids } = turn.standing
  if (limit.stage !== 'ample') return say(turn.standing, 'time-up', 'hang-up')
  const due = { id: ids + 1, dueMs: atMs + policy.limitNoticeMs, why: limit.why, stage: 'to-be-told' } as const
  const standing = { ...turn.standing, ids: ids + 1, limit: due }
  return turn.kind === 'listening' ? listening(standing, atMs, policy, turn.prompted) : { ...turn, standing }
}

const ended = (standing: Standing, next: Next, why: string): Turn => ({ standing, kind: 'ended', next, why })

const judging = (standing: Standing, firstVoicedMs: number, policy: Policy) =>
  waitingUntil(standing, 'judging', firstVoicedMs + policy.bargeIn.speechMs + policy.voiceHangoverMs, 'barge-in')

/** A new wait under the name that the state gives it, and the standing that has counted it. */
function waitingUntil<Name extends string>(standing: Standing, name: Name, dueMs: number, why: string) {
  const id = standing.ids + 1
  const wait: Wait = { id, dueMs, why }
  return { standing: { ...standing, ids: id }, [name]: wait } as { standing: Standing } & Record<Name, Wait>
}
