import { done, interrupted, judging, keyed, waitingUntil, withQuestion } from './enter.ts'
import { failed } from './failures.ts'
import { isOwn, isShredsOf, judgeOverlap, maybeOwn, type Overlap } from './overlap.ts'
import { LATE_FINAL_MS, saidOf, withAllOwn } from './own-words.ts'
import { datedByWords, quietSince } from './patience.ts'
import { progressed } from './progress.ts'
import type { Rules, Turn, TurnContext, TurnEvent, TurnOf } from './turn.ts'
import { bareText, emptyUtterance, isEmpty, type Utterance, withDigit, withWords, wordsOf } from './utterance.ts'
import { isUninterruptible } from './voice-level.ts'

type EventOf<Kind extends TurnEvent['kind']> = Extract<TurnEvent, { kind: Kind }>

/** Words may come so long after speech over the agent has ended. */
const LATE_WORDS_MS = 600
/** Speech over the agent without a word for so long is a turn that was not understood. */
const WORDLESS_MS = 2_500
/** A short word over the agent's last words is kept for so long: it may answer the agent's question. */
const ANSWER_KEPT_MS = 1_000

/** Few words with a sound that is mixed, on a line that echoes, may be misheard ones of the agent's. */
const UNSURE_MS = 500
const UNSURE_WORDS = 2
const UNSURE_OWN = 0.15
export const UNSURE = 'maybe an echo'

/** The detector hears the caller over the agent. */
export function talkedOver(turn: TurnOf<'replying'>, firstVoicedMs: number, rules: Rules): Turn {
  const waiting = heldBack(turn, firstVoicedMs)
  return {
    ...waiting,
    kind: 'yielding',
    utterance: emptyUtterance(firstVoicedMs),
    speaking: true,
    soundMs: firstVoicedMs,
    silenced: false,
    ...judging(waiting.context, firstVoicedMs, rules),
  }
}

/** A reply that has not begun waits until it is known what the caller wants. For so long it is not the provider that is silent. */
function heldBack(turn: TurnOf<'replying'>, firstVoicedMs: number): TurnOf<'replying'> {
  const { context, reply, deadAir } = turn
  const untilMs = firstVoicedMs + WORDLESS_MS
  if (!deadAir || reply.sounding || context.echoes || deadAir.dueMs >= untilMs) return turn
  return { ...turn, ...waitingUntil(context, 'deadAir', untilMs, 'dead air') }
}

/** Words or keys came over the agent without a speech-start: the detector missed it, or a noise keeps it on. */
export function talkedOverUnannounced(turn: TurnOf<'replying'>, event: TurnEvent, rules: Rules): Turn {
  const { context } = turn
  const late = waitingUntil(context, 'judging', event.atMs + LATE_WORDS_MS, 'late words')
  const heard = {
    utterance: emptyUtterance(event.atMs),
    soundMs: event.atMs,
    speaking: context.voiced,
    silenced: false,
  }
  return whileYielding({ ...turn, kind: 'yielding', ...heard, ...late }, event, rules)
}

const overlapIn = ({ utterance, reply, context }: TurnOf<'yielding'>, { language }: Rules): Overlap =>
  judgeOverlap(wordsOf(utterance), reply.heard, language, context.echoes ? saidOf(context.spoken) : '')

