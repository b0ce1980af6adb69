import type {
  Clock,
  Inbound,
  SpeechToText,
  SttInput,
  Transcript,
  TurnEnd,
  VoiceActivity,
} from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import { orAborted } from '../conversation/scope.ts'
import { UNLIKELY } from '../conversation/turn/patience.ts'
import { emptyUtterance, withWords, wordsOf } from '../conversation/turn/utterance.ts'
import type { Step } from './attempts.ts'
import { type CallerSide, callersSound, lengthOf } from './caller-side.ts'

export interface RecordedEarsParts {
  readonly steps: readonly Step[]
  readonly caller: CallerSide
  readonly clock: Clock
  readonly startMs: number
  readonly turnEnd: TurnEnd
}

/** The sound is given in pieces of this length: nobody listens to it, but it is counted. */
const PIECE_MS = 100
const MOST_WAITING = 100

type Due<T> = { readonly atMs: number } & T

/** What the server hears of the caller: all of it at the time at which it came. */
export function recordedEars({ steps, caller, clock, startMs, turnEnd }: RecordedEarsParts) {
  const until = (atMs: number, signal: AbortSignal): Promise<void> => clock.sleep(startMs + atMs - clock.now(), signal)
  const transcripts = steps.flatMap(step => transcriptsOf(step, turnEnd))

  const voiceActivity: VoiceActivity = {
    async *detect(audio, signal) {
      void drained(audio)
      for (const { atMs, event } of caller.voice) {
        await until(atMs, signal)
        yield event.kind === 'speech-start'
          ? { kind: 'speech-start', firstVoicedMs: event.firstVoicedMs + startMs }
          : { kind: 'speech-end', lastVoicedMs: event.lastVoicedMs + startMs }
      }
      await untilAborted(signal)
    },
  }

  const speechToText: SpeechToText = {
    async *transcribe(input, signal) {
      void drained(input)
      const sinceMs = clock.now() - startMs
      for (const due of transcripts.filter(({ atMs }) => atMs > sinceMs)) {
        await until(due.atMs, signal)
        if (due.kind === 'failed') throw Object.assign(new Error(due.why), { retryable: due.retryable })
        yield due.transcript
      }
      await untilAborted(signal)
    },
  }

  async function* inbound(signal: AbortSignal): AsyncGenerator<Inbound> {
    const queue = new Queue<Inbound>(MOST_WAITING)
    const reading = Promise.all([feedDone(queue, signal), feedSound(queue, signal)])
    reading.catch(error => queue.fail(error))
    try {
      for await (const some of queue) {
        yield some
        if (some.kind === 'gone' || some.kind === 'lost') return
      }
    } finally {
      queue.close()
    }
  }

  /** Keys, typed words, and how the caller left. */
  async function feedDone(queue: Queue<Inbound>, signal: AbortSignal): Promise<void> {
    for (const { event } of steps) {
      switch (event.kind) {
        case 'digit':
        case 'typed':
        case 'joined':
        case 'beside':
        case 'relayed':
        case 'budget':
        case 'gone':
        case 'lost': {
          await until(event.atMs, signal)
          const { atMs: _, ...some } = event
          queue.push(some)
        }
      }
    }
    await until(caller.endMs, signal)
    queue.push({ kind: 'gone', why: 'the recording ends' })
  }

  async function feedSound(queue: Queue<Inbound>, signal: AbortSignal): Promise<void> {
    if (!caller.sound) return
    const { rateHz, fromMs } = caller.sound
    const samples = Math.round((PIECE_MS * rateHz) / 1_000)
    for (let at = 0; at < lengthOf(caller.sound); at += samples) {
      const atMs = fromMs + (at / rateHz) * 1_000
      await until(atMs + PIECE_MS, signal)
      const pcm = callersSound(caller.sound, at, at + samples)
      queue.push({ kind: 'audio', frame: { pcm, rateHz, atMs: atMs + startMs } })
    }
  }

  return { voiceActivity, speechToText, inbound }
}

type DueTranscript = Due<
  | { readonly kind: 'words'; readonly transcript: Transcript }
  | { readonly kind: 'failed'; readonly why: string; readonly retryable: boolean }
>

function transcriptsOf({ event, before }: Step, turnEnd: TurnEnd): readonly DueTranscript[] {
  if (event.kind === 'stt-failed')
    return [{ kind: 'failed', atMs: event.atMs, why: event.why, retryable: event.retryable }]
  if (event.kind !== 'words') return []
  const { atMs, text, final, ended, complete, ownEach } = event
  const { turn } = before
  const utterance = 'utterance' in turn ? turn.utterance : emptyUtterance(atMs)
  const asked = turn.context.asked || undefined
  const ours = turnEnd.judge(wordsOf(withWords(utterance, { text, final, ended })), asked)
  const endOfTurn = complete === undefined ? undefined : providersLikelihood(complete, ours, final)
  // When they were said is not known any more, but what their sound was like: each has a time of its own, so that it is looked up.
  const startMs = (at: number): number => (atMs + at) * 1_000
  const timed =
    ownEach && text.split(/\s+/).map((word, at) => ({ text: word, startMs: startMs(at), endMs: startMs(at) }))
  const transcript = { text, final, ended, words: timed, ...(endOfTurn !== undefined && { endOfTurn }) }
  return [{ kind: 'words', atMs, transcript }]
}

/** The journal rounds to thousandths. */
const ROUNDING = 0.001

/**
 * What the provider must have said of the turn's end, given what came of it and of our judge: see `likelihoodOf`.
 * Undefined where our judge alone explains it, since most providers say nothing.
 */
function providersLikelihood(complete: number, ours: number, final: boolean): number | undefined {
  if (Math.abs(complete - ours) <= ROUNDING) return undefined
  if (final && ours >= UNLIKELY && complete > ours) return complete
  return Math.min(1, Math.max(0, 2 * complete - ours))
}

async function drained(input: AsyncIterable<SttInput>): Promise<void> {
  for await (const _ of input);
}

/** Rejects when the signal aborts, and never resolves. */
const untilAborted = (signal: AbortSignal): Promise<never> => orAborted(new Promise<never>(() => undefined), signal)
