import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { makeTables } from '../../src/migrate/tables.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

/** Tables that no purge empties, and why. All others lose their old rows. */
const KEPT: Readonly<Record<string, string>> = {
  pins: 'a PIN is its owner’s, until it is taken away',
  tasks: 'tasks of a number are their owner’s, until they delete them',
  task_words: 'one row: by which rules titles were made comparable',
  database_probes: 'one row, which is written to find out whether the database takes anything',
  knowledge_sources: 'documents are the operator’s, until they are taken away',
  knowledge_files: 'the same',
  knowledge_pieces: 'the same',
  knowledge_words: 'the same',
  knowledge_vectors: 'the same',
  knowledge_changes: 'one row: how often documents were changed',
  forgotten_calls: 'hashes alone, so that nothing comes back of a call that was forgotten',
}
/** What SQLite's full-text index is made of. */
const OF_INDEX = /^(?:call_words_\w+|knowledge_words_\w+|knowledge_terms|sqlite_\w+)$/
const SECONDS = 600
const OLD = '2020-01-01T00:00:00.000Z'
const TIME = /(?:^|_)(?:at|until|since)$/

async function tablesOf({ db }: Database) {
  return (await db.introspection.getTables()).filter(({ name }) => !OF_INDEX.test(name))
}
type Table = Awaited<ReturnType<typeof tablesOf>>[number]

/** A row as it was written years ago: everywhere the same call, owner and place. */
async function addOldRow({ db }: Database, { name, columns }: Table): Promise<void> {
  const oldValue = (column: string, type: string): string | number => {
    if (column === 'rowid' || (column === 'place' && name !== 'companion_tries' && name !== 'pin_failures')) return 1
    if (column === 'day') return OLD.slice(0, 10)
    if (/int|double|real/i.test(type)) return 0
    return TIME.test(column) ? OLD : 'old'
  }
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map(column => sql.ref(column.name)))})
    values (${sql.join(columns.map(column => oldValue(column.name, column.dataType)))})`.execute(db)
}

async function rowsOf({ db }: Database, table: string): Promise<number> {
  const { rows } = await sql<{ all: number }>`select count(*) as "all" from ${sql.table(table)}`.execute(db)
  return Number(rows[0]?.all)
}

test('every table of the database loses its old rows, or has a reason to keep them, and operators are told of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const url = `sqlite:${join(folder, 'old.sqlite')}`
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  await makeTables(database, new Date(OLD))
  const tables = await tablesOf(database)
  for (const table of tables) {
    if ((await rowsOf(database, table.name)) === 0) await addOldRow(database, table)
    expect(await rowsOf(database, table.name), table.name).toBe(1)
  }

  const server = await openWholeCalls({ env: { DATABASE_URL: url } })
  const left = async (): Promise<readonly string[]> => {
    const names = tables.map(async ({ name }) => ((await rowsOf(database, name)) > 0 ? [name] : []))
    return (await Promise.all(names)).flat().filter(name => KEPT[name] === undefined)
  }
  // The purges begin at once; virtual time may run ahead of the disk.
  for (let second = 0; second < SECONDS && (await left()).length > 0; second++)
    await server.passing(server.clock.sleep(1_000, new AbortController().signal))
  await server.close()

  expect(await left()).toEqual([])
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(KEPT)))
  const operations = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8')
  expect(tables.map(({ name }) => name).filter(name => !operations.includes(`\`${name}\``))).toEqual([])
})
