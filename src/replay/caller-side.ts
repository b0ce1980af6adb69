import { decodeWav } from '../audio/wav.ts'
import type { CallerFrame, Clock, VoiceActivity, VoiceEvent } from '../conversation/ports.ts'
import type { Step } from './attempts.ts'
import type { Silence } from './silenced.ts'

/** What the caller did, and when it was noticed: milliseconds since the call began. */
export interface CallerSide {
  readonly voice: readonly { readonly atMs: number; readonly event: VoiceEvent }[]
  /** When the caller's sound ends, or the lines do. */
  readonly endMs: number
  /** The caller's sound, from `fromMs` on; undefined where there is no recording. */
  readonly sound: (Sound & { readonly fromMs: number }) | undefined
}

/** A recording, of which the caller's side is the first channel. It is never copied as a whole: it may be long. */
export interface Sound {
  readonly pcm: Int16Array
  readonly rateHz: number
  readonly channels: number
}

/** The caller's side between two samples. */
export function callersSound({ pcm, channels }: Sound, from: number, to: number): Int16Array {
  const some = new Int16Array(Math.max(0, Math.min(to, lengthOf({ pcm, channels })) - from))
  for (let i = 0; i < some.length; i++) some[i] = pcm[(from + i) * channels] ?? 0
  return some
}

/** In samples of one side. */
export const lengthOf = ({ pcm, channels }: Pick<Sound, 'pcm' | 'channels'>): number =>
  Math.floor(pcm.length / channels)

const FRAME_MS = 20
/** Two detections of the same sound are so near each other. */
const SAME_MS = 40
/** So many of the first detections are compared, to find where the recording begins. */
const MOST_COMPARED = 60
/** A sound is noticed so long after the frame that shows it, where the call tells nothing. */
const NOTICED_AFTER_MS = 40

/** Voice activity as it was recorded, for a call without its sound. */
export function recordedCallerSide(steps: readonly Step[], endMs: number): CallerSide {
  const voice = steps.flatMap(({ event }) =>
    event.kind === 'speech-start' || event.kind === 'speech-end' ? [{ atMs: event.atMs, event }] : [],
  )
  return { voice, endMs, sound: undefined }
}

/**
 * Detects the caller's speech anew in the recording. What was detected then tells where in the call the recording
 * begins, and how long after the sound it was noticed. Throws an Error for a file that is no recording.
 */
export async function callerSideIn(
  wav: Uint8Array,
  steps: readonly Step[],
  silence: Silence | undefined,
  detector: VoiceActivity,
  signal: AbortSignal,
): Promise<CallerSide> {
  const sound = decodeWav(wav)
  const detected = await detectAll(sound, detector, signal)
  const then = steps.flatMap(({ event }) =>
    event.kind === 'speech-start' || event.kind === 'speech-end' ? [{ atMs: event.atMs, event }] : [],
  )
  const fromMs = silence?.fromMs ?? offsetBetween(detected, then)
  const voice = detected.map(({ atMs, event }) => ({ atMs: atMs + fromMs, event: moved(event, fromMs) }))
  const noticedMs = medianOf(
    voice.flatMap(({ atMs, event }) => {
      const same = then.find(other => other.event.kind === event.kind && near(dateOf(other.event), dateOf(event)))
      return same ? [same.atMs - atMs] : []
    }),
  )
  const lateMs = Math.max(0, noticedMs ?? NOTICED_AFTER_MS)
  const isSilenced = ({ event }: Dated): boolean =>
    silence?.spans.some(
      ({ side, ...span }) => side === 'caller' && span.fromMs <= dateOf(event) && dateOf(event) <= span.toMs,
    ) === true
  const heard = voice.filter(one => !isSilenced(one)).map(({ atMs, event }) => ({ atMs: atMs + lateMs, event }))
  return {
    // Where the sound was silenced only the journal tells of the voice in it.
    voice: [...heard, ...then.filter(isSilenced)].toSorted((a, b) => a.atMs - b.atMs),
    endMs: fromMs + (lengthOf(sound) / sound.rateHz) * 1_000,
    sound: { ...sound, fromMs },
  }
}

/** A clock for the detector: nothing of what it does needs time. */
const atOnce: Clock = {
  now: () => 0,
  wallTime: () => new Date(0),
  async sleep(_ms, signal) {
    await new Promise<void>(resolve => setImmediate(resolve))
    signal.throwIfAborted()
  },
}

export { atOnce as detectorClock }

/** All events, counted from the first sample; `atMs` is the end of the frame that showed it. */
async function detectAll(sound: Sound, detector: VoiceActivity, signal: AbortSignal) {
  const { rateHz } = sound
  const samples = Math.round((FRAME_MS * rateHz) / 1_000)
  let givenMs = 0
  async function* frames(): AsyncGenerator<CallerFrame> {
    for (let at = 0; at < lengthOf(sound); at += samples) {
      signal.throwIfAborted()
      const atMs = (at / rateHz) * 1_000
      givenMs = atMs + FRAME_MS
      yield { pcm: callersSound(sound, at, at + samples), rateHz, atMs }
    }
  }
  const events: { readonly atMs: number; readonly event: VoiceEvent }[] = []
  for await (const event of detector.detect(frames(), signal)) events.push({ atMs: givenMs, event })
  return events
}

type Dated = { readonly event: VoiceEvent }
const dateOf = (event: VoiceEvent): number => (event.kind === 'speech-start' ? event.firstVoicedMs : event.lastVoicedMs)
const near = (a: number, b: number): boolean => Math.abs(a - b) <= SAME_MS

function moved(event: VoiceEvent, ms: number): VoiceEvent {
  return event.kind === 'speech-start'
    ? { kind: 'speech-start', firstVoicedMs: event.firstVoicedMs + ms }
    : { kind: 'speech-end', lastVoicedMs: event.lastVoicedMs + ms }
}

/** By how much the recording begins after the call: where most of what was detected in both falls together. */
function offsetBetween(now: readonly Dated[], then: readonly Dated[]): number {
  const [some, others] = [now.slice(0, MOST_COMPARED), then.slice(0, MOST_COMPARED)]
  const offsets = some.flatMap(({ event }) =>
    others.flatMap(other => (other.event.kind === event.kind ? [dateOf(other.event) - dateOf(event)] : [])),
  )
  let best: readonly number[] = []
  for (const offset of offsets) {
    const alike = offsets.filter(other => near(other, offset))
    if (alike.length > best.length) best = alike
  }
  return medianOf(best) ?? 0
}

function medianOf(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
}
