import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { checkpointsOf } from '../../src/database/checkpoints.ts'
import { openSqliteFile } from '../../src/database/sqlite.ts'
import { FakeClock } from '../fakes/clock.ts'

type Tables = { things: { id: number } }
const WAIT_MS = 2_000

async function opened() {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  const clock = new FakeClock()
  const path = join(folder, 'partyline.sqlite')
  const file = await openSqliteFile(path, WAIT_MS, clock, checkpointsOf)
  const db = new Kysely<Tables>({ dialect: file.dialect })
  await sql`create table things (id integer primary key)`.execute(db)
  const other = new DatabaseSync(path)
  onTestFinished(async () => {
    other.close()
    await db.destroy()
    await rm(folder, { recursive: true })
  })
  const write = (id: number) => db.insertInto('things').values({ id }).execute()
  const transact = (id: number) =>
    db.transaction().execute(inside => inside.insertInto('things').values({ id }).execute())
  return { clock, folder, path, file, db, other, write, transact }
}

/** What became of each: undefined while it waits. */
function outcomes(works: readonly Promise<unknown>[]): (string | undefined)[] {
  const found: (string | undefined)[] = works.map(() => undefined)
  works.forEach((work, i) => {
    work.then(
      () => {
        found[i] = 'done'
      },
      error => {
        found[i] = String(error)
      },
    )
  })
  return found
}

const LOCKED = 'BusyError: it is locked by another process'

test('eight that wait for a locked file all give up at the same deadline', async () => {
  const { clock, other, write, transact } = await opened()
  other.exec('begin immediate')
  const found = outcomes(Array.from({ length: 8 }, (_, id) => (id % 2 === 0 ? write(id) : transact(id))))
  await clock.advance(WAIT_MS - 10)
  expect(found).toEqual(found.map(() => undefined))
  await clock.advance(20)
  expect(found).toEqual(found.map(() => LOCKED))
  expect(clock.pending).toBe(0)
})

test('who comes later waits as long as anybody, not for those before too', async () => {
  const { clock, other, write } = await opened()
  other.exec('begin immediate')
  const early = outcomes([write(1), write(2)])
  await clock.advance(1_500)
  const late = outcomes([write(3)])
  await clock.advance(600)
  expect([early, late]).toEqual([[LOCKED, LOCKED], [undefined]])
  await clock.advance(1_500)
  expect(late).toEqual([LOCKED])
})

test('a read waits for no writer, of this process or another', async () => {
  const { db, other, write } = await opened()
  await write(1)
  other.exec('begin immediate')
  const waiting = outcomes([write(2)])
  expect(await db.selectFrom('things').selectAll().execute()).toEqual([{ id: 1 }])
  expect(waiting).toEqual([undefined])
  other.exec('rollback')
})

test('a read sees what was written before it, and nothing of an open transaction', async () => {
  const { db, write } = await opened()
  await write(1)
  const read = () => db.selectFrom('things').selectAll().execute()
  await db.transaction().execute(async inside => {
    await inside.insertInto('things').values({ id: 2 }).execute()
    expect(await inside.selectFrom('things').selectAll().execute()).toEqual([{ id: 1 }, { id: 2 }])
    expect(await read()).toEqual([{ id: 1 }])
  })
  expect(await read()).toEqual([{ id: 1 }, { id: 2 }])
})

test('writers go on in their order when the lock is released', async () => {
  const { clock, db, other, write, transact } = await opened()
  other.exec('begin immediate')
  const found = outcomes([write(1), transact(2), write(3)])
  await clock.advance(500)
  other.exec('commit')
  await clock.advance(100)
  expect(found).toEqual(['done', 'done', 'done'])
  expect(await db.selectFrom('things').selectAll().execute()).toHaveLength(3)
})

