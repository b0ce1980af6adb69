import { jobThread } from '../../jobs/job-thread.ts'

/** More pictures are not taken: a caller's screen is looked at every few seconds. */
const MOST_WAITING = 20

/** A word on a picture, by its box in pixels. `ends`: it is the last one of its line. `sure`: how sure (0 to 1) it is read right. */
export interface SeenWord {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly ends: boolean
  readonly sure: number
}

/** Reads the text of pictures with Tesseract, in a thread of its own. */
export interface ScreenReader {
  /**
   * The words of a JPEG, in reading order. Rejects with UnreadablePicture when it cannot be decoded, and with an Error when
   * more than 20 pictures wait.
   */
  read(jpeg: Uint8Array, signal: AbortSignal): Promise<readonly SeenWord[]>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

/** The picture is none, or none that can be decoded. */
export class UnreadablePicture extends Error {
  override readonly name = 'UnreadablePicture'
}

/** What the thread is asked. */
export interface ReaderJob {
  readonly id: number
  readonly jpeg: Uint8Array
}

/** What the thread answers. */
export type ReaderAnswer =
  | { readonly id: number; readonly words: readonly SeenWord[] }
  | { readonly id: number; readonly problem: string; readonly isPicture: boolean }

/** The thread, with 60 MB of Tesseract in it, starts with the first picture. */
export function openScreenReader(): ScreenReader {
  const thread = jobThread<ReaderJob, ReaderAnswer>({
    file: new URL('./reader-worker.ts', import.meta.url),
    name: 'the screen reader',
    mostWaiting: MOST_WAITING,
    // Tesseract writes what it guesses of a picture to stderr, which is nobody's business.
    isMute: true,
  })
  return {
    async read(jpeg, signal) {
      const answer = await thread.ask({ jpeg }, [], signal)
      if ('words' in answer) return answer.words
      throw answer.isPicture ? new UnreadablePicture(answer.problem) : new Error(answer.problem)
    },
    close: thread.close,
  }
}
