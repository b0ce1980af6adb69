import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { BackupError, backUp, restoreFrom } from '../../src/backup/backup.ts'
import { postgresEnvironment } from '../../src/backup/postgres-environment.ts'
import { openDatabase } from '../../src/database/database.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { readQuery } from '../../src/records/query.ts'
import type { Told } from '../../src/records/summary.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { databasesFor, type TestDatabase } from '../tasks/databases.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const never = new AbortController().signal
const AT = new Date('2026-01-02T03:04:05Z')
const path = process.env.PATH ?? ''
const told: Told = {
  words: 'buy milk',
  isCut: false,
  summary: {
    ...{
      agent: 'Tasks',
      channel: 'phone',
      direction: 'inbound' as const,
      startedAt: AT.toISOString(),
      lengthMs: 61_000,
      outcome: 'hung-up',
    },
    ...{ turns: 3, interruptions: 0, errors: 0, latencyP50Ms: 700, latencyP95Ms: 900, costUsd: 0.0123 },
    ...{ mos: 4.1, lossPercent: 0, jitterMs: 2 },
  },
}
const DATABASES = await databasesFor('the tests of backups')

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** A database of its own: a schema alone would be in the way when it is put back. */
async function newDatabase({ name, newUrl }: TestDatabase): Promise<string> {
  const url = await newUrl()
  if (name === 'SQLite') return url
  const client = new Client({ connectionString: url })
  await client.connect()
  const own = new URL(url)
  own.searchParams.delete('options')
  own.pathname = `/backup_${process.pid}_${Math.round(performance.now() * 1_000)}`
  await client.query(`create database ${own.pathname.slice(1)}`)
  await client.end()
  return own.href
}

const SECRET = 'x'.repeat(40)

test('a backup that is put back into an empty folder has the call, its words, its caller and its sound', async () => {
  const before = await openWholeCalls({ env: { RECORDS_SECRET: SECRET } })
  const script = await loadNamedFixture('talks-over')
  const { record, folder } = await before.passing(before.ring(script, { seed: 1, from: '+15550100200' }))
  await before.passing(before.partyline.recordsSealed())
  const data = join(folder, '..', '..')
  const copy = join(await newFolder(), 'backup')
  await backUp({ DATA_DIR: data, DATABASE_URL: `sqlite:${join(data, 'partyline.sqlite')}`, path }, copy, AT, never)
  await before.close()
  const DATA_DIR = join(await newFolder(), 'new')
  await restoreFrom(copy, { DATA_DIR, DATABASE_URL: `sqlite:${join(DATA_DIR, 'partyline.sqlite')}`, path }, never)

  const after = await openWholeCalls({ env: { DATA_DIR, RECORDS_SECRET: SECRET } })
  onTestFinished(() => after.close())
  const { records } = after.partyline
  const found = await records.list({ words: 'restaurant' }, 'numbers', never)
  expect(found.calls.map(({ callId, caller }) => [callId, caller])).toEqual([[record.callSid, '+15550100200']])
  expect((await records.lines(record.callSid, never))?.length).toBeGreaterThan(50)
  expect((await records.audio(record.callSid, 1, never))?.bytes).toBeGreaterThan(100_000)
  expect((await records.cost(record.callSid, never))?.usd).toBeGreaterThan(0)
})

