import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { gunzipSync } from 'node:zlib'
import { Transformer } from '@napi-rs/image'
import { createOCREngine, layoutFlags, type OCREngine } from 'tesseract-wasm'
import type { ReaderAnswer, ReaderJob, SeenWord } from './screen-reader.ts'

/** Small print is read well from this width on, and more costs only time. */
const WIDTH = 1_920
const MOST_PIXELS = 20_000_000
const RGBA = 4
const OPAQUE = 255

const PROGRAM = new URL('./tesseract-core.wasm', import.meta.resolve('tesseract-wasm'))
const ENGLISH = new URL('./4.0.0_best_int/eng.traineddata.gz', import.meta.resolve('@tesseract.js-data/eng'))

let opened: Promise<OCREngine> | undefined

parentPort?.on('message', async (job: ReaderJob) => parentPort?.postMessage(await answerTo(job)))

async function answerTo({ id, jpeg }: ReaderJob): Promise<ReaderAnswer> {
  try {
    opened ??= openEngine()
    const engine = await opened
    const image = await decoded(jpeg)
    if (typeof image === 'string') return { id, problem: image, isPicture: true }
    engine.loadImage(image)
    const words = engine
      .getTextBoxes('word')
      .map(({ text, rect, flags, confidence }): SeenWord => ({ text, ...rect, ends: isLast(flags), sure: confidence }))
    engine.clearImage()
    return { id, words }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause), isPicture: false }
  }
}

const isLast = (flags: number): boolean => (flags & layoutFlags.EndOfLine) !== 0

async function openEngine(): Promise<OCREngine> {
  const engine = await createOCREngine({ wasmBinary: readFileSync(PROGRAM) })
  engine.loadModel(gunzipSync(readFileSync(ENGLISH)))
  return engine
}

/** The pixels of a picture, or why there are none. */
async function decoded(jpeg: Uint8Array): Promise<ImageData | string> {
  let pixels: Uint8Array
  let width: number
  let height: number
  try {
    const whole = new Transformer(jpeg)
    const size = await whole.metadata()
    if (size.width * size.height > MOST_PIXELS) return `${size.width}×${size.height} is too large`
    width = WIDTH
    height = Math.max(1, Math.round((size.height * WIDTH) / size.width))
    if (width * height > MOST_PIXELS) return `${size.width}×${size.height} is too narrow`
    pixels = await whole.fastResize({ width, height }).rawPixels()
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
  const channels = pixels.length / (width * height)
  const data = new Uint8ClampedArray(width * height * RGBA)
  for (let from = 0, to = 0; to < data.length; from += channels, to += RGBA) {
    const red = pixels[from] ?? 0
    data[to] = red
    data[to + 1] = channels < 3 ? red : (pixels[from + 1] ?? 0)
    data[to + 2] = channels < 3 ? red : (pixels[from + 2] ?? 0)
    data[to + 3] = OPAQUE
  }
  return { data, width, height, colorSpace: 'srgb' }
}
