import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../database/database.ts'
import { readEnvFile } from '../env-file.ts'
import { whereData } from '../settings/database-url.ts'
import { PIN, pinsIn } from './pins.ts'
import { readSecret } from './read-secret.ts'

const USAGE = `Sets, changes or removes the PIN of a phone number, or unlocks it after wrong tries.
  npm run pin -- +15551234567            asks for the PIN; or pipe one line in
  npm run pin -- +15551234567 --remove
  npm run pin -- +15551234567 --unlock
The database is the server's: DATABASE_URL, or partyline.sqlite under DATA_DIR.`
const NUMBER = /^\+[1-9]\d{6,14}$/

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const print = (text: string): void => {
  process.stderr.write(text)
}

function readArguments(): { readonly number: string; readonly task: 'set' | 'remove' | 'unlock' } {
  const flag = { type: 'boolean', default: false } as const
  const options = { remove: flag, unlock: flag }
  let read: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>
  try {
    read = parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
  const [number, ...more] = read.positionals
  if (number === undefined) throw new CommandError(USAGE)
  // Everybody on the machine can see a command line, and it stays in the shell's history.
  if (more.length > 0) throw new CommandError(`Give the number alone: the PIN is asked for, or piped in.\n${USAGE}`)
  if (!NUMBER.test(number)) throw new CommandError(`"${number}" is not a phone number like +15551234567.`)
  const { remove, unlock } = read.values
  if (remove && unlock) throw new CommandError(`Give one of --remove and --unlock.\n${USAGE}`)
  return { number, task: remove ? 'remove' : unlock ? 'unlock' : 'set' }
}

function databaseUrl(): string {
  try {
    return whereData(process.env).DATABASE_URL
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  }
}

async function promptForPin(): Promise<string> {
  const pin = await readSecret('PIN (4 to 8 digits): ', process.stdin, print)
  if (!PIN.test(pin)) throw new CommandError('A PIN is 4 to 8 digits; nothing was changed.')
  if (process.stdin.isTTY && (await readSecret('The same again: ', process.stdin, print)) !== pin) {
    throw new CommandError('The two are not the same; nothing was changed.')
  }
  return pin
}

async function main(): Promise<void> {
  readEnvFile()
  const { number, task } = readArguments()
  const url = databaseUrl()
  const pin = task === 'set' ? await promptForPin() : ''
  const database = await openDatabase(url)
  try {
    const pins = await pinsIn(database)
    switch (task) {
      case 'set':
        await pins.set(number, pin, systemClock.wallTime())
        return print(`${number} has its PIN now.\n`)
      case 'remove':
        if (!(await pins.remove(number))) throw new CommandError(`${number} has no PIN.`)
        return print(`${number} has no PIN any more.\n`)
      case 'unlock': {
        const wasCounted = await pins.unlock(number)
        return print(wasCounted ? `${number} can try its PIN again.\n` : `${number} has no wrong tries.\n`)
      }
    }
  } finally {
    await database.close()
  }
}

main().catch(error => {
  const why = error instanceof Error ? error.message : String(error)
  print(error instanceof CommandError ? `${why}\n` : `The PIN was not changed: ${why}\n`)
  process.exitCode = 1
})
