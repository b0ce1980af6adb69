import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { databasesFor } from '../tasks/databases.ts'

type Tables = { things: { id: number } }

async function opened(url: string, onIdleError?: (error: Error) => void): Promise<Database> {
  const database = await openDatabase(url, onIdleError && { onIdleError })
  onTestFinished(() => database.close())
  return database
}

async function withThings(url: string) {
  const database = await opened(url)
  await database.make(['create table if not exists things (id integer primary key)'])
  return database.db.withTables<Tables>()
}

const DATABASES = await databasesFor('the tests of the database')

test('an unknown kind of URL is refused, and its password is not shown', () => {
  expect(() => openDatabase('mysql://me:secret@here/db')).toThrow(/sqlite:FILE or postgres:/)
  expect(() => openDatabase('mysql://me:secret@here/db')).not.toThrow(/secret/)
})

describe.each(DATABASES)('on $name', ({ newUrl }) => {
  test('a transaction that fails leaves nothing behind', async () => {
    const db = await withThings(await newUrl())
    const failing = db.transaction().execute(async transaction => {
      await transaction.insertInto('things').values({ id: 1 }).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([])
  })

  test('several servers add the same columns at once, and one of before goes on beside them', async () => {
    const url = await newUrl()
    const before = await withThings(url)
    await before.insertInto('things').values({ id: 1 }).execute()
    const servers = await Promise.all(Array.from({ length: 4 }, () => opened(url)))
    const add = () =>
      Promise.all(servers.map(server => server.addColumns('things', { mos: 'double precision', who: 'text' })))
    await add()
    await add()
    await before.insertInto('things').values({ id: 2 }).execute()
    const now = servers[0]?.db.withTables<{ things: { id: number; mos: number | null; who: string | null } }>()
    await now?.insertInto('things').values({ id: 3, mos: 4.41, who: 'a' }).execute()
    expect(await now?.selectFrom('things').selectAll().orderBy('id').execute()).toEqual([
      ...[1, 2].map(id => ({ id, mos: null, who: null })),
      { id: 3, mos: 4.41, who: 'a' },
    ])
    expect(await before.selectFrom('things').select('id').where('id', '=', 3).execute()).toEqual([{ id: 3 }])
  })

  test('transactions of two servers that read before they write lose no data', async () => {
    const url = await newUrl()
    const servers = [await withThings(url), await withThings(url)]
    const all = Array.from({ length: 40 }, (_, index) =>
      (servers[index % 2] ?? servers[0])?.transaction().execute(async transaction => {
        await sql`select 1`.execute(transaction)
        await transaction.insertInto('things').values({ id: index }).execute()
      }),
    )
    await Promise.all(all)
    expect(await servers[0]?.selectFrom('things').selectAll().execute()).toHaveLength(40)
  })
})

test('a write waits for another server’s transaction without blocking the event loop', async () => {
  const url = await DATABASES[0]?.newUrl()
  const [one, other] = [await withThings(url ?? ''), await withThings(url ?? '')]
  const started = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const holding = one.transaction().execute(async () => {
    started.resolve()
    await release.promise
  })
  await started.promise
  let isWritten = false
  const writing = other
    .insertInto('things')
    .values({ id: 1 })
    .execute()
    .then(() => {
      isWritten = true
    })
  // The event loop turns: it would not if SQLite itself waited.
  for (let turn = 0; turn < 100; turn++) await new Promise(resolve => setImmediate(resolve))
  expect(isWritten).toBe(false)
  release.resolve()
  await Promise.all([holding, writing])
  expect(isWritten).toBe(true)
})

describe.each(DATABASES.filter(({ name }) => name === 'PostgreSQL'))('on $name alone', ({ newUrl }) => {
  const killOthers = sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'partyline' and pid <> pg_backend_pid()`

  test('an idle connection that breaks is reported, and the next query gets another one', async () => {
    const broken = Promise.withResolvers<Error>()
    const url = await newUrl()
    const [one, other] = [await opened(url, broken.resolve), await opened(url)]
    await killOthers.execute(other.db)
    expect((await broken.promise).message).toMatch(/terminat/)
    expect((await sql`select 1 as one`.execute(one.db)).rows).toEqual([{ one: 1 }])
  })

  test('a connection that breaks in use fails the transaction, not the process', async () => {
    const url = await newUrl()
    const [one, other] = [await opened(url), await opened(url)]
    const cut = one.db.transaction().execute(async transaction => {
      await sql`select 1`.execute(transaction)
      await killOthers.execute(other.db)
      await sql`select 1`.execute(transaction)
    })
    await expect(cut).rejects.toThrow()
    expect((await sql`select 1 as one`.execute(one.db)).rows).toEqual([{ one: 1 }])
  })

  test('a query without an answer fails in time and does not block later ones', async () => {
    const { db } = await opened(`${await newUrl()}&query_timeout=200&statement_timeout=0`)
    await expect(sql`select pg_sleep(2)`.execute(db)).rejects.toThrow(/timeout/)
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
  })
})
