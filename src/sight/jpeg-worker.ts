import { parentPort } from 'node:worker_threads'
import { Transformer } from '@napi-rs/image'
import { type I420Picture, isUsable } from './grey-copy.ts'
import type { JpegAnswer, JpegJob } from './jpeg-encoder.ts'

const MOST_WIDTH = 1_280
const MOST_HEIGHT = 2_560
/** Good enough for small print, and some 100 KB. */
const QUALITY = 80
const RGBA = 4
const OPAQUE = 255

parentPort?.on('message', (job: JpegJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, picture }: JpegJob): JpegAnswer {
  try {
    if (!isUsable(picture)) return { id, problem: `it has ${picture.width} × ${picture.height} pixels` }
    // A very large picture is first thinned out, so that it takes no more memory than one of 5K.
    const step = Math.max(1, Math.floor(picture.width / (2 * MOST_WIDTH)))
    const width = Math.floor(picture.width / step)
    const height = Math.floor(picture.height / step)
    const scale = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height)
    const whole = Transformer.fromRgbaPixels(pixelsOf(picture, step, width, height), width, height)
    if (scale < 1) whole.fastResize({ width: atLeastOne(width * scale), height: atLeastOne(height * scale) })
    return { id, jpeg: whole.jpegSync(QUALITY) }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

const atLeastOne = (side: number): number => Math.max(1, Math.round(side))

/** The pixels of a picture, each the mean of `step` × `step` of its own. Colours are those of video: BT.601, 16 to 235. */
function pixelsOf({ data, width, height }: I420Picture, step: number, across: number, down: number): Uint8Array {
  const halfWidth = Math.ceil(width / 2)
  const blue = width * height
  const red = blue + halfWidth * Math.ceil(height / 2)
  const pixels = new Uint8ClampedArray(across * down * RGBA)
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0; x < across; x++, to += RGBA) {
      const half = ((y * step) >> 1) * halfWidth + ((x * step) >> 1)
      const luma = 1.164 * (meanAt(data, width, x * step, y * step, step) - 16)
      const u = (data[blue + half] ?? 128) - 128
      const v = (data[red + half] ?? 128) - 128
      pixels[to] = luma + 1.596 * v
      pixels[to + 1] = luma - 0.392 * u - 0.813 * v
      pixels[to + 2] = luma + 2.017 * u
      pixels[to + 3] = OPAQUE
    }
  }
  return new Uint8Array(pixels.buffer)
}

function meanAt(data: Uint8Array, width: number, left: number, top: number, step: number): number {
  if (step === 1) return data[top * width + left] ?? 0
  let sum = 0
  for (let y = top; y < top + step; y++) for (let x = left; x < left + step; x++) sum += data[y * width + x] ?? 0
  return sum / (step * step)
}
