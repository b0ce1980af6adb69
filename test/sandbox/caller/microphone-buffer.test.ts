import { expect, test } from 'vitest'
import { openMicrophoneBuffer } from '../../../src/sandbox/caller/microphone-buffer.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { mulaw, silence, tone } from './sounds.ts'

const SLOT_MS = 20
/** A frame that can be told from others: its number in its first bytes, all of it quiet. */
function numbered(number: number): Uint8Array {
  const frame = mulaw(silence(SLOT_MS))
  for (const at of [0, 1, 2, 3]) frame[at] = 0x7f - ((number >> (3 * at)) & 7)
  return frame
}
const numberOf = (frame: Uint8Array | undefined): number | undefined =>
  frame && [0, 1, 2, 3].reduce((sum, at) => sum + (0x7f - (frame[at] ?? 0x7f)) * 8 ** at, 0)

interface Sender {
  /** The length of a frame by the line's clock: 20 ms where the sender's clock is right. */
  readonly frameMs?: number
  /** How late each frame comes. */
  readonly lateMs?: (frame: number) => number
  readonly frame?: (number: number) => Uint8Array
  readonly forMs: number
}

/** What the line gets, slot by slot, of a sender like that. */
function played({ frameMs = SLOT_MS, lateMs = () => 0, frame = numbered, forMs }: Sender) {
  const buffer = openMicrophoneBuffer()
  const slots: (Uint8Array | undefined)[] = []
  let sent = 0
  for (let nowMs = 0; nowMs < forMs; nowMs += SLOT_MS) {
    while (sent * frameMs + lateMs(sent) <= nowMs) buffer.push(frame(sent++))
    slots.push(buffer.take())
  }
  return { slots, figures: buffer.figures(), sent }
}

test('an even sender is heard whole and in order, 20 ms behind', () => {
  const { slots, figures } = played({ forMs: 4_000 })
  expect(slots.map(numberOf)).toEqual([undefined, ...Array.from({ length: 199 }, (_, i) => i)])
  expect(figures).toEqual({ missing: 0, leftOut: 0, putIn: 0 })
})

test('sound of any length is cut into frames', () => {
  const buffer = openMicrophoneBuffer()
  const sound = Buffer.concat([0, 1, 2].map(numbered))
  for (const [from, to] of [
    [0, 7],
    [7, 300],
    [300, 480],
  ] as const)
    buffer.push(sound.subarray(from, to))
  expect([buffer.take(), buffer.take(), buffer.take()].map(numberOf)).toEqual([0, 1, 2])
})

test('frames up to 60 ms late: after the first gaps so much is kept ahead that all comes in time', () => {
  const random = seeded(4)
  const { slots, figures } = played({ lateMs: () => random() * 60, forMs: 20_000 })
  const heard = slots.map(numberOf).filter(number => number !== undefined)
  expect(slots.slice(250)).not.toContain(undefined)
  expect(heard).toEqual(heard.toSorted((a, b) => a - b))
  expect(figures.missing).toBeLessThan(15)
})

test('a sender that gives 140 ms at a time is heard without a gap after the first second', () => {
  const inBursts = (number: number): number => (6 - (number % 7)) * SLOT_MS
  const { slots, figures } = played({ lateMs: inBursts, forMs: 30_000 })
  expect(slots.slice(50)).not.toContain(undefined)
  expect(figures.missing).toBeLessThan(20)
})

test.each([
  [1.0005, 'slower'],
  [0.9995, 'faster'],
])('a clock %d times as slow: ten minutes are heard without a gap, and never more than 100 ms behind', factor => {
  const frameMs = SLOT_MS * factor
  const { slots, figures, sent } = played({ frameMs, forMs: 600_000, frame: () => mulaw(silence(SLOT_MS)) })
  expect(slots.slice(2)).not.toContain(undefined)
  const behind = sent - (slots.length - 1) - figures.leftOut + figures.putIn
  expect(Math.abs(behind)).toBeLessThan(5)
  expect(figures.leftOut + figures.putIn).toBeGreaterThan(10)
})

test('speech without a pause is mended too, a frame in some seconds', () => {
  const speech = mulaw(tone(SLOT_MS))
  const { slots, figures } = played({ frameMs: SLOT_MS * 0.999, forMs: 120_000, frame: () => speech })
  expect(slots.slice(2)).not.toContain(undefined)
  expect(figures.leftOut).toBeGreaterThan(2)
  expect(figures.leftOut).toBeLessThan(10)
})

test('a frame is left out where the caller is silent, not within a word', () => {
  // A word of 1 s, a silence of 1 s, and so on.
  const frame = (number: number): Uint8Array => mulaw(number % 100 < 50 ? tone(SLOT_MS) : silence(SLOT_MS))
  const { slots, figures } = played({ frameMs: SLOT_MS * 0.998, forMs: 59_500, frame })
  const isLoud = (sound: Uint8Array | undefined): boolean => sound?.[0] !== 0xff
  const loud = slots.filter(sound => sound !== undefined && isLoud(sound)).length
  expect(figures.leftOut).toBeGreaterThan(3)
  expect(loud).toBe(30 * 50)
})

test('a sender that stalls for a second loses the oldest sound, and is soon as close as before', () => {
  const stalled = (number: number): number => (number >= 100 && number < 150 ? (150 - number) * SLOT_MS : 0)
  const { slots, figures } = played({ lateMs: stalled, forMs: 20_000 })
  expect(slots.slice(160)).not.toContain(undefined)
  expect(figures.missing).toBeGreaterThan(30)
  // The last slot of 20 s gets a frame that was sent at most 100 ms before.
  expect(numberOf(slots.at(-1))).toBeGreaterThan(999 - 5)
})

test('switched off for a while, such as on hold: nothing is lost, and no more is kept ahead afterwards', () => {
  const buffer = openMicrophoneBuffer()
  const heard: (number | undefined)[] = []
  for (let slot = 0; slot < 200; slot++) {
    if (slot < 50 || slot >= 150) buffer.push(numbered(slot))
    heard.push(numberOf(buffer.take()))
  }
  expect(heard.slice(0, 51)).toEqual([undefined, ...Array.from({ length: 50 }, (_, i) => i)])
  expect(heard.slice(51, 151)).toEqual(Array.from({ length: 100 }, () => undefined))
  expect(heard.slice(151)).toEqual(Array.from({ length: 49 }, (_, i) => 150 + i))
  expect(buffer.figures()).toEqual({ missing: 0, leftOut: 0, putIn: 0 })
})
