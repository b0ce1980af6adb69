import { expect, test } from 'vitest'
import { framesTogether } from '../../src/channels/browser/frames-together.ts'
import { FakeClock } from '../fakes/clock.ts'

const FRAME = 480
/** A frame of which every sample is `value`. */
const frame = (value: number): Int16Array => new Int16Array(FRAME).fill(value)

function open() {
  const clock = new FakeClock()
  const sent: { readonly atMs: number; readonly frames: readonly number[] }[] = []
  const beganMs = clock.now()
  const voice = framesTogether(clock, pcm =>
    sent.push({
      atMs: clock.now() - beganMs,
      frames: Array.from({ length: pcm.length / FRAME }, (_, i) => pcm[i * FRAME] ?? Number.NaN),
    }),
  )
  return { clock, sent, voice }
}

test('at the end of a speech nothing waits any more', async () => {
  const { clock, sent, voice } = open()
  for (let i = 0; i < 10; i++) voice.take(frame(i))
  await clock.advance(0)
  voice.take(frame(10))
  voice.end()
  voice.end()
  expect(sent.map(({ frames }) => frames)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10]])
})

test('the frames that begin a speech go together at once, and those after them in threes', async () => {
  const { clock, sent, voice } = open()
  for (let i = 0; i < 10; i++) voice.take(frame(i))
  await clock.advance(0)
  expect(sent).toEqual([{ atMs: 0, frames: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }])
  for (let i = 10; i < 19; i++) {
    await clock.advance(20)
    voice.take(frame(i))
  }
  await clock.advance(0)
  expect(sent.slice(1)).toEqual([
    { atMs: 60, frames: [10, 11, 12] },
    { atMs: 120, frames: [13, 14, 15] },
    { atMs: 180, frames: [16, 17, 18] },
  ])
})

test('the last frames of a speech wait for no more of them, and a frame that would be late waits for none', async () => {
  const { clock, sent, voice } = open()
  for (let i = 0; i < 10; i++) voice.take(frame(i))
  await clock.advance(20)
  voice.take(frame(10))
  await clock.advance(60)
  expect(sent[1]).toEqual({ atMs: 80, frames: [10] })
  await clock.advance(60)
  // 80 ms wait to be played.
  voice.take(frame(11))
  await clock.advance(0)
  expect(sent[2]).toEqual({ atMs: 140, frames: [11] })
})

test('what is held is never sent after a clear, and what is said next goes at once', async () => {
  const { clock, sent, voice } = open()
  for (let i = 0; i < 10; i++) voice.take(frame(i))
  await clock.advance(20)
  voice.take(frame(10))
  voice.clear()
  await clock.advance(100)
  expect(sent).toHaveLength(1)
  voice.take(frame(11))
  await clock.advance(0)
  expect(sent[1]).toEqual({ atMs: 120, frames: [11] })
  expect(clock.pending).toBe(0)
})
