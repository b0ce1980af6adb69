import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS } from './far-end.ts'

/** Frames are sent this much before their deadline. */
const EARLY_MS = 8

test('200 ms are sent at once, and each later frame slightly more than 200 ms before it plays', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(1_000)
  await end.clock.advance(1_000)
  expect(end.media()).toEqual(Array.from({ length: 50 }, (_, i) => Math.max(0, i * FRAME_MS - 200 - EARLY_MS)))
  expect(end.sent.every(some => some.kind !== 'media' || some.samples === 160)).toBe(true)
  expect(end.recorded.map(({ playsAtMs }) => playsAtMs)).toEqual(Array.from({ length: 50 }, (_, i) => i * FRAME_MS))
  speech.abort()
  await speech.ended
})

test('deadlines are absolute: late wake-ups do not add up', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(60_000)
  for (let i = 0; i < 2_000; i++) await end.clock.advance(7.3)
  const sent = end.media()
  expect(sent.length).toBe(Math.floor((end.nowMs + 200 + EARLY_MS) / FRAME_MS) + 1)
  for (const [i, atMs] of sent.entries()) expect(atMs).toBeCloseTo(Math.max(0, i * FRAME_MS - 200 - EARLY_MS), 6)
  speech.abort()
  await speech.ended
})

test('sound in pieces of any size is split into whole frames, and the last one is padded with silence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }), async pieces => {
      const end = new FarEnd()
      end.echoMs = 5
      const speech = end.begin()
      for (const samples of pieces)
        speech.voice.push({ kind: 'audio', frame: { pcm: new Int16Array(samples), rateHz: 8_000 } })
      speech.end()
      await end.clock.advance(5_000)
      const samples = pieces.reduce((sum, some) => sum + some, 0)
      expect(end.recorded.map(({ samples }) => samples)).toEqual(new Array(Math.ceil(samples / 160)).fill(160))
      expect(speech.isOver).toBe(true)
      expect(end.clock.pending).toBe(0)
    }),
    { numRuns: 50 },
  )
})

test('a mark is sent after every twelve frames and after the last one', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.sound(1_000)
  speech.end()
  await end.clock.advance(2_000)
  expect(end.marks()).toEqual(['1.12', '1.24', '1.36', '1.48', '1.50'])
  const order = end.sent.map(some => some.kind)
  expect(order.indexOf('mark')).toBe(12)
  expect(order.at(-1)).toBe('mark')
  expect(speech.isOver).toBe(true)
})

test('after a voice runs dry, time starts again with a new lead', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(400)
  await end.clock.advance(1_000)
  speech.sound(400)
  await end.clock.advance(1_000)
  const again = end.media().slice(20)
  expect(again).toEqual(Array.from({ length: 20 }, (_, i) => 1_000 + Math.max(0, i * FRAME_MS - 200 - EARLY_MS)))
  expect(end.recorded[20]?.playsAtMs).toBe(1_000)
  expect(end.late.filter(ms => ms > 0)).toEqual([])
  speech.abort()
  await speech.ended
})

test('a voice that is late, but not too late for the line, keeps its timing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(400)
  await end.clock.advance(390)
  speech.sound(400)
  await end.clock.advance(1)
  expect(end.recorded[20]?.playsAtMs).toBe(400)
  expect(end.late.filter(ms => ms > 0)).toEqual([])
  speech.abort()
  await speech.ended
})

test('an abort before anything was sent sends no clear, cuts nothing and yields nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  await end.clock.advance(500)
  speech.abort()
  await speech.ended
  expect([end.sent, end.cuts, speech.heard, speech.error]).toEqual([[], [], [], undefined])
  expect(end.clock.pending).toBe(0)
})

test('an abort while the last mark is awaited still clears, and ends without an error', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(300)
  speech.end()
  await end.clock.advance(400)
  speech.abort()
  await speech.ended
  expect(end.sent.at(-1)?.kind).toBe('clear')
  expect(speech.error).toBeUndefined()
})

test('the sound of a voice that fails is played first, then its error is thrown', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.words(...evenWords(2, 200))
  speech.sound(400)
  speech.voice.fail(new Error('the voice failed'))
  await end.clock.advance(390)
  expect(speech.isOver).toBe(false)
  await end.clock.advance(20)
  expect(speech.isOver).toBe(true)
  expect(speech.error).toEqual(new Error('the voice failed'))
  expect(end.media()).toHaveLength(20)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1' })
  expect(end.clock.pending).toBe(0)
})

test('a voice that fails before its first sound throws at once and sends nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.voice.fail(new Error('no voice'))
  await end.clock.advance(0)
  expect([speech.error, end.sent, speech.heard]).toEqual([new Error('no voice'), [], []])
})

test('a speech without sound is over at once and yields nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.end()
  await end.clock.advance(0)
  expect([speech.isOver, end.sent, speech.heard]).toEqual([true, [], []])
})

test('a stall of the event loop is reported as lateness, even if the line ran dry meanwhile', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(4_000)
  await end.clock.advance(300)
  end.stall(130)
  await end.clock.advance(FRAME_MS)
  expect(Math.max(...end.late)).toBe(130 - EARLY_MS)
  await end.clock.advance(500)
  end.stall(700)
  await end.clock.advance(FRAME_MS)
  expect(Math.max(...end.late)).toBeGreaterThan(600)
  speech.abort()
  await speech.ended
})
