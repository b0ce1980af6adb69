import { allFinal, isAnswered, unanswered } from './answered.ts'
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
  LULL_MS,
  learned,
  limitReached,
  resumed,
  say,
  settling,
  unheard,
  waitingUntil,
} from './enter.ts'
import { nextWords } from './late-words.ts'
import { judgeOverlap } from './overlap.ts'
import { soundsComplete } from './patience.ts'
import { progressed } from './progress.ts'
import { isFirm, type Policy, type Reply, type Standing, type Turn, type TurnEvent, type TurnOf } from './turn.ts'
import { bareText, nothingSaid, type Said, textOf, withWords, wordsOf } from './utterance.ts'
import { wantedBy } from './wanted.ts'

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
    case 'words': {
      const next = nextWords(wordsHeard(turn, event), event)
      return next ? stepOf(next.turn, next.event, policy) : turn
    }
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

/** Ears that bring words work again. */
function wordsHeard(turn: Turn, { text }: WordsEvent): Turn {
  const { standing } = turn
  if (text.trim() === '' || standing.ears.failures === 0) return turn
  return { ...turn, standing: { ...standing, ears: { ...standing.ears, failures: 0 } } }
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
  if (event.kind === 'speech-start') return hearing(standing, nothingSaid(event.firstVoicedMs), undefined, event.atMs)
  if (event.kind === 'digit') return keyed(standing, nothingSaid(event.atMs), event.digit, event.atMs, policy)
  if (event.kind === 'words' && event.text.trim() !== '') {
    return unannounced(standing, nothingSaid(event.atMs), event, policy)
  }
  if (event.kind === 'wait-over' && event.wait === turn.idle.id) {
    if (standing.pending && !standing.pending.again) return askAgain(standing, standing.pending)
    return turn.prompted ? say(standing, 'goodbye', 'hang-up') : say(standing, 'still-there', 'listen')
  }
  return turn
}

function whileHearing(turn: TurnOf<'hearing'>, event: TurnEvent, policy: Policy): Turn {
  const { said, draft } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: undefined }
  if (event.kind === 'digit') return keyed(turn.standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'speech-end')
    return settling(turn.standing, { ...said, lastVoicedMs: event.lastVoicedMs }, draft, policy)
  if (event.kind === 'words') {
    const { standing, said: next } = learned(turn.standing, said, withWords(said, event))
    if (event.ended && wordsOf(next) !== '') return hearing(standing, next, draft, event.atMs, event.atMs + LULL_MS)
    if (event.text.trim() === '') return { ...turn, said: next }
    // Only a judge's word makes a draft worth its price while the caller still speaks.
    const worthIt = next.complete !== undefined && soundsComplete(next, wantedBy(standing.asked))
    const ready = drafted(standing, next, draft, worthIt, policy)
    return hearing(ready.counted, ready.said, ready.draft, event.atMs)
  }
  if (event.kind === 'wait-over' && event.wait === turn.lull.id) {
    const wordless = { ...said, lastVoicedMs: event.atMs }
    return textOf(said) === ''
      ? unheard(turn.standing, wordless, event.atMs, policy)
      : confirmed(turn.standing, said, draft, event.atMs, policy)
  }
  return turn
}

