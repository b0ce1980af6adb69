import type { ReadStream } from 'node:tty'

/** Ctrl-C and Ctrl-D, where the terminal hands them over as they are typed. */
const CONTROL = new Set(['\u0003', '\u0004'])

/** A terminal, or whatever stands in its place. */
export type Typed = Pick<ReadStream, 'on' | 'off' | 'pause' | 'resume' | 'isTTY'> &
  Partial<Pick<ReadStream, 'setRawMode'>>

/** Reads single keys: 0-9, * and # go to `onKey`, and q, Ctrl-C or Ctrl-D to `onQuit`. The returned function ends that. */
export function readKeys(input: Typed, onKey: (key: string) => void, onQuit: () => void): () => void {
  function take(data: Buffer | string): void {
    for (const key of String(data)) {
      if (/^[0-9*#]$/.test(key)) onKey(key)
      if (key === 'q' || key === 'Q' || CONTROL.has(key)) onQuit()
    }
  }
  if (input.isTTY) input.setRawMode?.(true)
  input.on('data', take)
  input.resume()
  return () => {
    input.off('data', take)
    input.pause()
    if (input.isTTY) input.setRawMode?.(false)
  }
}
