import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { SpeechToText } from '../../src/conversation/ports.ts'
import { orAborted } from '../../src/conversation/scope.ts'
import { provider } from '../../src/providers/entry.ts'

/** What these ears do besides hearing nothing: written into the file that BREAKING_EARS_FILE names. */
export const WAYS = ['reject', 'throw', 'warn', 'reject-often'] as const
type Way = (typeof WAYS)[number]

/** Whoever writes errors writes callers' words into them, and keys. */
export const MESSAGE = 'Unexpected words: "my name is Anna" of +1 555 010 0009'

/** Ears that hear nothing, and whose code breaks in the background once a file says how: a plug-in, chosen by its path. */
export const breakingEars = provider({
  port: 'STT',
  title: 'Breaking ears',
  settings: { file: { name: 'BREAKING_EARS_FILE', kind: 'text' } },
  load: async () => values => {
    let isBroken = false
    if (existsSync(values.file)) breakBy(readFileSync(values.file, 'utf8') as Way)
    return {
      forCall: (): SpeechToText => ({
        // biome-ignore lint/correctness/useYield: they hear nothing.
        async *transcribe(input, signal) {
          const frames = input[Symbol.asyncIterator]()
          while (!(await orAborted(frames.next(), signal)).done) {
            if (isBroken || !existsSync(values.file)) continue
            isBroken = true
            const way = readFileSync(values.file, 'utf8') as Way
            // It has been seen.
            rmSync(values.file)
            breakBy(way)
          }
        },
      }),
    }
  },
})

function breakBy(way: Way): void {
  switch (way) {
    case 'reject':
      void Promise.reject(new TypeError(MESSAGE))
      return
    case 'throw':
      setImmediate(() => {
        throw new TypeError(MESSAGE)
      })
      return
    case 'warn':
      for (let i = 0; i < 3; i++) process.emitWarning(MESSAGE, { type: 'MaxListenersExceededWarning', code: 'OFTEN' })
      return
    case 'reject-often':
      for (let i = 0; i < 100; i++) void Promise.reject(new TypeError(MESSAGE))
  }
}

export { breakingEars as provider }