describe.each(DATABASES)('on $name', database => {
  test('a database comes back as it was, and nothing is put over what is there', async () => {
    const from = { DATA_DIR: await newFolder(), DATABASE_URL: await newDatabase(database), path }
    await mkdir(join(from.DATA_DIR, 'calls', 'CA1'), { recursive: true })
    await writeFile(join(from.DATA_DIR, 'calls', 'CA1', 'journal.jsonl'), '{}\n')
    const full = await openDatabase(from.DATABASE_URL)
    await (await callIndexIn(full)).keep('CA1', told, undefined)
    await full.close()
    const copy = join(await newFolder(), 'backup')
    await backUp(from, copy, AT, never)
    await expect(backUp(from, copy, AT, never)).rejects.toThrow('is not empty')
    await expect(restoreFrom(copy, from, never)).rejects.toThrow('calls is not empty')
    const elsewhere = { ...from, DATA_DIR: join(await newFolder(), 'new') }
    await expect(restoreFrom(copy, elsewhere, never)).rejects.toThrow(BackupError)

    const to = { ...elsewhere, DATABASE_URL: await newDatabase(database) }
    await restoreFrom(copy, to, never)
    for (const { DATABASE_URL } of [from, to]) {
      const opened = await openDatabase(DATABASE_URL)
      onTestFinished(() => opened.close())
      const { calls } = await (await callIndexIn(opened)).list(readQuery({ words: 'milk' }), undefined)
      expect(calls.map(({ summary }) => summary)).toEqual([{ callId: 'CA1', tags: [], ...told.summary }])
    }
    expect(await readFile(join(to.DATA_DIR, 'calls', 'CA1', 'journal.jsonl'), 'utf8')).toBe('{}\n')
  })
})

test('a database whose path is not whole is found, and is never written over', async () => {
  const data = await newFolder()
  const full = await openDatabase(`sqlite:${join(data, 'partyline.sqlite')}`)
  await (await callIndexIn(full)).keep('CA1', told, undefined)
  const short = relative(process.cwd(), data)
  const where = { DATA_DIR: short, DATABASE_URL: `sqlite:./${short}/partyline.sqlite`, path }
  const copy = join(await newFolder(), 'backup')
  // While another connection writes.
  let isDone = false
  const writing = (async () => {
    const index = await callIndexIn(full)
    for (; !isDone; await setImmediate()) await index.keep('CA1', told, undefined)
  })()
  await backUp(where, copy, AT, never)
  isDone = true
  await writing
  await full.close()
  await expect(restoreFrom(copy, where, never)).rejects.toThrow('is there already')
})

test('only its user may read a backup', async () => {
  const data = await newFolder()
  await mkdir(join(data, 'calls', 'one'), { recursive: true, mode: 0o755 })
  await writeFile(join(data, 'calls', 'one', 'journal.jsonl'), '{}\n', { mode: 0o644 })
  const url = `sqlite:${join(data, 'partyline.sqlite')}`
  await (await openDatabase(url)).close()
  const copy = join(await newFolder(), 'backup')
  await backUp({ DATA_DIR: data, DATABASE_URL: url, path }, copy, AT, never)
  const all = ['.', ...(await readdir(copy, { recursive: true }))]
  expect(all).toContain(join('calls', 'one', 'journal.jsonl'))
  for (const name of all) expect([name, (await stat(join(copy, name))).mode & 0o077]).toEqual([name, 0])
})

test('a folder that is no whole backup, and one of another database, are refused in words', async () => {
  const from = await newFolder()
  const to = { DATA_DIR: await newFolder(), DATABASE_URL: 'postgres://me@localhost/db', path: '/nowhere' }
  await expect(restoreFrom(from, to, never)).rejects.toThrow('is no whole backup')
  await writeFile(join(from, 'backup.json'), '{"format": 9}')
  await expect(restoreFrom(from, to, never)).rejects.toThrow('of another version')
  await writeFile(join(from, 'backup.json'), '{"format": 1, "kind": "sqlite", "at": ""}')
  await expect(restoreFrom(from, to, never)).rejects.toThrow(
    'the backup is one of sqlite, and DATABASE_URL is postgres',
  )
  await expect(backUp(to, join(from, 'new'), AT, never)).rejects.toThrow('pg_dump is not on the PATH')
})

test('an address goes to PostgreSQL’s programs by their environment', () => {
  expect(postgresEnvironment('postgres://me:p%40ss@db.example:5433/calls?sslmode=require&pool=3')).toEqual({
    ...{
      PGHOST: 'db.example',
      PGPORT: '5433',
      PGUSER: 'me',
      PGPASSWORD: 'p@ss',
      PGDATABASE: 'calls',
      PGSSLMODE: 'require',
    },
  })
  expect(postgresEnvironment('postgres://me@localhost/calls?host=/run/postgresql')).toEqual({
    ...{ PGHOST: '/run/postgresql', PGUSER: 'me', PGDATABASE: 'calls' },
  })
})
