import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../clock.ts'
import { readEnvFile } from '../env-file.ts'
import { reasonOf } from '../failure-reason.ts'
import { whereData } from '../settings/database-url.ts'
import { BackupError, backUp, restoreFrom } from './backup.ts'

const USAGE = `Copies the database and the records of calls, or puts such a copy back where nothing is yet.
  npm run backup -- FOLDER       while servers run; FOLDER is new or empty
  npm run restore -- FOLDER      before a server runs; the database and DATA_DIR/calls must be empty
The settings are the server's: DATABASE_URL, DATA_DIR. PostgreSQL's pg_dump and pg_restore must be on the PATH for it.
RECORDS_SECRET is not in the copy: without it nobody can read the callers' numbers in it.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { restore: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new BackupError(`Give one folder.\n${USAGE}`)
  readEnvFile()
  const where = { ...whereData(process.env), path: process.env.PATH ?? '' }
  const stopped = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stopped.abort(new Error('it was stopped')))
  if (values.restore) await restoreFrom(resolve(folder), where, stopped.signal)
  else await backUp(where, resolve(folder), clock.wallTime(), stopped.signal)
  process.stdout.write(values.restore ? `Restored from ${folder}.\n` : `Backed up to ${folder}.\n`)
}

main().catch(error => {
  process.stderr.write(`${error instanceof BackupError ? error.message : `It was not done: ${reasonOf(error)}`}\n`)
  process.exitCode = 1
})
