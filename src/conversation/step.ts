import { overheard, overheardLate, whileYielding } from './barge-in.ts'
import {
  askAgain,
  confirmed,
  deafened,
  drafted,
  ended,
  failed,
  hearing,
  keyed,
  limitReached,
  NO_DRAFT,
  say,
  settling,
  unheard,
  waitingUntil,
  wentOn,
} from './enter.ts'
import { judgeOverlap } from './overlap.ts'
import { soundsComplete } from './patience.ts'
import { progressed } from './progress.ts'
import { bareText, nothingSaid, type Said, textOf, withWords, wordsOf } from './said.ts'
import { type Draft, isFirm, type Policy, type Reply, type Turn, type TurnEvent, type TurnOf } from './turn.ts'
import { wantedBy } from './wanted.ts'

/** An STT that took the utterance for finished is believed after this long, even where noise keeps the detector on. */
const LULL_MS = 1_500

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** The one way a turn changes. Pure: the same events give the same turns, live, in a test and in a replay. */
export function step(turn: Turn, event: TurnEvent, policy: Policy): Turn {
  if (turn.kind === 'ended') return turn
  switch (event.kind) {
    case 'gone':
      return ended(turn.standing, 'hang-up', event.why)
    case 'lost':
      return ended(turn.standing, 'unavailable', event.why)
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
    case 'tool-asked':
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
    if (standing.pending && !standing.pending.again) return askAgain(standing, standing.pending)
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
    // The wait for the final words is not begun anew by a judgement that wavers.
    const isNews = patience.why === 'final' ? event.final || event.ended : next.complete !== said.complete
    const isSame = wordsOf(next) === wordsOf(said) && !isNews
    return isSame ? { ...turn, said: next } : settling(standing, next, draft, policy)
  }
  if (event.kind === 'wait-over' && event.wait === patience.id) {
    if (textOf(said) === '') return unheard(standing, said, event.atMs, policy)
    if (patience.why === 'trails off') return say(standing, 'take-your-time', 'listen', said)
    const { finalMs } = policy.patience
    const wantsFinal = said.interim !== '' && !said.ended && patience.why !== 'final' && finalMs > 0
    return wantsFinal
      ? { ...turn, ...waitingUntil(standing, 'patience', event.atMs + finalMs, 'final') }
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
    return overheard(turn, event.firstVoicedMs, policy)
  }
  const { content } = reply
  if (event.kind === 'words' && content.kind === 'phrase' && content.keeps) {
    const isHis = judgeOverlap(event.text, reply.heard) !== 'echo' && bareText(event.text) !== ''
    return isHis ? backTo(content.keeps, turn, event, policy) : turn
  }
  if (event.kind === 'words' && isNew(event.text, reply)) {
    const isUnheard = content.kind === 'answer' && !reply.sounding && !reply.acted
    return isUnheard ? backTo(content.to, turn, event, policy) : overheardLate(turn, event, policy)
  }
  if (event.kind === 'words' && event.final && content.kind === 'answer' && content.to.late !== '') {
    return { ...turn, reply: { ...reply, content: { ...content, to: withWords(content.to, event) } } }
  }
  if (event.kind === 'digit' && content.kind === 'phrase' && content.keeps) {
    return keyed(standing, content.keeps, event.digit, event.atMs, policy)
  }
  if (event.kind === 'digit') return overheardLate(turn, event, policy)
  if (event.kind === 'wait-over' && event.wait === turn.deadAir?.id) return failed(standing, reply, policy)
  return progressed(turn, event, policy) ?? turn
}

/** His words show that he is still in the turn that was taken for ended. */
function backTo(said: Said, turn: TurnOf<'replying'>, event: WordsEvent, policy: Policy): Turn {
  const { standing } = turn
  const next = withWords(said, event)
  return standing.voiced ? hearing(standing, next, NO_DRAFT, event.atMs) : settling(standing, next, NO_DRAFT, policy)
}

/** Are these words more than a late transcript of the turn that is being answered? */
function isNew(text: string, { content }: Reply): boolean {
  const bare = bareText(text)
  return bare !== '' && !(content.kind === 'answer' && bareText(textOf(content.to)).includes(bare))
}
