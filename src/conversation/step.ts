import {
  confirmed,
  deafened,
  done,
  drafted,
  ended,
  failed,
  hearing,
  interrupted,
  judging,
  keyed,
  limitReached,
  NO_DRAFT,
  say,
  settling,
  unheard,
  waitingUntil,
  wentOn,
} from './enter.ts'
import { isOwn, judgeOverlap } from './overlap.ts'
import { soundsComplete } from './patience.ts'
import { bareText, nothingSaid, textOf, withWords, wordsOf } from './said.ts'
import {
  type Draft,
  isFirm,
  type Phrase,
  type Policy,
  type Reply,
  type Turn,
  type TurnEvent,
  type TurnOf,
} from './turn.ts'
import { wantedBy } from './wanted.ts'

/** An STT that took the utterance for finished is believed after this long, even where noise keeps the detector on. */
const LULL_MS = 1_500
/** Interim words at the end of the patience get this long to become final, unless the provider says that they are all. */
const FINAL_MS = 700
/** After speech over the agent has ended, its words may still come. */
const LATE_WORDS_MS = 600
/** Speech over the agent that has brought no word after so long is a turn of its own, which was not understood. */
const WORDLESS_MS = 2_500
/** A short word over the agent's end is remembered for so long: it may be the answer to his question. */
const ANSWER_KEPT_MS = 1_000

/** After these the question that was asked before still stands. */
const ASKS_NOTHING: readonly Phrase[] = ['notice', 'still-there', 'pardon', 'take-your-time', 'apology']

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
      return stepOf({ ...turn, standing: { ...turn.standing, voiced: true } }, event, policy)
    case 'speech-end':
      return stepOf({ ...turn, standing: { ...turn.standing, voiced: false } }, event, policy)
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
  if (event.kind === 'speech-start') return hearing(standing, nothingSaid(event.firstVoicedMs), NO_DRAFT, event.atMs)
  if (event.kind === 'digit') return keyed(standing, nothingSaid(event.atMs), event.digit, event.atMs, policy)
  if (event.kind === 'words' && event.text.trim() !== '') {
    return settling(standing, withWords(nothingSaid(event.atMs), event), NO_DRAFT, policy)
  }
  if (event.kind === 'wait-over' && event.wait === turn.idle.id) {
    return turn.prompted ? say(standing, 'goodbye', 'hang-up') : say(standing, 'still-there', 'listen')
  }
  return turn
}

function whileHearing(turn: TurnOf<'hearing'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, draft } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: { ...draft, reply: undefined } }
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'speech-end')
    return settling(standing, { ...said, lastVoicedMs: event.lastVoicedMs }, draft, policy)
  if (event.kind === 'words') {
    const next = withWords(said, event)
    if (event.ended && wordsOf(next) !== '') return hearing(standing, next, draft, event.atMs, event.atMs + LULL_MS)
    if (event.text.trim() === '') return { ...turn, said: next }
    // Only a judge's word makes a draft worth its price while the caller still speaks.
    const worthIt = next.complete !== undefined && soundsComplete(next, wantedBy(standing.asked))
    const { counted, draft: ready } = drafted(standing, next, draft, worthIt, policy)
    return hearing(counted, next, ready, event.atMs)
  }
  if (event.kind === 'wait-over' && event.wait === turn.lull.id) {
    const wordless = { ...said, lastVoicedMs: event.atMs }
    return textOf(said) === ''
      ? unheard(standing, wordless, event.atMs, policy)
      : confirmed(standing, said, draft, event.atMs, policy)
  }
  return turn
}

