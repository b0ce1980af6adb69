import { afterFinal, answering, isAnswered, unanswered } from './answered.ts'
import { talkedOver, talkedOverUnannounced, whileYielding } from './barge-in.ts'
import { heardOver, joined, relayed } from './beside.ts'
import {
  afterNoWords,
  askAgain,
  confirmed,
  drafted,
  ended,
  hearing,
  keyed,
  LULL_MS,
  say,
  settling,
  waitingUntil,
} from './enter.ts'
import { failed, sttFailed } from './failures.ts'
import { handedOff } from './hand-off.ts'
import { languageChosen } from './languages.ts'
import { nextWords } from './late-words.ts'
import { budgetLeft, limitReached, overFarewell } from './limits.ts'
import { judgeOverlap } from './overlap.ts'
import { datedByWords, isBegunBy, quietSince, resumed, soundsComplete, withPause } from './patience.ts'
import { progressed, withCutOff } from './progress.ts'
import { keptBack, passingOn, pieceOf } from './relayed.ts'

import type { Reply, Rules, Turn, TurnContext, TurnEvent, TurnOf } from './turn.ts'
import { typed } from './typed.ts'
import { bareText, emptyUtterance, isEmpty, type Utterance, withWords, wordedText, wordsOf } from './utterance.ts'
import { isLast } from './voice-level.ts'
import { wantedBy } from './wanted.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** The turn after an event. Pure: the same events give the same turns, live, in a test and in a replay. */
export function step(turn: Turn, event: TurnEvent, rules: Rules): Turn {
  if (turn.kind === 'ended') return turn
  switch (event.kind) {
    case 'gone':
      return ended(turn.context, 'hang-up', event.why)
    case 'lost':
      return ended(turn.context, 'unavailable', event.why)
    case 'stopped':
      return event.next === 'transfer' ? handedOver(turn) : ended(turn.context, 'goodbye', event.why)
    case 'stt-failed':
      return event.session === turn.context.sttSession.id ? sttFailed(turn, event.retryable, rules) : turn
    case 'wait-over':
      if (event.wait === turn.context.limit.id) return limitReached(turn, event.atMs, rules)
      break
    case 'typed':
      return typed(turn, event, rules)
    case 'joined':
      return joined(turn, event.atMs, rules)
    case 'beside':
      return { ...turn, context: { ...turn.context, beside: event.open } }
    case 'relayed':
      return relayed(turn, event, rules)
    case 'budget':
      return budgetLeft(turn, event, rules)
    case 'language':
      return languageChosen(turn, event)
    case 'hand-off':
      return handedOff(turn, event)
    case 'summarised':
      return turn
    case 'words': {
      const next = nextWords(sttRecovered(turn, event), event)
      return stepOf(next.turn, { ...next.event, text: wordedText(next.event.text) }, rules)
    }
    case 'speech-start':
      return stepOf({ ...turn, context: { ...turn.context, voiced: true } }, event, rules)
    case 'speech-end':
      return stepOf({ ...turn, context: { ...turn.context, voiced: false } }, event, rules)
    case 'digit':
      // Keys are for who joins two lines, and no words for the other person.
      if (rules.policy.interprets) return turn
      break
    case 'heard':
      if (!('reply' in turn && turn.reply.id === event.reply)) return withCutOff(turn, event)
      break
    case 'reply-sounding':
    case 'tool-called':
    case 'tool-result':
    case 'tool-asked':
    case 'secret-asked':
    case 'secret-over':
    case 'reply-done':
    case 'reply-failed':
      break
  }
  return stepOf(turn, event, rules)
}

/** Whatever is said now, the caller is told that a person comes, and put through. */
function handedOver(turn: Exclude<Turn, { kind: 'ended' }>): Turn {
  const isTold = turn.kind === 'replying' && turn.reply.afterwards === 'transfer'
  return isTold ? turn : say(turn.context, 'transfer', 'transfer')
}

/** Words show that speech-to-text works again. */
function sttRecovered(turn: Turn, { text }: WordsEvent): Turn {
  const { context } = turn
  if (wordedText(text) === '' || context.sttSession.failures === 0) return turn
  return { ...turn, context: { ...context, sttSession: { ...context.sttSession, failures: 0 } } }
}

function stepOf(turn: Turn, event: TurnEvent, rules: Rules): Turn {
  switch (turn.kind) {
    case 'listening':
      return whileListening(turn, event, rules)
    case 'hearing':
      return whileHearing(turn, event, rules)
    case 'settling':
      return whileSettling(turn, event, rules)
    case 'replying':
      return whileReplying(turn, event, rules)
    case 'yielding':
      return whileYielding(turn, event, rules)
    case 'ended':
      return turn
  }
}

