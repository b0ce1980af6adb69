import { expect, test } from 'vitest'
import type { CallerFrame, SttInput, Transcript } from '../../../src/conversation/ports.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import { probeVoice } from '../../../src/providers/failover/probe-voice.ts'
import { probeLanguageModel, probeSpeechToText, probeTextToSpeech } from '../../../src/providers/failover/probes.ts'
import { openDetector } from '../../../src/providers/voice-activity/detectors.ts'
import { whisper } from '../../../src/providers/whisper/whisper-ears.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeModel } from '../../fakes/model.ts'
import { FakeVoice } from '../../fakes/text-to-speech.ts'

function broken(probe?: (signal: AbortSignal) => Promise<void>) {
  const clock = new FakeClock()
  const changes: string[] = []
  const breakers = openBreakers(clock, (port, name, state) => changes.push(`${port} ${name} ${state}`))
  const breaker = breakers.of('LLM', { name: 'first', ...(probe && { probe }) })
  return { clock, changes, breakers, breaker }
}

test('one failure among others opens nothing; half of them does', () => {
  const { breaker } = broken()
  breaker.worked()
  breaker.worked()
  breaker.failed(false)
  expect(breaker.state).toBe('closed')
  breaker.failed(false)
  expect(breaker.state).toBe('open')
})

test('failures of long ago count for nothing', async () => {
  const { breaker, clock } = broken()
  breaker.failed(false)
  await clock.advance(31_000)
  breaker.failed(false)
  expect(breaker.state).toBe('closed')
})

test('it closes by a probe, with growing waits between the tries', async () => {
  const triedMs: number[] = []
  let works = false
  const { breaker, clock, breakers, changes } = broken(async () => {
    triedMs.push(clock.now() - beganMs)
    if (!works) throw new Error('still away')
  })
  const beganMs = clock.now()
  breaker.failed(true)
  await clock.advance(15_000)
  expect(triedMs).toEqual([2_000, 6_000, 14_000])
  works = true
  await clock.advance(16_000)
  expect(breaker.state).toBe('closed')
  expect(changes.at(-1)).toBe('LLM first closed')
  await breakers.close()
  expect(clock.pending).toBe(0)
})

test('a probe that hangs has failed, and ends when the server does', async () => {
  const { breaker, clock, breakers } = broken(signal => clock.sleep(1e9, signal))
  breaker.failed(true)
  await clock.advance(8_000)
  expect(breaker.state).toBe('open')
  await clock.advance(4_000)
  expect(breaker.state).toBe('probing')
  await Promise.all([breakers.close(), clock.advance(0)])
  expect(clock.pending).toBe(0)
})

test('without a probe the next request tries it', async () => {
  const { breaker, clock } = broken()
  breaker.failed(true)
  await clock.advance(2_000)
  expect(breaker.state).toBe('probing')
  breaker.failed(false)
  expect(breaker.state).toBe('open')
  await clock.advance(4_000)
  breaker.worked()
  expect(breaker.state).toBe('closed')
})

test('each port has a breaker of its own for the same vendor', () => {
  const { breakers, breaker } = broken()
  breaker.failed(true)
  expect(breakers.of('LLM', { name: 'first' })).toBe(breaker)
  expect(breakers.of('TTS', { name: 'first' }).state).toBe('closed')
})

const { signal } = new AbortController()

test('probes find what works, and what does not', async () => {
  const clock = new FakeClock()
  const model = new FakeModel(clock)
  await probeLanguageModel({ forCall: () => model }, 'en')(signal)
  model.scripts.push([new Error('away')])
  await expect(probeLanguageModel({ forCall: () => model }, 'en')(signal)).rejects.toThrow('away')
  const voice = new FakeVoice(clock)
  const speaking = probeTextToSpeech({ forCall: () => voice }, 'en')(signal)
  await clock.advance(1_000)
  await speaking
  voice.mute.add('Yes.')
  await expect(probeTextToSpeech({ forCall: () => voice }, 'en')(signal)).rejects.toThrow('no sound')
})

/** Ears that fail, or end, after so much, and otherwise say something final at a flush, or nothing at all. */
const ears = (does: 'fails' | 'ends' | 'answers' | 'hears nothing') => ({
  async *transcribe(input: AsyncIterable<SttInput>): AsyncGenerator<Transcript> {
    let frames = 0
    for await (const item of input) {
      if (++frames === 10 && does === 'fails') throw new Error('away')
      if (frames === 10 && does === 'ends') return
      if (item === 'flush' && does === 'answers') yield { text: '', final: true, ended: false }
    }
  },
})

test.each([
  ['fails', 'away'],
  ['ends', 'it ended by itself'],
  ['answers', undefined],
  ['hears nothing', undefined],
] as const)('ears are probed with a voice: that %s', async (does, why) => {
  const clock = new FakeClock()
  let failure: unknown
  let isOver = false
  probeSpeechToText(
    { forCall: () => ears(does) },
    'en',
    clock,
  )(signal)
    .catch(error => {
      failure = error
    })
    .finally(() => {
      isOver = true
    })
  await clock.advance(2_000)
  expect([isOver, failure]).toEqual([true, why && new Error(why)])
  expect(clock.pending).toBe(0)
})

test.each([
  [500, false],
  [200, true],
])('ears that hear by utterance are asked by their probe: a server that answers %i', async (status, works) => {
  const clock = new FakeClock()
  const { voiceActivity, close } = await openDetector('webrtc', 'low', clock)
  let asked = 0
  const fetch: typeof globalThis.fetch = async () => {
    asked++
    return new Response(JSON.stringify({ text: '' }), { status })
  }
  const access = { title: 'Whisper', apiKey: undefined, baseUrl: 'http://ears/v1/', model: 'tiny' }
  const provider = whisper(access, { voiceActivity, network: { fetch }, interims: 'off' }, clock)
  let outcome: boolean | undefined
  probeSpeechToText(
    provider,
    'en',
    clock,
  )(signal).then(
    () => {
      outcome = true
    },
    () => {
      outcome = false
    },
  )
  for (let ms = 0; ms < 5_000 && outcome === undefined; ms += 20) {
    await clock.advance(20)
    await new Promise(setImmediate)
  }
  expect(outcome).toBe(works)
  expect(asked).toBeGreaterThan(0)
  await close()
})

test('the voice of a probe counts as one', async () => {
  const clock = new FakeClock()
  const voice = probeVoice(4, 8_000)
  const size = 160
  async function* sound(): AsyncGenerator<CallerFrame> {
    const frames = Array.from({ length: Math.floor(voice.length / size) }, (_, i) =>
      voice.subarray(i * size, (i + 1) * size),
    )
    const silence = Array.from({ length: 30 }, () => new Int16Array(size))
    for (const [i, pcm] of [...silence, ...frames, ...silence].entries()) yield { pcm, rateHz: 8_000, atMs: i * 20 }
  }
  const { voiceActivity, close } = await openDetector('webrtc', 'low', clock)
  const kinds: string[] = []
  for await (const { kind } of voiceActivity.detect(sound(), signal)) kinds.push(kind)
  expect(kinds).toEqual(['speech-start', 'speech-end'])
  await close()
})