function whileSettling(turn: TurnOf<'settling'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, draft, patience } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: { ...draft, reply: undefined } }
  if (event.kind === 'speech-start') {
    const learned = patience.why === 'complete' ? wentOn(standing, said, event.firstVoicedMs) : standing
    return hearing(learned, said, draft, event.atMs)
  }
  if (event.kind === 'speech-end')
    return settling(standing, { ...said, lastVoicedMs: event.lastVoicedMs }, draft, policy)
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'words') {
    const next = withWords(said, event)
    const wasWaitedFor = event.final && patience.why === 'final'
    const same = wordsOf(next) === wordsOf(said) && next.complete === said.complete && !wasWaitedFor
    return same ? { ...turn, said: next } : settling(standing, next, draft, policy)
  }
  if (event.kind === 'wait-over' && event.wait === patience.id) {
    if (textOf(said) === '') return unheard(standing, said, event.atMs, policy)
    if (patience.why === 'trails off') return say(standing, 'take-your-time', 'listen', said)
    const wantsFinal = said.interim !== '' && !said.ended && patience.why !== 'final'
    return wantsFinal
      ? { ...turn, ...waitingUntil(standing, 'patience', event.atMs + FINAL_MS, 'final') }
      : confirmed(standing, said, draft, event.atMs, policy)
  }
  return turn
}

/** A draft that came to nothing is no trouble yet: its turn is not even over. */
const isFailureOf = ({ reply }: Draft, event: TurnEvent): boolean =>
  event.kind === 'reply-failed' && event.reply === reply?.id

function whileReplying(turn: TurnOf<'replying'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, reply } = turn
  // What comes after these words is settled too.
  if (isFirm(reply) && reply.afterwards !== 'greet') return progressed(turn, event, policy) ?? turn
  if (event.kind === 'speech-start') {
    const { content } = reply
    // Nothing was heard of the answer and nothing done for it: the caller is still in his turn.
    if (!reply.sounding && !reply.acted && content.kind === 'answer')
      return hearing(wentOn(standing, content.to, event.firstVoicedMs), content.to, NO_DRAFT, event.atMs)
    if (content.kind === 'phrase' && content.keeps) return hearing(standing, content.keeps, NO_DRAFT, event.atMs)
    const said = nothingSaid(event.firstVoicedMs)
    return {
      ...turn,
      kind: 'yielding',
      said,
      speaking: true,
      silenced: false,
      ...judging(standing, event.firstVoicedMs, policy),
    }
  }
  if (event.kind === 'digit' || (event.kind === 'words' && reply.sounding && isNew(event.text, reply))) {
    // The detector did not hear him begin, or has been on all the time: his words alone must do.
    const late = waitingUntil(standing, 'judging', event.atMs + LATE_WORDS_MS, 'late words')
    const said = nothingSaid(event.atMs)
    return whileYielding(
      { ...turn, kind: 'yielding', said, speaking: standing.voiced, silenced: false, ...late },
      event,
      policy,
    )
  }
  if (event.kind === 'wait-over' && event.wait === turn.deadAir?.id) return failed(standing, reply, policy)
  return progressed(turn, event, policy) ?? turn
}

/** Are these words more than a late transcript of the turn that is being answered? */
function isNew(text: string, { content }: Reply): boolean {
  const bare = bareText(text)
  return bare !== '' && !(content.kind === 'answer' && bareText(textOf(content.to)).includes(bare))
}

