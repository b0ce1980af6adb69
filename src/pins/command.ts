import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../database.ts'
import { readEnvFile } from '../env-file.ts'
import { PIN, pinsIn } from './pins.ts'
import { readSecret } from './read-secret.ts'

const USAGE = `Sets, changes or removes the PIN of a phone number.
  npm run pin -- +15551234567            asks for the PIN; or pipe one line in
  npm run pin -- +15551234567 --remove
The database is the server's: DATABASE_URL, or partyline.sqlite under DATA_DIR.`
const NUMBER = /^\+[1-9]\d{6,14}$/
const settings = z.object({
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:.|postgres(?:ql)?:\/\/.)/, 'must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
    .optional(),
})

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const print = (text: string): void => {
  process.stderr.write(text)
}

function readArguments(): { readonly number: string; readonly remove: boolean } {
  const options = { remove: { type: 'boolean', default: false } } as const
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
  return { number, remove: read.values.remove }
}

function databaseUrl(): string {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const read = settings.safeParse(given)
  if (read.success) return read.data.DATABASE_URL ?? `sqlite:${read.data.DATA_DIR}/partyline.sqlite`
  throw new CommandError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
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
  const { number, remove } = readArguments()
  const url = databaseUrl()
  const pin = remove ? '' : await promptForPin()
  const database = await openDatabase(url)
  try {
    const pins = await pinsIn(database)
    if (!remove) {
      await pins.set(number, pin, systemClock.wallTime())
      print(`${number} has its PIN now.\n`)
    } else if (await pins.remove(number)) print(`${number} has no PIN any more.\n`)
    else throw new CommandError(`${number} has no PIN.`)
  } finally {
    await database.close()
  }
}

main().catch(error => {
  const why = error instanceof Error ? error.message : String(error)
  print(error instanceof CommandError ? `${why}\n` : `The PIN was not changed: ${why}\n`)
  process.exitCode = 1
})
