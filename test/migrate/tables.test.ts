import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { makeTables, tablesOf } from '../../src/migrate/tables.ts'
import { databasesFor } from '../tasks/databases.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const AT = new Date('2026-11-27T09:00:00Z')
const DATABASES = await databasesFor('the tests of the migration')

test.each(DATABASES)('on $name, all tables are made once, by several at a time', async ({ newUrl }) => {
  const url = await newUrl()
  const databases = [await openDatabase(url), await openDatabase(url)] as const
  onTestFinished(async () => void (await Promise.all(databases.map(database => database.close()))))
  const made = await Promise.all(databases.map(database => makeTables(database, AT)))
  const all = await tablesOf(databases[0])
  expect(all).toContain('staff_transfers')
  expect(new Set(made.flat())).toEqual(new Set(all))
  expect(await makeTables(databases[0], AT)).toEqual([])
})

test('a server finds each table that it wants made already', async () => {
  // One whose agent knows documents: no other server needs their tables.
  const agents = fileURLToPath(new URL('agents', import.meta.url))
  const calls = await openWholeCalls({ env: { AGENT: 'knows', PARTYLINE_AGENTS: agents } })
  onTestFinished(() => calls.close())
  const served = await openDatabase(`sqlite:${calls.dataDir}/partyline.sqlite`)
  const migrated = await openDatabase('sqlite::memory:')
  onTestFinished(async () => void (await Promise.all([served.close(), migrated.close()])))
  await makeTables(migrated, AT)
  expect(await tablesOf(migrated)).toEqual(await tablesOf(served))
})
