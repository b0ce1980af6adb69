import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FacePlayback } from '../../../src/channels/browser/avatar/face/face-playback.ts'
import { CLOSED, mouthFor } from '../../../src/channels/browser/avatar/face/mouth.ts'
import { facePainter, SIDE } from '../../../src/channels/browser/avatar/face/picture.ts'
import { finishedPayload, playbackFinished } from '../../../src/channels/browser/avatar/protocol.ts'

const RATE_HZ = 24_000
const samples = (ms: number, value = 1_000): Int16Array => new Int16Array((RATE_HZ * ms) / 1_000).fill(value)
const tone = (hz: number, level: number): Int16Array =>
  Int16Array.from({ length: 1_200 }, (_, at) => level * Math.sin((2 * Math.PI * hz * at) / RATE_HZ))

function playback() {
  const told: string[] = []
  const played = new FacePlayback(RATE_HZ, {
    started: () => void told.push('started'),
    finished: (ms, isInterrupted) => void told.push(`${isInterrupted ? 'cut' : 'played'} ${ms}`),
  })
  return { played, told, take: (ms = 50) => played.take((RATE_HZ * ms) / 1_000) }
}

test('streams are played one after the other, each told of when it begins and when it is over', () => {
  const { played, told, take } = playback()
  played.begin('a')
  played.add('a', samples(40))
  expect(played.canBegin(2_400)).toBe(false)
  played.add('a', samples(80))
  expect(played.canBegin(2_400)).toBe(true)
  played.end('a')
  played.begin('b')
  played.add('b', samples(30))
  expect(take()?.every(sample => sample === 1_000)).toBe(true)
  take()
  expect(told).toEqual(['started'])
  // 20 ms of the first, then the second, then silence.
  expect(take()?.every(sample => sample === 1_000)).toBe(true)
  expect(told).toEqual(['started', 'played 120', 'started'])
  played.end('b')
  expect(take()).toBeUndefined()
  expect(told.at(-1)).toBe('played 30')
})

test('what was cleared is told of once, and nothing of it is played, though more of it comes', () => {
  const { played, told, take } = playback()
  played.begin('a')
  played.add('a', samples(500))
  take()
  take()
  played.clear(30)
  played.add('a', samples(500))
  played.clear(0)
  expect(take()).toBeUndefined()
  expect(told).toEqual(['started', 'cut 70'])
  played.begin('b')
  played.add('b', samples(50, 7))
  expect(take()?.[0]).toBe(7)
})

test('a stream whose end was lost ends when the next one begins', () => {
  const { played, told, take } = playback()
  played.begin('a')
  played.add('a', samples(50))
  take()
  played.begin('b')
  played.add('b', samples(50))
  take()
  expect(told).toEqual(['started', 'played 50', 'started'])
})

test('half a minute waits at most', () => {
  const { played, take } = playback()
  played.begin('a')
  for (let second = 0; second < 100; second++) played.add('a', samples(1_000))
  let heard = 0
  while (take(1_000)) heard++
  expect(heard).toBeLessThanOrEqual(32)
})

test('the mouth is shut in silence, opens with the level, and is wide for hisses and round for hums', () => {
  let silent = { open: 1, wide: 0.5 }
  for (let i = 0; i < 8; i++) silent = mouthFor(new Int16Array(1_200), silent)
  expect(silent.open).toBeLessThan(0.01)
  const quiet = mouthFor(tone(200, 600), CLOSED)
  const loud = mouthFor(tone(200, 12_000), CLOSED)
  const hiss = mouthFor(tone(5_000, 12_000), CLOSED)
  expect(quiet.open).toBeLessThan(loud.open)
  expect(loud.open).toBeGreaterThan(0.5)
  expect(hiss.open).toBeLessThan(loud.open)
  expect(hiss.wide).toBeGreaterThan(loud.wide)
})

test('any sound gives a mouth between shut and open, and a picture of it', () => {
  const paint = facePainter()
  fc.assert(
    fc.property(fc.int16Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (pcm, isBlinking) => {
      const { open, wide } = mouthFor(pcm, CLOSED)
      expect(open >= 0 && open <= 1 && wide >= 0 && wide <= 1).toBe(true)
      expect(paint({ open, wide }, isBlinking)).toHaveLength((SIDE * SIDE * 3) / 2)
    }),
    { numRuns: 50 },
  )
})

test('an open mouth is darker than a shut one, and eyes that blink are smaller', () => {
  const paint = facePainter()
  const dark = (picture: Uint8Array): number => picture.subarray(0, SIDE * SIDE).filter(luma => luma < 90).length
  const shut = dark(paint(CLOSED, false))
  expect(dark(paint({ open: 1, wide: 0.5 }, false))).toBeGreaterThan(shut + 1_000)
  expect(dark(paint(CLOSED, true))).toBeLessThan(shut)
})

test('what a worker tells of its end is read as Python writes it, as JavaScript does, and as garbage', () => {
  expect(playbackFinished(finishedPayload(1_234, true))).toEqual({ positionMs: 1_234, isInterrupted: true })
  expect(playbackFinished('{"playback_position": 2.0, "interrupted": true, "synchronized_transcript": null}')).toEqual({
    positionMs: 2_000,
    isInterrupted: true,
  })
  expect(playbackFinished('{"playbackPosition":0.5}')).toEqual({ positionMs: 500, isInterrupted: false })
  for (const garbage of [
    '',
    'null',
    '[]',
    '7',
    '{"playback_position":"2"}',
    '{"playback_position":-1,"interrupted":"false"}',
  ])
    expect(playbackFinished(garbage)).toEqual({ positionMs: undefined, isInterrupted: false })
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      const { positionMs } = playbackFinished(text)
      expect(positionMs === undefined || positionMs >= 0).toBe(true)
    }),
  )
})