/** It is not known yet what the caller wants. */
export function whileYielding(turn: TurnOf<'yielding'>, event: TurnEvent, rules: Rules): Turn {
  const { context, utterance, reply, deadAir } = turn
  if (event.kind === 'digit') {
    // A "#" ends what was keyed or said. If that is nothing, it belongs to the turn before and came late.
    const endsNothing = event.digit === '#' && isEmpty(utterance)
    if (endsNothing) return turn
    if (isUninterruptible(reply))
      return event.digit === '#' ? turn : { ...turn, utterance: withDigit(utterance, event.digit) }
    return keyed(context, utterance, event.digit, event.atMs, rules)
  }
  if (event.kind === 'speech-start')
    return { ...turn, speaking: true, soundMs: event.firstVoicedMs, ...judging(context, event.firstVoicedMs, rules) }
  if (event.kind === 'speech-end') {
    const lastVoicedMs = quietSince(event)
    const ended = { ...turn, speaking: false, utterance: { ...utterance, lastVoicedMs } }
    if (turn.judging.why === UNSURE) return ended
    const ms = wordsOf(utterance) === '' ? LATE_WORDS_MS : ANSWER_KEPT_MS
    const late = waitingUntil(context, 'judging', lastVoicedMs + ms, 'late words')
    return { ...ended, ...late }
  }
  if (event.kind === 'words') {
    const worded = withWords(utterance, event)
    const next = { ...turn, utterance: turn.speaking ? worded : datedByWords(utterance, worded, event) }
    const overlap = overlapIn(next, rules)
    if (overlap === 'interruption') {
      if (isUninterruptible(reply)) return next
      if (!isUnsure(next, event)) return interrupted(next, event.atMs, rules)
      if (turn.judging.why === UNSURE) return next
      return { ...next, ...waitingUntil(context, 'judging', event.atMs + UNSURE_MS, UNSURE) }
    }
    return { ...next, silenced: turn.silenced && overlap === 'nothing' }
  }
  if (event.kind === 'wait-over' && event.wait === turn.judging.id) {
    const withEcho = { ...context, echoes: context.echoes || isOwn(event.own) }
    // The caller's words over an uninterruptible reply are kept until its end.
    if (isUninterruptible(reply))
      return { ...turn, ...waitingUntil(withEcho, 'judging', event.atMs + LATE_WORDS_MS, 'uninterruptible words') }
    if (turn.judging.why === UNSURE) {
      if (!isOwn(event.own)) return interrupted({ ...turn, context: withEcho }, event.atMs, rules)
      return { context: withAllOwn(withEcho), kind: 'replying', reply, deadAir }
    }
    if (turn.speaking) return judged({ ...turn, context: withEcho }, event, rules)
    // The agent may have just said the caller's word ("no"). On a line without echo the sound tells whose it was.
    const isWorded = overlapIn(turn, rules) !== 'nothing'
    const isCallers = isWorded && event.own !== undefined && !withEcho.echoes
    if (isCallers) return interrupted({ ...turn, context: withEcho }, event.atMs, rules)
    return { context: withEcho, kind: 'replying', reply, deadAir }
  }
  if (event.kind === 'wait-over' && event.wait === deadAir?.id) return failed(context, reply, event.atMs, rules)
  if (event.kind === 'reply-done' && event.reply === reply.id) {
    const isEcho = context.echoes && wordsOf(utterance) === ''
    const goesOn = turn.speaking && !isEcho && reply.afterwards !== 'greet'
    return goesOn || isAnswer(turn, rules)
      ? interrupted({ ...turn, context: withQuestion(context, reply, event.atMs) }, event.atMs, rules)
      : done(context, reply, event.atMs, rules)
  }
  return progressed(turn, event, rules) ?? turn
}

/** May these words be an echo? What was dated, or comes when the agent was silent, is not to be judged by the sound of now. */
function isUnsure(
  { utterance, context }: TurnOf<'yielding'>,
  { own, ownEach, aloud, atMs }: EventOf<'words'>,
): boolean {
  const isSaying = aloud !== undefined || atMs <= context.spoken.atMs + LATE_FINAL_MS
  const isOther = ownEach !== undefined || !isSaying
  const maybe = own === undefined ? !isOther : own >= UNSURE_OWN
  const count = wordsIn(utterance).length
  return context.echoes && maybe && count <= UNSURE_WORDS && !goesOn(context, count)
}

const wordsIn = (utterance: Utterance): readonly string[] => bareText(wordsOf(utterance)).split(' ')

/** The new words follow words of the caller's in the same transcript: a late form of what they said before. */
const goesOn = ({ own }: TurnContext, count: number): boolean => own?.own.slice(0, -count).includes(false) === true

/** The caller has spoken for a while, and no word has shown what they want. */
function judged(turn: TurnOf<'yielding'>, { own, atMs }: EventOf<'wait-over'>, rules: Rules): Turn {
  const { context, utterance, reply, deadAir } = turn
  const byWords = overlapIn(turn, rules)
  // "One" after the agent's "one stove" may be the caller's. If the sound was compared, it decides.
  const isOpen = byWords === 'echo' || byWords === 'nothing'
  // On a line that echoes, the agent's words with a sound that may be the agent's are its echo.
  const isEcho = context.echoes && maybeOwn(own)
  const isShreds = isEcho && isShredsOf(wordsOf(utterance), saidOf(context.spoken), 1)
  if (isShreds) return { context, kind: 'replying', reply, deadAir }
  const bySound = own === undefined ? byWords : isOwn(own) ? 'echo' : isOpen ? 'nothing' : byWords
  switch (bySound) {
    case 'nothing': {
      // The agent is silent from now on. It goes on if no words come: then this was a noise.
      const untilMs = utterance.firstVoicedMs + WORDLESS_MS
      if (turn.silenced && atMs >= untilMs) return interrupted(turn, atMs, rules)
      return { ...turn, silenced: true, ...waitingUntil(context, 'judging', untilMs, 'wordless') }
    }
    case 'interruption':
      return interrupted(turn, atMs, rules)
    case 'back-channel': {
      const untilMs = utterance.firstVoicedMs + rules.policy.bargeIn.backChannelMs
      if (atMs < untilMs) return { ...turn, ...waitingUntil(context, 'judging', untilMs, 'back-channel') }
      return { context, kind: 'replying', reply, deadAir }
    }
    case 'echo':
      return { context, kind: 'replying', reply, deadAir }
  }
}

/** Are words over the end of a reply a turn? "Yes" to a question is one; "mm-hm" to anything else is not. */
function isAnswer(turn: TurnOf<'yielding'>, rules: Rules): boolean {
  const { utterance, reply } = turn
  if (utterance.digits !== '') return true
  const overlap = overlapIn(turn, rules)
  return overlap === 'interruption' || (overlap === 'back-channel' && reply.heard.trim().endsWith('?'))
}
