import { loudnessDb } from '../../audio/loudness.ts'
import { resampler } from '../../audio/resample.ts'
import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../conversation/ports.ts'
import { LastSound } from '../last-sound.ts'
import { type Gate, SpeechGate } from '../speech-gate.ts'
import type { Sensitivity } from './sensitivity.ts'

const RATE_HZ = 8_000
/** The longest frame that it judges, which it judges best. */
const WINDOW = 240
const BYTES_A_SAMPLE = 2

/** What of libfvad is used. Pointers are numbers. */
interface Fvad {
  _malloc(bytes: number): number
  _free(pointer: number): void
  _fvad_new(): number
  _fvad_free(vad: number): void
  /** 0 (hears the most) to 3. */
  _fvad_set_mode(vad: number, mode: number): number
  _fvad_set_sample_rate(vad: number, rateHz: number): number
  /** 1 for a voice, 0 for none, -1 for a frame that cannot be judged. */
  _fvad_process(vad: number, frame: number, samples: number): number
  setValue(pointer: number, value: number, type: 'i16'): void
}

/** It has to hear a line before it can tell a voice from the line's noise. */
const LEARNS_MS = 500

/**
 * Its judgement is yes or no, and it goes on with yes for up to 150 ms after a voice. So more windows
 * in a row begin speech than a model needs.
 */
const GATES: Readonly<Record<Sensitivity, Judged>> = {
  low: { mode: 3, leastDb: -42, gate: { keep: 0.5, least: 0.5, evidence: 5, mostWindows: 5, endWindows: 6 } },
  normal: { mode: 3, leastDb: -46, gate: { keep: 0.5, least: 0.5, evidence: 4, mostWindows: 4, endWindows: 6 } },
  high: { mode: 2, leastDb: -52, gate: { keep: 0.5, least: 0.5, evidence: 3, mostWindows: 3, endWindows: 6 } },
}

interface Judged {
  readonly mode: number
  /** A quieter window is none: on a new line it takes the first noise for a voice. */
  readonly leastDb: number
  readonly gate: Gate
}

/**
 * The voice activity detector of WebRTC (libfvad, compiled to WebAssembly), for all calls of this process. It asks how much
 * the sound is like a voice in six bands: it takes a hundredth of the time and of the memory of a model, and takes music
 * and loud noises for voices.
 */
export async function openWebRtcVad(sensitivity: Sensitivity): Promise<{
  readonly voiceActivity: VoiceActivity
  close(): Promise<void>
}> {
  const { default: load } = await import('@echogarden/fvad-wasm')
  const fvad: Fvad = await load()
  const { mode, leastDb, gate: thresholds } = GATES[sensitivity]
  const frame = fvad._malloc(WINDOW * BYTES_A_SAMPLE)

  function isVoiced(vad: number, window: Int16Array): boolean {
    window.forEach((sample, i) => {
      fvad.setValue(frame + i * BYTES_A_SAMPLE, sample, 'i16')
    })
    return fvad._fvad_process(vad, frame, window.length) === 1 && loudnessDb(window) >= leastDb
  }

  async function* detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncGenerator<VoiceEvent> {
    const vad = fvad._fvad_new()
    if (vad === 0) throw new Error('the voice activity detector has no memory left for another call')
    fvad._fvad_set_sample_rate(vad, RATE_HZ)
    fvad._fvad_set_mode(vad, mode)
    const gate = new SpeechGate(thresholds)
    const lastSound = new LastSound()
    const window = new Int16Array(WINDOW)
    let filled = 0
    let heardMs = 0
    let lowered: ((pcm: Int16Array) => Int16Array) | undefined
    try {
      for await (const { pcm: given, rateHz, atMs } of audio) {
        if (signal.aborted) return
        lowered ??= resampler(rateHz, RATE_HZ)
        const pcm = lowered(given)
        lastSound.hear(pcm, atMs)
        for (let at = 0; at < pcm.length; ) {
          const taken = Math.min(pcm.length - at, WINDOW - filled)
          window.set(pcm.subarray(at, at + taken), filled)
          filled += taken
          at += taken
          if (filled < WINDOW) continue
          filled = 0
          const endMs = atMs + (at / RATE_HZ) * 1_000
          heardMs += (WINDOW / RATE_HZ) * 1_000
          const isOne = isVoiced(vad, window) && heardMs > LEARNS_MS
          const event = gate.take(isOne ? 1 : 0, endMs - (WINDOW / RATE_HZ) * 1_000, endMs)
          // Sound before the speech must not set its loudness: after a bang, soft words would count as silence.
          if (event?.kind === 'speech-start') lastSound.begin()
          if (event?.kind === 'speech-end')
            yield { kind: 'speech-end', lastVoicedMs: lastSound.before(event.lastVoicedMs) }
          else if (event) yield event
        }
      }
    } finally {
      fvad._fvad_free(vad)
    }
  }

  return { voiceActivity: { detect }, close: async () => fvad._free(frame) }
}