test('a transaction that fails lets the next writer in', async () => {
  const { db, write } = await opened()
  const failing = db.transaction().execute(async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await write(1)
})

test('a file that was deleted or replaced is noticed, and its return too', async () => {
  const { file, path } = await opened()
  file.checkFile()
  await rename(path, `${path}.away`)
  expect(() => file.checkFile()).toThrow('its file was deleted')
  new DatabaseSync(path).close()
  expect(() => file.checkFile()).toThrow('its file was replaced')
  await rename(`${path}.away`, path)
  file.checkFile()
})

test('what is written comes into the file itself while others write, and the log stays short', async () => {
  const { path, db } = await opened()
  await sql`create table texts (text text)`.execute(db)
  const text = 'x'.repeat(100_000)
  for (let i = 0; i < 400; i++) await sql`insert into texts values (${text})`.execute(db)
  const size = async (file: string): Promise<number> => (await stat(file)).size
  expect(await size(path)).toBeGreaterThan(20_000_000)
  // Without checkpoints it had all 40 MB.
  expect(await size(`${path}-wal`)).toBeLessThan(20_000_000)
})

test('a file that was deleted is not made anew by a checkpoint', async () => {
  const { path, db } = await opened()
  await sql`create table texts (text text)`.execute(db)
  await sql`insert into texts values (${'x'.repeat(5_000_000)})`.execute(db)
  await rm(path)
  await expect(sql`insert into texts values ('more')`.execute(db)).rejects.toThrow('its file was deleted')
  await db.destroy()
  expect(existsSync(path)).toBe(false)
})

test('a file that was put in its place has nothing of the log', async () => {
  const { folder, path, db } = await opened()
  await sql`create table texts (text text)`.execute(db)
  const text = 'x'.repeat(1_000_000)
  const reading = new DatabaseSync(path)
  // The log grows long, as somebody reads all the time.
  reading.exec('begin')
  reading.prepare('select count(*) from texts').all()
  for (let i = 0; i < 20; i++) await sql`insert into texts values (${text})`.execute(db)
  const another = join(folder, 'another.sqlite')
  const other = new DatabaseSync(another)
  other.exec('create table others (id integer); insert into others values (1)')
  other.close()
  await rename(another, path)
  for (let i = 0; i < 3; i++)
    await expect(sql`insert into texts values (${text})`.execute(db)).rejects.toThrow('its file was replaced')
  reading.exec('commit')
  reading.close()
  await rm(`${path}-wal`)
  await rm(`${path}-shm`)
  const found = new DatabaseSync(path)
  expect(found.prepare('select id from others').all()).toEqual([{ id: 1 }])
  found.close()
})

test('a log of few statements that write much stays short, too', async () => {
  const { path, db } = await opened()
  await sql`create table texts (id integer primary key, text text)`.execute(db)
  const text = 'x'.repeat(100_000)
  for (let i = 0; i < 400; i++) await sql`insert into texts values (${i}, ${text})`.execute(db)
  for (let i = 0; i < 40; i++) await sql`delete from texts where id % 40 = ${i}`.execute(db)
  for (let i = 0; i < 40; i++) await sql`insert into texts values (${i}, 'short')`.execute(db)
  expect((await stat(`${path}-wal`)).size).toBeLessThan(30_000_000)
})

test('an SQLite that could be damaged by it makes no checkpoints beside its writes', () => {
  const file = '/nowhere'
  expect(checkpointsOf(file, '3.51.2')).toBeUndefined()
  expect(checkpointsOf(file, '3.46.10')).toBeUndefined()
  expect(checkpointsOf(file, '3.51.3')).toBeDefined()
  expect(checkpointsOf(file, '3.53.0')).toBeDefined()
  expect(checkpointsOf(file, '4.0.0')).toBeDefined()
})

test('to empty the log waits for whoever reads, and holds up nobody who writes', async () => {
  const { clock, path, file, other, write } = await opened()
  await write(1)
  const reading = new DatabaseSync(path)
  reading.exec('begin')
  reading.prepare('select * from things').all()
  await write(2)
  const found = outcomes([file.emptyLog()])
  await clock.advance(WAIT_MS / 2)
  const written = outcomes([write(3)])
  await clock.advance(10)
  expect(written).toEqual(['done'])
  expect(found).toEqual([undefined])
  reading.exec('commit')
  reading.close()
  await clock.advance(10)
  expect(found).toEqual(['done'])
  expect((await stat(`${path}-wal`)).size).toBe(0)
  other.exec('select 1')
})