function whileYielding(turn: TurnOf<'yielding'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, reply, deadAir } = turn
  if (event.kind === 'digit') {
    const digits = said.digits + event.digit.replace('#', '')
    if (isFirm(reply)) return { ...turn, said: { ...said, digits } }
    return keyed(standing, said, event.digit, event.atMs, policy)
  }
  if (event.kind === 'speech-start')
    return { ...turn, speaking: true, ...judging(standing, event.firstVoicedMs, policy) }
  if (event.kind === 'speech-end') {
    const ms = wordsOf(said) === '' ? LATE_WORDS_MS : ANSWER_KEPT_MS
    const late = waitingUntil(standing, 'judging', event.lastVoicedMs + ms, 'late words')
    return { ...turn, speaking: false, said: { ...said, lastVoicedMs: event.lastVoicedMs }, ...late }
  }
  if (event.kind === 'words') {
    const next = { ...turn, said: withWords(said, event) }
    if (judgeOverlap(wordsOf(next.said), reply.heard) !== 'interruption') return next
    return isFirm(reply) ? next : interrupted(next, event.atMs, policy)
  }
  if (event.kind === 'wait-over' && event.wait === turn.judging.id) {
    // What must be heard to its end is; the caller's words are kept until then.
    if (isFirm(reply))
      return { ...turn, ...waitingUntil(standing, 'judging', event.atMs + LATE_WORDS_MS, 'firm words') }
    const learned = { ...standing, echoes: standing.echoes || (wordsOf(said) === '' && isOwn(event.own)) }
    if (turn.speaking) return judged({ ...turn, standing: learned }, isOwn(event.own), event.atMs, policy)
    return { standing: learned, kind: 'replying', reply, deadAir }
  }
  if (event.kind === 'wait-over' && event.wait === deadAir?.id) return failed(standing, reply, policy)
  if (event.kind === 'reply-done' && event.reply === reply.id) {
    const goesOn = turn.speaking && reply.afterwards !== 'greet'
    return goesOn || isAnswer(turn) ? interrupted(turn, event.atMs, policy) : done(standing, reply, event.atMs, policy)
  }
  return progressed(turn, event, policy) ?? turn
}

/** He has been speaking for a while, and no word has shown what he wants. */
function judged(turn: TurnOf<'yielding'>, isEcho: boolean, atMs: number, policy: Policy): Turn {
  const { standing, said, reply, deadAir } = turn
  const overlap = judgeOverlap(wordsOf(said), reply.heard)
  switch (overlap === 'nothing' && isEcho ? 'echo' : overlap) {
    case 'nothing': {
      // Silent now; but whether it was a noise, and the agent is to go on, only words or their want can tell.
      const untilMs = said.firstVoicedMs + WORDLESS_MS
      if (turn.silenced && atMs >= untilMs) return interrupted(turn, atMs, policy)
      return { ...turn, silenced: true, ...waitingUntil(standing, 'judging', untilMs, 'wordless') }
    }
    case 'interruption':
      return interrupted(turn, atMs, policy)
    case 'back-channel': {
      const untilMs = said.firstVoicedMs + policy.bargeIn.backChannelMs
      if (atMs < untilMs) return { ...turn, ...waitingUntil(standing, 'judging', untilMs, 'back-channel') }
      return { standing, kind: 'replying', reply, deadAir }
    }
    case 'echo':
      return { standing, kind: 'replying', reply, deadAir }
  }
}

/** Is a short word at the end of a reply a turn of its own? "Yes" is, to a question; "mm-hm" to anything else is not. */
function isAnswer({ said, reply }: TurnOf<'yielding'>): boolean {
  if (said.digits !== '') return true
  const overlap = judgeOverlap(wordsOf(said), reply.heard)
  return overlap === 'interruption' || (overlap === 'back-channel' && reply.heard.trim().endsWith('?'))
}

/** What a reply does on its own, whether or not somebody speaks over it. */
function progressed(turn: TurnOf<'replying' | 'yielding'>, event: TurnEvent, policy: Policy): Turn | undefined {
  const { standing, reply } = turn
  if (!('reply' in event) || event.reply !== reply.id) return undefined
  switch (event.kind) {
    case 'reply-sounding':
      return { ...turn, reply: { ...reply, sounding: true }, deadAir: event.part < 0 ? turn.deadAir : undefined }
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
    case 'heard': {
      const { content } = reply
      const asks = event.part >= 0 && !(content.kind === 'phrase' && ASKS_NOTHING.includes(content.phrase))
      const asked = asks ? event.text : standing.asked
      const next = { ...turn, standing: { ...standing, asked }, reply: { ...reply, heard: event.text } }
      // What was said before a tool may sound on after its result.
      if (!turn.deadAir || event.part < 0) return next
      return { ...next, ...waitingUntil(next.standing, 'deadAir', event.atMs + policy.deadAirMs, 'dead air') }
    }
  }
}
