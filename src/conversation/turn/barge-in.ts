import { done, failed, interrupted, judging, keyed, waitingUntil, withQuestion } from './enter.ts'
import { isOwn, judgeOverlap } from './overlap.ts'
import { progressed } from './progress.ts'
import { isUninterruptible, type Rules, type Turn, type TurnEvent, type TurnOf } from './turn.ts'
import { emptyUtterance, isEmpty, withDigit, withWords, wordsOf } from './utterance.ts'

/** After speech over the agent has ended, its words may still come. */
const LATE_WORDS_MS = 600
/** Speech over the agent that has brought no word after so long is a turn of its own, which was not understood. */
const WORDLESS_MS = 2_500
/** A short word over the agent's end is remembered for so long: it may be the answer to his question. */
const ANSWER_KEPT_MS = 1_000

/** He speaks over the agent, and the detector has just said so. */
export const talkedOver = (turn: TurnOf<'replying'>, firstVoicedMs: number, rules: Rules): Turn => ({
  ...turn,
  kind: 'yielding',
  utterance: emptyUtterance(firstVoicedMs),
  speaking: true,
  soundMs: firstVoicedMs,
  silenced: false,
  ...judging(turn.context, firstVoicedMs, rules),
})

/** The detector did not hear him begin, or has been on all the time: his words or keys alone must do. */
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

/** It is not known yet what he wants. */
export function whileYielding(turn: TurnOf<'yielding'>, event: TurnEvent, rules: Rules): Turn {
  const { context, utterance, reply, deadAir } = turn
  if (event.kind === 'digit') {
    // It ends what was keyed or said; without any it was pressed a moment late, after the turn had been taken for ended.
    const endsNothing = event.digit === '#' && isEmpty(utterance)
    if (endsNothing) return turn
    if (isUninterruptible(reply))
      return event.digit === '#' ? turn : { ...turn, utterance: withDigit(utterance, event.digit) }
    return keyed(context, utterance, event.digit, event.atMs, rules)
  }
  if (event.kind === 'speech-start')
    return { ...turn, speaking: true, soundMs: event.firstVoicedMs, ...judging(context, event.firstVoicedMs, rules) }
  if (event.kind === 'speech-end') {
    const ms = wordsOf(utterance) === '' ? LATE_WORDS_MS : ANSWER_KEPT_MS
    const late = waitingUntil(context, 'judging', event.lastVoicedMs + ms, 'late words')
    return { ...turn, speaking: false, utterance: { ...utterance, lastVoicedMs: event.lastVoicedMs }, ...late }
  }
  if (event.kind === 'words') {
    const next = { ...turn, utterance: withWords(utterance, event) }
    const overlap = judgeOverlap(wordsOf(next.utterance), reply.heard, rules.language)
    if (overlap === 'interruption') return isUninterruptible(reply) ? next : interrupted(next, event.atMs, rules)
    return { ...next, silenced: turn.silenced && overlap === 'nothing' }
  }
  if (event.kind === 'wait-over' && event.wait === turn.judging.id) {
    const withEcho = { ...context, echoes: context.echoes || isOwn(event.own) }
    // What must be heard to its end is; the caller's words are kept until then.
    if (isUninterruptible(reply))
      return { ...turn, ...waitingUntil(withEcho, 'judging', event.atMs + LATE_WORDS_MS, 'uninterruptible words') }
    if (turn.speaking) return judged({ ...turn, context: withEcho }, event, rules)
    // "No" may be in what the agent had just said, and yet be his: where nothing echoes, the sound tells whose it was.
    const isWorded =
      wordsOf(utterance) !== '' && judgeOverlap(wordsOf(utterance), reply.heard, rules.language) !== 'nothing'
    const isCallers = isWorded && event.own !== undefined && !withEcho.echoes
    if (isCallers) return interrupted({ ...turn, context: withEcho }, event.atMs, rules)
    return { context: withEcho, kind: 'replying', reply, deadAir }
  }
  if (event.kind === 'wait-over' && event.wait === deadAir?.id) return failed(context, reply, rules)
  if (event.kind === 'reply-done' && event.reply === reply.id) {
    const isEcho = context.echoes && wordsOf(utterance) === ''
    const goesOn = turn.speaking && !isEcho && reply.afterwards !== 'greet'
    return goesOn || isAnswer(turn, rules)
      ? interrupted({ ...turn, context: withQuestion(context, reply, event.atMs) }, event.atMs, rules)
      : done(context, reply, event.atMs, rules)
  }
  return progressed(turn, event, rules) ?? turn
}

/** He has been speaking for a while, and no word has shown what he wants. */
function judged(
  turn: TurnOf<'yielding'>,
  { own, atMs }: Extract<TurnEvent, { kind: 'wait-over' }>,
  rules: Rules,
): Turn {
  const { context, utterance, reply, deadAir } = turn
  const byWords = judgeOverlap(wordsOf(utterance), reply.heard, rules.language)
  // "One" after "one stove" may be the caller's: where it was asked, the sound tells whose a word is.
  const isOpen = byWords === 'echo' || byWords === 'nothing'
  const bySound = own === undefined ? byWords : isOwn(own) ? 'echo' : isOpen ? 'nothing' : byWords
  switch (bySound) {
    case 'nothing': {
      // Silent now; but whether it was a noise, and the agent is to go on, only words or their want can tell.
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

/** Is a short word at the end of a reply a turn of its own? "Yes" is, to a question; "mm-hm" to anything else is not. */
function isAnswer({ utterance, reply }: TurnOf<'yielding'>, rules: Rules): boolean {
  if (utterance.digits !== '') return true
  const overlap = judgeOverlap(wordsOf(utterance), reply.heard, rules.language)
  return overlap === 'interruption' || (overlap === 'back-channel' && reply.heard.trim().endsWith('?'))
}