function whileListening(turn: TurnOf<'listening'>, event: TurnEvent, rules: Rules): Turn {
  const { context } = turn
  if (event.kind === 'speech-start') return hearing(context, emptyUtterance(event.firstVoicedMs), undefined, event.atMs)
  if (event.kind === 'digit') return keyed(context, emptyUtterance(event.atMs), event.digit, event.atMs, rules)
  if (event.kind === 'words' && event.text !== '') {
    return unannounced(context, emptyUtterance(event.atMs), event, rules)
  }
  if (event.kind === 'wait-over' && event.wait === turn.idle.id) {
    if (context.pending && !context.pending.again) return askAgain(context, context.pending)
    return turn.prompted ? say(context, 'goodbye', 'hang-up') : say(context, 'still-there', 'listen')
  }
  return turn
}

function whileHearing(turn: TurnOf<'hearing'>, event: TurnEvent, rules: Rules): Turn {
  const { utterance, draft } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: undefined }
  if (event.kind === 'digit') return keyed(turn.context, utterance, event.digit, event.atMs, rules)
  if (event.kind === 'speech-end')
    return settling(turn.context, { ...utterance, lastVoicedMs: quietSince(event) }, draft, rules)
  if (event.kind === 'words') {
    const { context, utterance: next } = withPause(turn.context, utterance, withWords(utterance, event))
    if (event.ended && wordsOf(next) !== '') return hearing(context, next, draft, event.atMs, event.atMs + LULL_MS)
    if (event.text === '') return { ...turn, utterance: next }
    const piece = rules.policy.interprets ? pieceOf(next, event.atMs) : undefined
    if (piece)
      return hearing(
        passingOn({ ...context, answered: answering(next, event.atMs) }, piece.text),
        piece.rest,
        undefined,
        event.atMs,
      )
    // A draft costs money. While the caller still speaks it is worth that only if a judge finds the words complete.
    const worthIt =
      next.complete !== undefined && soundsComplete(next, wantedBy(context.asked, rules.language), rules.language)
    const ready = drafted(context, next, draft, worthIt, rules)
    return hearing(ready.counted, ready.utterance, ready.draft, event.atMs)
  }
  if (event.kind === 'wait-over' && event.wait === turn.lull.id) {
    const wordless = { ...utterance, lastVoicedMs: event.atMs }
    if (isEmpty(utterance)) return afterNoWords(turn.context, wordless, event.atMs, rules)
    return turn.lull.why === 'endless' && !rules.policy.interprets
      ? say(turn.context, 'pardon', 'listen', { insists: true })
      : confirmed(turn.context, utterance, draft, event.atMs, rules)
  }
  return turn
}

function whileSettling(turn: TurnOf<'settling'>, event: TurnEvent, rules: Rules): Turn {
  const { context, utterance, draft, patience } = turn
  if (isFailureOf(draft, event)) return { ...turn, draft: undefined }
  if (event.kind === 'speech-start') {
    const again = patience.why === 'complete' ? resumed(utterance, event.firstVoicedMs) : utterance
    return hearing(context, again, draft, event.atMs)
  }
  if (event.kind === 'speech-end')
    return settling(context, { ...utterance, lastVoicedMs: quietSince(event) }, draft, rules)
  if (event.kind === 'digit') return keyed(context, utterance, event.digit, event.atMs, rules)
  if (event.kind === 'words') {
    const next = datedByWords(utterance, withWords(utterance, event), event)
    // A new likelihood alone does not restart the wait for final words.
    const isUpdate = patience.why === 'final' ? event.final || event.ended : next.complete !== utterance.complete
    const isSame = wordsOf(next) === wordsOf(utterance) && !isUpdate
    if (isSame) return { ...turn, utterance: next }
    const after = withPause(context, utterance, next)
    return settling(after.context, after.utterance, draft, rules)
  }
  if (event.kind === 'wait-over' && event.wait === patience.id) {
    if (isEmpty(utterance)) return afterNoWords(context, utterance, event.atMs, rules)
    if (patience.why === 'trails off' && !rules.policy.interprets)
      return say(context, 'take-your-time', 'listen', { keeps: utterance })
    const { finalMs } = rules.policy.patience
    const wantsFinal = utterance.interimWords !== '' && !utterance.ended && patience.why !== 'final' && finalMs > 0
    return wantsFinal
      ? { ...turn, ...waitingUntil(context, 'patience', event.atMs + finalMs, 'final') }
      : confirmed(context, utterance, draft, event.atMs, rules)
  }
  return turn
}

