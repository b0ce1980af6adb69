import { expect, test } from 'vitest'
import type { CallerFrame, SttInput, VoiceActivity } from '../../../src/conversation/ports.ts'
import { localEars } from '../../../src/providers/local/local-ears.ts'
import { VirtualClock } from '../../../src/replay/virtual-clock.ts'

const RATE_HZ = 8_000
const FRAME_MS = 20
/** Speech from 1,000 to 1,400 ms: an answer as short as "yes". */
const VOICE = { fromMs: 1_000, toMs: 1_400 }
const LENGTH_MS = 3_000
const NOTICED_MS = 100
const ENDED_MS = 480

const isVoice = (ms: number): boolean => ms >= VOICE.fromMs && ms < VOICE.toMs

function* frames(): Generator<CallerFrame> {
  for (let atMs = 0; atMs < LENGTH_MS; atMs += FRAME_MS) {
    const pcm = Int16Array.from({ length: (RATE_HZ * FRAME_MS) / 1_000 }, (_, i) =>
      isVoice(atMs) ? 8_000 * Math.sin(i) : 0,
    )
    yield { pcm, rateHz: RATE_HZ, atMs }
  }
}

/** Reports as a real detector does: some time after the sound. */
const detector: VoiceActivity = {
  async *detect(sound) {
    for await (const { atMs } of sound) {
      if (atMs === VOICE.fromMs + NOTICED_MS) yield { kind: 'speech-start', firstVoicedMs: VOICE.fromMs }
      if (atMs === VOICE.toMs + ENDED_MS) yield { kind: 'speech-end', lastVoicedMs: VOICE.toMs }
    }
  },
}

/** The silence before and after the voice in each sound that the model was given, in ms. */
async function silenceAround(flushAtMs?: number): Promise<readonly (readonly [number, number])[]> {
  const given: Int16Array[] = []
  const recognize = (pcm: Float32Array | Int16Array): Promise<string> => {
    given.push(Int16Array.from(pcm))
    return Promise.resolve('Yes.')
  }
  async function* input(): AsyncGenerator<SttInput> {
    for (const frame of frames()) {
      yield frame
      if (frame.atMs === flushAtMs) yield 'flush'
    }
  }
  const clock = new VirtualClock({ lateMs: () => 0, stalls: [], settled: () => Promise.resolve() })
  const ears = { recognize, warm: () => Promise.resolve(), close: () => Promise.resolve() }
  const stt = localEars({ ears, rateHz: RATE_HZ, voiceActivity: detector }, clock)
  let finals = 0
  for await (const { final } of stt.transcribe(input(), new AbortController().signal)) finals += final ? 1 : 0
  expect(finals).toBe(1)
  const loud = (sample: number): boolean => Math.abs(sample) > 500
  return given.map(pcm => [pcm.findIndex(loud) / 16, (pcm.length - 1 - pcm.findLastIndex(loud)) / 16])
}

test('a short answer has no more silence around it than the model can take, whenever its end is noticed', async () => {
  const [before = 0, after = 0] = (await silenceAround()).at(-1) ?? []
  expect(before).toBeGreaterThan(250)
  expect(before).toBeLessThan(350)
  expect(after).toBeGreaterThan(250)
  expect(after).toBeLessThan(350)
})

test('the same where the conversation has noticed the end before', async () => {
  const [before = 0, after = 0] = (await silenceAround(VOICE.toMs + 280)).at(-1) ?? []
  expect(before).toBeLessThan(350)
  expect(after).toBeGreaterThan(250)
  expect(after).toBeLessThan(350)
})
