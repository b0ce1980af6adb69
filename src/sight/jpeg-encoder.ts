import { jobThread } from '../jobs/job-thread.ts'
import type { I420Picture } from './grey-copy.ts'

/** Larger pictures are handed over to the thread instead of copied: to copy 8K would hold up the event loop for 40 ms. */
const MOST_COPIED_BYTES = 16_000_000
/** More pictures are not taken: of one call there are two at most. */
const MOST_WAITING = 100

/** Makes JPEGs of raw pictures in a thread of its own; one for all calls. */
export interface JpegEncoder {
  /**
   * A JPEG of at most 1,280 × 2,560 pixels. The data of a picture over 16 MB is gone afterwards. Rejects when the picture cannot be encoded, when 100 others wait, or on abort.
   */
  encode(picture: I420Picture, signal: AbortSignal): Promise<Uint8Array>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

/** What the thread is asked. */
export interface JpegJob {
  readonly id: number
  readonly picture: I420Picture
}

/** What the thread answers. */
export type JpegAnswer =
  | { readonly id: number; readonly jpeg: Uint8Array }
  | { readonly id: number; readonly problem: string }

export function openJpegEncoder(): JpegEncoder {
  const thread = jobThread<JpegJob, JpegAnswer>({
    file: new URL('./jpeg-worker.ts', import.meta.url),
    name: 'the JPEG encoder',
    mostWaiting: MOST_WAITING,
  })
  return {
    async encode(picture, signal) {
      const answer = await thread.ask({ picture }, memoryToGive(picture.data), signal)
      if ('jpeg' in answer) return answer.jpeg
      throw new Error(`the picture cannot be encoded: ${answer.problem}`)
    },
    close: thread.close,
  }
}

const memoryToGive = ({ buffer, length }: Uint8Array): readonly ArrayBuffer[] =>
  length > MOST_COPIED_BYTES && buffer instanceof ArrayBuffer && length === buffer.byteLength ? [buffer] : []
