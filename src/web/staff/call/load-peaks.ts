import { Peaks } from './peaks.ts'

/** The waveform is drawn again at most so often while the recording comes. */
const DRAWN_EVERY_MS = 500

/**
 * Reads a recording and calls `onPeaks` when its length is known and as its peaks come, with the same peaks each time.
 * The bytes are dropped as they are read. Rejects with an error in words for people, or when `signal` is aborted.
 */
export async function loadPeaks(path: string, onPeaks: (peaks: Peaks) => void, signal: AbortSignal): Promise<void> {
  const response = await fetch(path, { signal, credentials: 'same-origin' }).catch(() => {
    signal.throwIfAborted()
    throw new Error('The recording cannot be reached.')
  })
  if (!response.ok || !response.body)
    throw new Error(
      response.status === 404 ? 'This part of the call has no recording.' : 'The recording cannot be read.',
    )
  const length = Number(response.headers.get('content-length'))
  const fileBytes = Number.isInteger(length) && length > 0 ? length : undefined
  const peaks = new Peaks()
  const reader = response.body.getReader()
  let drawnMs = Number.NEGATIVE_INFINITY
  for (;;) {
    const { done, value } = await reader.read()
    if (value) peaks.take(value, fileBytes)
    const isDue = performance.now() - drawnMs > DRAWN_EVERY_MS
    if (peaks.isKnown && (done || isDue)) {
      onPeaks(peaks)
      drawnMs = performance.now()
    }
    if (done) return
  }
}