function whileSettling(turn: TurnOf<'settling'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, said, draft, patience } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: undefined }
  if (event.kind === 'speech-start') {
    const again = patience.why === 'complete' ? resumed(said, event.firstVoicedMs) : said
    return hearing(standing, again, draft, event.atMs)
  }
  if (event.kind === 'speech-end')
    return settling(standing, { ...said, lastVoicedMs: event.lastVoicedMs }, draft, policy)
  if (event.kind === 'digit') return keyed(standing, said, event.digit, event.atMs, policy)
  if (event.kind === 'words') {
    const next = undetected(said, withWords(said, event), event)
    // The wait for the final words is not begun anew by a judgement that wavers.
    const isNews = patience.why === 'final' ? event.final || event.ended : next.complete !== said.complete
    const isSame = wordsOf(next) === wordsOf(said) && !isNews
    if (isSame) return { ...turn, said: next }
    const taught = learned(standing, said, next)
    return settling(taught.standing, taught.said, draft, policy)
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

/** Interim words come so long after they were spoken, at most. */
const LATE_INTERIM_MS = 600

/** More words long after the last sound that the detector told of: it does not hear this caller, so his words must do. */
function undetected(said: Said, next: Said, { atMs, final }: WordsEvent): Said {
  const hasMore = wordsOf(next).length > wordsOf(said).length
  return hasMore && !final && atMs > said.lastVoicedMs + LATE_INTERIM_MS ? { ...next, lastVoicedMs: atMs } : next
}

/** A draft that came to nothing is no trouble yet: its turn is not even over. */
const isFailureOf = (draft: Reply | undefined, event: TurnEvent): boolean =>
  event.kind === 'reply-failed' && event.reply === draft?.id

function whileReplying(turn: TurnOf<'replying'>, event: TurnEvent, policy: Policy): Turn {
  const { standing, reply } = turn
  // What comes after these words is settled too.
  if (isFirm(reply) && reply.afterwards !== 'greet') return progressed(turn, event, policy) ?? turn
  if (event.kind === 'speech-start') {
    const { content } = reply
    // Nothing was heard of the answer and nothing done for it: the caller is still in his turn.
    if (!reply.sounding && !reply.acted && content.kind === 'answer')
      return hearing(unansweredYet(standing), resumed(content.to, event.firstVoicedMs), undefined, event.atMs)
    if (content.kind === 'phrase' && content.keeps) {
      // Its own echo does not end it; and what was heard of it is not said twice.
      const prompted = content.keeps.prompted || reply.sounding
      return standing.echoes ? turn : hearing(standing, { ...content.keeps, prompted }, undefined, event.atMs)
    }
    return overheard(turn, event.firstVoicedMs, policy)
  }
  const { content } = reply
  if (event.kind === 'words' && content.kind === 'phrase' && content.keeps) {
    const isHis = judgeOverlap(event.text, reply.heard) !== 'echo' && bareText(event.text) !== ''
    return isHis ? backTo(content.keeps, turn, event, policy) : turn
  }
  if (event.kind === 'words' && isNew(event, standing)) {
    const isUnheard = content.kind === 'answer' && !reply.sounding && !reply.acted
    if (isUnheard) return backTo(content.to, turn, event, policy)
    const text = standing.answered ? unanswered(event.text, standing.answered, event.atMs) : event.text
    return overheardLate(turn, { ...event, text }, policy)
  }
  if (event.kind === 'words' && event.final && content.kind === 'answer' && content.to.late !== '') {
    const settled = { ...standing, answered: standing.answered && allFinal(standing.answered) }
    return {
      ...turn,
      standing: settled,
      reply: { ...reply, content: { ...content, to: withWords(content.to, event) } },
    }
  }
  if (event.kind === 'digit' && content.kind === 'phrase' && content.keeps) {
    return keyed(standing, content.keeps, event.digit, event.atMs, policy)
  }
  // A hash ends nothing any more: the turn had been taken for ended a moment before.
  if (event.kind === 'digit') return event.digit === '#' ? turn : overheardLate(turn, event, policy)
  if (event.kind === 'wait-over' && event.wait === turn.deadAir?.id) return failed(standing, reply, policy)
  return progressed(turn, event, policy) ?? turn
}

/** His words show that he is still in the turn that was taken for ended. */
function backTo(said: Said, turn: TurnOf<'replying'>, event: WordsEvent, policy: Policy): Turn {
  const prompted = said.prompted || turn.reply.sounding
  return unannounced(unansweredYet(turn.standing), { ...said, prompted }, event, policy)
}

/** Words before which no speech was told of: the detector missed it, or a noise has kept it on since the turn before. */
function unannounced(standing: Standing, said: Said, event: WordsEvent, policy: Policy): Turn {
  const heard = hearing(standing, said, undefined, event.atMs)
  return standing.voiced ? stepOf(heard, event, policy) : settling(standing, withWords(said, event), undefined, policy)
}

/** The turn that was being answered goes on. */
const unansweredYet = (standing: Standing): Standing => ({ ...standing, answered: undefined })

/** Are these words more than a late transcript of the turn that is being answered? */
function isNew({ text, atMs }: WordsEvent, { answered }: Standing): boolean {
  return bareText(text) !== '' && !(answered && isAnswered(text, answered, atMs))
}
