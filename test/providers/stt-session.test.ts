import { expect, test } from 'vitest'
import type { SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { type SttEvents, sttSessions } from '../../src/providers/stt-session.ts'
import { FakeClock } from '../fakes/clock.ts'

/** A session over a socket that the test is the other end of. */
function open() {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  const input = new Queue<SttInput>(1_000)
  const session = { events: undefined as SttEvents | undefined, keptAlive: 0, ended: undefined as unknown }
  const transcripts = sttSessions(
    {
      ...{ provider: 'Somebody', rateHz: 8_000, sentMs: 20 },
      connect: async events => {
        session.events = events
        return {
          open: async () => undefined,
          sound: () => undefined,
          flush: () => undefined,
          keepAlive: () => session.keptAlive++,
          close: () => undefined,
        }
      },
    },
    clock,
  ).transcribe(input, lifetime.signal)
  const read = Array.fromAsync(transcripts).then(
    (all: readonly Transcript[]) => {
      session.ended = all
    },
    error => {
      session.ended = String(error)
    },
  )
  const sound = (): void => input.push({ pcm: new Int16Array(160), rateHz: 8_000, atMs: clock.now() })
  /** Sends sound every 100 ms. */
  async function sounding(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 100) {
      sound()
      await clock.advance(100)
    }
  }
  return { clock, lifetime, input, session, sounding, read }
}

test('a service that sends nothing for 10 s while sound goes out is dead', async () => {
  const { session, sounding, read } = open()
  await sounding(9_900)
  expect(session.ended).toBeUndefined()
  await sounding(300)
  await read
  expect(session.ended).toContain('no message for 10000 ms')
})

test('after a stall of the process its messages are read before the service counts as dead', async () => {
  const { clock, session, sounding, lifetime, read } = open()
  await sounding(5_000)
  clock.stall(12_000)
  await sounding(200)
  session.events?.heard()
  await sounding(9_000)
  expect(session.ended).toBeUndefined()
  lifetime.abort()
  await read
  expect(clock.pending).toBe(0)
})

test('without sound it is kept alive every 4 s and never counts as dead', async () => {
  const { clock, session, lifetime, read } = open()
  await clock.advance(41_000)
  expect(session).toMatchObject({ keptAlive: 10, ended: undefined })
  lifetime.abort()
  await read
})

test('a socket is looked at every second, and says by itself that its session is dead', async () => {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  const looked: number[] = []
  let closed = 0
  const transcripts = sttSessions(
    {
      ...{ provider: 'Somebody', rateHz: 8_000, sentMs: 20 },
      connect: async () => ({
        open: async () => undefined,
        sound: () => undefined,
        flush: () => undefined,
        keepAlive: () => undefined,
        check(nowMs) {
          looked.push(nowMs)
          return looked.length === 3 ? 'its heart stopped' : undefined
        },
        close: () => closed++,
      }),
    },
    clock,
  ).transcribe(new Queue<SttInput>(10), lifetime.signal)
  const ended = Array.fromAsync(transcripts).catch(String)
  await clock.advance(3_500)
  expect(await ended).toContain('Somebody: its heart stopped')
  expect(looked.map((ms, i) => ms - (looked[i - 1] ?? 5_000))).toEqual([1_000, 1_000, 1_000])
  expect(closed).toBe(1)
  expect(clock.pending).toBe(0)
})

test.each([
  [160, 40, 320],
  [256, 40, 256],
  [256, 60, 512],
  [160, 100, 800],
  [256, 100, 768],
  [800, 40, 800],
])('of pieces of %i samples as many go together as are nearest to %i ms', async (samples, sentMs, expected) => {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  const sent: number[] = []
  const input = new Queue<SttInput>(100)
  const transcripts = sttSessions(
    {
      ...{ provider: 'Somebody', rateHz: 8_000, sentMs },
      connect: async () => ({
        open: async () => undefined,
        sound: pcm => void sent.push(pcm.length),
        flush: () => undefined,
        keepAlive: () => undefined,
        close: () => undefined,
      }),
    },
    clock,
  ).transcribe(input, lifetime.signal)
  const ended = Array.fromAsync(transcripts).catch(String)
  for (let count = 0; count < 30; count++) input.push({ pcm: new Int16Array(samples), rateHz: 8_000, atMs: 0 })
  await clock.advance(10)
  expect(new Set(sent)).toEqual(new Set([expected]))
  lifetime.abort()
  await ended
})

const interim = (text: string): Transcript => ({ text, final: false, ended: false })

test('words that are not final, a pause of the caller, and no message for 3 s: the service is dead', async () => {
  const { input, session, sounding, read } = open()
  await sounding(500)
  session.events?.heard(interim('do you'))
  input.push('flush')
  await sounding(2_900)
  expect(session.ended).toBeUndefined()
  await sounding(300)
  await read
  expect(session.ended).toContain('no message for 3000 ms after a pause')
})

test('any message after the pause is a sign of life, and a pause without words, as after a cough, owes none', async () => {
  const { clock, input, session, sounding, lifetime, read } = open()
  await sounding(500)
  session.events?.heard(interim('do you'))
  input.push('flush')
  await sounding(2_000)
  session.events?.heard()
  await sounding(2_000)
  session.events?.heard({ text: 'Do you?', final: true, ended: true })
  input.push('flush')
  await sounding(6_000)
  session.events?.heard(interim(' '))
  input.push('flush')
  await sounding(6_000)
  expect(session.ended).toBeUndefined()
  lifetime.abort()
  await read
  expect(clock.pending).toBe(0)
})
