import { text } from 'node:stream/consumers'

/** A terminal or a pipe. */
export type SecretInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined
  setRawMode?: ((on: boolean) => unknown) | undefined
}

const ENTER = /[\r\n]/
const END = '\u0004'
const INTERRUPT = '\u0003'
const BACKSPACE = /[\b\u007f]/

/**
 * Reads one secret line: typed without echo after `question`, or piped in. Throws when it is cancelled at the terminal.
 */
export async function readSecret(question: string, input: SecretInput, print: (text: string) => void): Promise<string> {
  if (!input.isTTY) return (await text(input)).replace(/\r?\n$/, '')
  // Set before the question, so that an answer typed at once is not echoed.
  input.setRawMode?.(true)
  print(question)
  input.resume()
  try {
    return await typed(input)
  } finally {
    input.setRawMode?.(false)
    input.pause()
    print('\n')
  }
}

function typed(input: SecretInput): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    const stopListening = (): void => {
      input.off('data', take).off('end', end)
    }
    const end = (): void => {
      stopListening()
      reject(new Error('cancelled'))
    }
    function take(data: Buffer | string): void {
      for (const key of String(data)) {
        if (key === INTERRUPT || key === END) return end()
        if (ENTER.test(key)) {
          stopListening()
          return resolve(line)
        }
        line = BACKSPACE.test(key) ? line.slice(0, -1) : line + key
      }
    }
    input.on('data', take).on('end', end)
  })
}
