import { Transformer } from '@napi-rs/image'
import { afterAll, expect, test } from 'vitest'
import { changedShare, greyCopy, isUsable } from '../../src/sight/grey-copy.ts'
import { openJpegEncoder } from '../../src/sight/jpeg-encoder.ts'
import { frameOf } from './opened-screen.ts'

const encoder = openJpegEncoder()
const { signal } = new AbortController()
afterAll(() => encoder.close())

test.each([
  ['full HD', 1_920, 1_080, 1_280, 720],
  ['what is small already', 800, 600, 800, 600],
  ['odd sizes', 1_281, 721, 1_280, 720],
  ['a telephone’s screen', 1_080, 2_400, 1_080, 2_400],
  ['8K', 7_680, 4_320, 1_280, 720],
  ['a strip', 16, 16_000, 3, 2_560],
  ['a line', 16_000, 16, 1_280, 1],
  ['the smallest', 16, 17, 16, 17],
])('%s becomes a JPEG of at most 1,280 pixels', async (_, width, height, toWidth, toHeight) => {
  const picture = frameOf(1, width, height)
  expect(isUsable(picture)).toBe(true)
  const jpeg = await encoder.encode(picture, signal)
  expect(await new Transformer(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: toWidth, height: toHeight })
})

test('the colours are those of the video', async () => {
  const picture = frameOf(1, 64, 64)
  // Pure red: Y 81, U 90, V 240.
  picture.data.fill(81, 0, 4_096).fill(90, 4_096, 5_120).fill(240, 5_120)
  const [red = 0, green = 0, blue = 0] = await new Transformer(await encoder.encode(picture, signal)).rawPixels()
  expect(red).toBeGreaterThan(245)
  expect(Math.max(green, blue)).toBeLessThan(10)
})

test('a picture that breaks off is an error, and the next one is encoded', async () => {
  const broken = { data: new Uint8Array(4), width: -5, height: 0 }
  await expect(encoder.encode(broken, signal)).rejects.toThrow(/cannot be encoded/)
  expect(await encoder.encode(frameOf(1), signal)).toBeInstanceOf(Uint8Array)
})

test('after its end it encodes nothing', async () => {
  const closed = openJpegEncoder()
  const waiting = closed.encode(frameOf(1), signal)
  await Promise.all([closed.close(), expect(waiting).rejects.toThrow('closed')])
  await expect(closed.encode(frameOf(1), signal)).rejects.toThrow('closed')
})

test('grey copies of one screen are alike at every size, and those of others are not', () => {
  const small = greyCopy(frameOf(1, 640, 360))
  expect(changedShare(small, greyCopy(frameOf(1, 1_920, 1_080)))).toBeLessThan(0.05)
  expect(changedShare(small, greyCopy(frameOf(2, 640, 360)))).toBeGreaterThan(0.3)
})
