import { DateTime } from 'luxon'
import { systemClock as clock } from '../clock.ts'
import { readSettings } from '../config.ts'
import { readEnvFile } from '../env-file.ts'
import { CommandError } from '../terminal/command-error.ts'
import { otherPrices } from './other-prices.ts'
import { BYS, type By } from './sums.ts'
import { csvOf, tableOf } from './table.ts'

export interface CostOptions {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly by: string
  readonly csv?: true | undefined
  /** Other prices, such as `deepgram=0.0040`. */
  readonly whatIf: readonly string[]
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

/** Adds up what calls have cost, by the settings of this folder. Throws CommandError, PriceError, SettingsError or StartError. */
export async function cost({ since, until, by: wanted, csv, whatIf: changes }: CostOptions): Promise<void> {
  const by = byOf(wanted)
  const other = otherPrices(changes)
  readEnvFile()
  const settings = readSettings(process.env)
  const zone = settings.TIME_ZONE
  const now = DateTime.fromJSDate(clock.wallTime(), { zone })
  const from = timeOf(since, 'since', zone, now.startOf('month'))
  const to = timeOf(until, 'until', zone, now)
  if (to <= from) throw new CommandError('--until: must be later than --since.')
  // What reads calls is loaded only where it is needed: it takes longer than to see that a command makes no sense.
  const { addedUp } = await import('./added-up.ts')
  const sums = await addedUp(settings, { by, from, to, other })
  process.stdout.write(csv ? csvOf(sums, by) : tableOf(sums, by, changes.length > 0))
}