/** A failed draft is only dropped: the answer is made again when the turn is over. */
const isFailureOf = (draft: Reply | undefined, event: TurnEvent): boolean =>
  event.kind === 'reply-failed' && event.reply === draft?.id

function whileReplying(turn: TurnOf<'replying'>, event: TurnEvent, rules: Rules): Turn {
  const { context, reply } = turn
  if (reply.secret) return progressed(turn, event, rules) ?? turn
  // Nothing can change what comes after these words.
  if (isLast(reply)) return overFarewell(turn, event, rules) ?? progressed(turn, event, rules) ?? turn
  if (event.kind === 'speech-start') {
    const { content } = reply
    if (content.kind === 'answer' && isBegunBy(content.to, event)) return turn
    // The caller has heard nothing of the answer, and no tool was called for it: their turn goes on.
    if (!reply.sounding && !reply.acted && content.kind === 'answer')
      return hearing(reopened(context), resumed(content.to, event.firstVoicedMs), undefined, event.atMs)
    // Nothing of it was heard, so it waits until this turn is over.
    if (!reply.sounding && content.kind === 'relay')
      return heardOver(keptBack(context, content), event.firstVoicedMs, event.atMs)
    if (content.kind === 'phrase' && content.keeps) {
      // The phrase's own echo must not stop it, and a phrase that was heard is not said twice.
      const prompted = content.keeps.prompted || reply.sounding
      return context.echoes ? turn : hearing(context, { ...content.keeps, prompted }, undefined, event.atMs)
    }
    return talkedOver(turn, event.firstVoicedMs, rules)
  }
  const { content } = reply
  if (event.kind === 'words' && content.kind === 'phrase' && content.keeps) {
    const isCallers = judgeOverlap(event.text, reply.heard, rules.language) !== 'echo' && bareText(event.text) !== ''
    return isCallers ? continueWith(content.keeps, turn, event, rules) : turn
  }
  if (event.kind === 'words' && isNew(event, context)) {
    const isUnheard = content.kind === 'answer' && !reply.sounding && !reply.acted
    if (isUnheard) return continueWith(content.to, turn, event, rules)
    if (content.kind === 'relay' && !reply.sounding)
      return unannounced(keptBack(context, content), emptyUtterance(event.atMs), event, rules)
    const text = context.answered ? unanswered(event.text, context.answered, event.atMs) : event.text
    return talkedOverUnannounced(turn, { ...event, text }, rules)
  }
  if (event.kind === 'words' && event.final && content.kind === 'answer' && content.to.late !== '') {
    const settled = { ...context, answered: context.answered && afterFinal(context.answered, event.text) }
    return {
      ...turn,
      context: settled,
      reply: { ...reply, content: { ...content, to: withWords(content.to, event) } },
    }
  }
  if (event.kind === 'digit' && content.kind === 'phrase' && content.keeps) {
    return keyed(context, content.keeps, event.digit, event.atMs, rules)
  }
  // A "#" was meant for the turn that has just ended.
  if (event.kind === 'digit') return event.digit === '#' ? turn : talkedOverUnannounced(turn, event, rules)
  if (event.kind === 'wait-over' && event.wait === turn.deadAir?.id) return failed(context, reply, event.atMs, rules)
  return progressed(turn, event, rules) ?? turn
}

/** New words show that the caller's turn was not over: it goes on. */
function continueWith(utterance: Utterance, turn: TurnOf<'replying'>, event: WordsEvent, rules: Rules): Turn {
  const prompted = utterance.prompted || turn.reply.sounding
  return unannounced(reopened(turn.context), { ...utterance, prompted }, event, rules)
}

/** Words without a speech-start: the detector missed it, or a noise has kept it on since the turn before. */
function unannounced(context: TurnContext, utterance: Utterance, event: WordsEvent, rules: Rules): Turn {
  const heard = hearing(context, utterance, undefined, event.atMs)
  return context.voiced ? stepOf(heard, event, rules) : settling(context, withWords(utterance, event), undefined, rules)
}

/** The turn that was being answered is not answered yet. */
const reopened = (context: TurnContext): TurnContext => ({ ...context, answered: undefined })

/** Are these words more than a late transcript of the answered turn? */
function isNew({ text, atMs }: WordsEvent, { answered }: TurnContext): boolean {
  return bareText(text) !== '' && !(answered && isAnswered(text, answered, atMs))
}
