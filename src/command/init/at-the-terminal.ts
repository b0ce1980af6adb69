import { createInterface } from 'node:readline/promises'
import { CommandError } from '../../terminal/command-error.ts'
import type { Asking } from './init.ts'

/**
 * Asks at this terminal; undefined where nobody sits there, as in CI. Ctrl-C and Ctrl-D end it: what was to be asked then is
 * refused with a CommandError.
 */
export function askingHere(): (Asking & { close(): void }) | undefined {
  if (!process.stdin.isTTY) return undefined
  const left = new AbortController()
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.once('close', () => left.abort())
  terminal.once('SIGINT', () => terminal.close())

  async function ask(text: string): Promise<string> {
    try {
      return (await terminal.question(text, { signal: left.signal })).trim()
    } catch {
      throw new CommandError('\nStopped.')
    }
  }
  return {
    question: async (text, otherwise) => (await ask(`${text} [${otherwise}]: `)) || otherwise,
    async agree(text, otherwise) {
      const said = await ask(`${text} [${otherwise ? 'Y/n' : 'y/N'}] `)
      return said === '' ? otherwise : /^y(?:es)?$/i.test(said)
    },
    close: () => terminal.close(),
  }
}
