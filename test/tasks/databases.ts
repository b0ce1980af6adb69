import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { postgresBinaries, startPostgres } from '../database/postgres.ts'

/** A kind of database that tests run on. Each URL is a new database, which is deleted when the test has finished. */
export interface TestDatabase {
  readonly name: 'SQLite' | 'PostgreSQL'
  newUrl(): Promise<string>
}

export const sqlite: TestDatabase = {
  name: 'SQLite',
  async newUrl() {
    const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    return `sqlite:${join(folder, 'deep', 'partyline.sqlite')}`
  },
}

/**
 * SQLite, and PostgreSQL if it is installed, as it must be in CI. Without it, a line says that `what` ran on SQLite
 * alone.
 */
export async function databasesFor(what: string): Promise<readonly TestDatabase[]> {
  const bin = await postgresBinaries()
  if (bin !== undefined) {
    // For this test file alone.
    const cluster = await startPostgres(bin)
    afterAll(cluster.close)
    return [sqlite, { name: 'PostgreSQL', newUrl: cluster.newUrl }]
  }
  if (process.env.CI || process.env.PARTYLINE_REQUIRE_POSTGRES === '1') {
    throw new Error(
      'PostgreSQL is not installed: its initdb and postgres must be under /usr/lib/postgresql or on the path',
    )
  }
  process.stderr.write(`PostgreSQL is not on this machine: ${what} ran on SQLite alone.\n`)
  return [sqlite]
}
