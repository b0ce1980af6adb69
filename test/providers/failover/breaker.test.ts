import { expect, test } from 'vitest'
import type { Transcript } from '../../../src/conversation/ports.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import { probeLanguageModel, probeSpeechToText, probeTextToSpeech } from '../../../src/providers/failover/probes.ts'
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

test('ears are probed with silence', async () => {
  const clock = new FakeClock()
  let frames = 0
  const ears = (fails: boolean) => ({
    async *transcribe(input: AsyncIterable<unknown>): AsyncGenerator<Transcript> {
      for await (const _frame of input) if (++frames > 10 && fails) throw new Error('away')
      yield { text: '', final: true, ended: false }
    },
  })
  const probed = probeSpeechToText({ forCall: () => ears(false) }, 'en', clock)(signal)
  await clock.advance(2_000)
  await probed
  expect(frames).toBe(75)
  const failing = expect(probeSpeechToText({ forCall: () => ears(true) }, 'en', clock)(signal)).rejects.toThrow('away')
  await clock.advance(2_000)
  await failing
  expect(clock.pending).toBe(0)
})
