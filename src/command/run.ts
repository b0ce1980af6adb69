import { CommanderError } from '@commander-js/extra-typings'
import { CommandError } from '../terminal/command-error.ts'
import { program } from './program.ts'

/** Errors whose message is for the person who typed the command, wherever they come from. */
const TOLD = new Set(['CommandError', 'StartError', 'SettingsError', 'PriceError'])

/**
 * Runs one command. Resolves with the exit code: what the command says, or 2 where it makes no sense as it was typed. Anything
 * else that breaks is thrown.
 */
export async function run(words: readonly string[]): Promise<number | string | undefined> {
  // A reader that has seen enough, such as `head`, closes the pipe.
  process.stdout.once('error', () => process.exit(0))
  try {
    const partyline = program()
    if (words.length === 0) partyline.outputHelp()
    else await partyline.parseAsync(words, { from: 'user' })
    return process.exitCode ?? undefined
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CommandError) && !(error instanceof Error && TOLD.has(error.name))) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}
