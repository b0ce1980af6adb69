import { text } from 'node:stream/consumers'

/** A terminal, or what is piped in. */
export type SecretInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined
  setRawMode?: ((on: boolean) => unknown) | undefined
}

const ENTER = /[\r\n]/
const END = '\u0004'
const INTERRUPT = '\u0003'
const RUB_OUT = /[\b\u007f]/

/** Reads one line that nobody shall see: typed without echo after `question`, or piped in. Throws when it is broken off. */
export async function readSecret(question: string, input: SecretInput, tell: (text: string) => void): Promise<string> {
  if (!input.isTTY) return (await text(input)).replace(/\r?\n$/, '')
  // Before the question: who answers it at once would else be echoed.
  input.setRawMode?.(true)
  tell(question)
  input.resume()
  try {
    return await typed(input)
  } finally {
    input.setRawMode?.(false)
    input.pause()
    tell('\n')
  }
}

function typed(input: SecretInput): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    const leave = (): void => {
      input.off('data', take).off('end', end)
    }
    const end = (): void => {
      leave()
      reject(new Error('broken off'))
    }
    function take(data: Buffer | string): void {
      for (const key of String(data)) {
        if (key === INTERRUPT || key === END) return end()
        if (ENTER.test(key)) {
          leave()
          return resolve(line)
        }
        line = RUB_OUT.test(key) ? line.slice(0, -1) : line + key
      }
    }
    input.on('data', take).on('end', end)
  })
}
