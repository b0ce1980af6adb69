import { parseArgs } from 'node:util'
import { DateTime } from 'luxon'
import { systemClock as clock } from '../clock.ts'
import { readSettings, SettingsError } from '../config.ts'
import { readEnvFile } from '../env-file.ts'
import { StartError } from '../start-error.ts'
import { HOW_PRICED, otherPrices, PriceError } from './other-prices.ts'
import { BYS, type By } from './sums.ts'
import { csvOf, tableOf } from './table.ts'

const USAGE = `Adds up what calls that are over have cost, by their journals, at list prices. Changes nothing.
  npm run cost -- --since 2026-11-01            a day, or a time such as 2026-11-01T12:00Z; default: this month
    --until 2026-12-01    not included; default: now
    --by ${BYS.join('|')}    default: day
    --csv                 all columns, in USD
    --what-if deepgram=0.0040    at another price; may be given several times:
${Object.entries(HOW_PRICED)
  .map(([provider, how]) => `      ${`${provider}=`.padEnd(10)} ${how}`)
  .join('\n')}
Days are those of TIME_ZONE. Callers are told apart by a keyed hash of their number.
Exit code: 0, or 2 where the command makes no sense.`

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const text = { type: 'string' } as const
const OPTIONS = {
  since: text,
  until: text,
  by: { type: 'string', default: 'day' },
  csv: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  'what-if': { type: 'string', multiple: true },
} as const

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: false }).values
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

function byOf(given: string): By {
  const by = BYS.find(some => some === given)
  if (!by) throw new CommandError(`--by: "${given}" is none of ${BYS.join(', ')}.`)
  return by
}

function timeOf(given: string | undefined, name: string, zone: string, otherwise: DateTime): Date {
  if (given === undefined) return otherwise.toJSDate()
  const read = DateTime.fromISO(given, { zone })
  if (!read.isValid) throw new CommandError(`--${name}: "${given}" must be a day such as 2026-11-01, or a time.`)
  return read.toJSDate()
}

async function main(): Promise<void> {
  const values = readArguments()
  if (values.help) return void process.stdout.write(`${USAGE}\n`)
  const by = byOf(values.by)
  const changes = values['what-if'] ?? []
  const other = otherPrices(changes)
  readEnvFile()
  const settings = readSettings(process.env)
  const zone = settings.TIME_ZONE
  const now = DateTime.fromJSDate(clock.wallTime(), { zone })
  const from = timeOf(values.since, 'since', zone, now.startOf('month'))
  const to = timeOf(values.until, 'until', zone, now)
  if (to <= from) throw new CommandError('--until: must be later than --since.')
  // What reads calls is loaded only where it is needed: it takes longer than to see that a command makes no sense.
  const { addedUp } = await import('./added-up.ts')
  const sums = await addedUp(settings, { by, from, to, other })
  process.stdout.write(values.csv ? csvOf(sums, by) : tableOf(sums, by, changes.length > 0))
}

try {
  await main()
} catch (error) {
  const isTyped = error instanceof CommandError || error instanceof PriceError
  if (!isTyped && !(error instanceof SettingsError) && !(error instanceof StartError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
