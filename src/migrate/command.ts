import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../database/database.ts'
import { readEnvFile } from '../env-file.ts'
import { reasonOf } from '../failure-reason.ts'
import { whereData } from '../settings/database-url.ts'
import { makeTables } from './tables.ts'

const USAGE = `Makes what is missing of the server's tables, in the database of DATABASE_URL.
  npm run migrate
Servers do so themselves at their start. Run it before a roll-out, so that a database that refuses new tables stops it while
the old servers still run.`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) return void process.stdout.write(`${USAGE}\n`)
  readEnvFile()
  const database = await openDatabase(whereData(process.env).DATABASE_URL)
  try {
    const made = await makeTables(database, systemClock.wallTime())
    process.stdout.write(made.length > 0 ? `Made: ${made.join(', ')}.\n` : 'Nothing was missing.\n')
  } finally {
    await database.close()
  }
}

main().catch(error => {
  process.stderr.write(`The tables were not made: ${reasonOf(error)}\n`)
  process.exitCode = 1
})
