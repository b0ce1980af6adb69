import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { companionCodesIn } from '../../src/companions/codes.ts'
import { openDatabase } from '../../src/database/database.ts'
import { storeIn } from '../../src/journal/store.ts'
import { callerFactsIn } from '../../src/memory/caller-facts.ts'
import { type Purge, retain } from '../../src/operations/retention.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { purgesOf } from '../../src/purges.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { createTask, deleteTask } from '../../src/tasks/store/change.ts'
import { tasksIn } from '../../src/tasks/store/store.ts'
import { browserOwnersIn } from '../../src/tasks/web/browser-owners.ts'
import { FakeClock } from '../fakes/clock.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { databasesFor } from '../tasks/databases.ts'

const HOUR_MS = 3_600_000
const NOW = new Date('2026-11-19T10:00:00Z')
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 24 * HOUR_MS)
const noPause = async (): Promise<void> => undefined

async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function callFiles(folder: string, callId: string, names: readonly string[], days: number): Promise<void> {
  const place = join(folder, 'calls', callId)
  await mkdir(place, { recursive: true })
  for (const name of names) {
    await writeFile(join(place, name), 'x')
    await utimes(join(place, name), daysAgo(days), daysAgo(days))
  }
}

describe.each(await databasesFor('retention'))('in $name', ({ newUrl }) => {
  async function opened(days: { recordings?: number; journals?: number }, live: readonly string[] = []) {
    const database = await openDatabase(await newUrl())
    onTestFinished(() => database.close())
    const [store, pins, tasks, folder] = [
      await storeIn(database),
      await pinsIn(database, CHEAP),
      await tasksIn(database),
      await dataDir(),
    ]
    const owners = await browserOwnersIn(database, 'secret', NOW)
    const codes = await companionCodesIn(database, 'secret', () => 482_917)
    const settings = {
      DATA_DIR: folder,
      RECORDINGS_DAYS: days.recordings ?? 'off',
      JOURNALS_DAYS: days.journals ?? 'off',
      WEB_OWNERS_DAYS: 90,
    } as const
    const index = await callIndexIn(database)
    const purges = purgesOf({
      settings,
      database,
      store,
      index,
      forgetCalls: index.forget,
      deleteOldObjects: async () => 0,
      deleteNeverIndexed: async () => 0,
      pins,
      facts: await callerFactsIn(database, owner => owner),
      owners,
      codes,
      liveCalls: () => live,
    })
    const purge = async (): Promise<Record<string, number>> => {
      const deleted = await Promise.all(purges.map(async ({ what, run }) => [what, await run(NOW, noPause)] as const))
      return Object.fromEntries(deleted)
    }
    return { store, index, pins, tasks, owners, codes, folder, purge }
  }

  const ALL = ['about.json', 'call-1.wav', 'call-2.wav', 'journal.jsonl', 'sealed.json', 'transcript.txt']

  test('recordings go first, then journals and transcripts, then the folder; never those of a live call', async () => {
    const { folder, purge } = await opened({ recordings: 30, journals: 90 }, ['live'])
    const calls: readonly (readonly [string, number])[] = [
      ['new', 29],
      ['old', 31],
      ['older', 91],
      ['live', 91],
    ]
    for (const [callId, days] of calls) await callFiles(folder, callId, ALL, days)
    await callFiles(folder, 'noted', [...ALL, 'a-note-of-the-operator.txt'], 91)
    expect(await purge()).toMatchObject({ 'files of calls': 14 })
    const left = Object.fromEntries(
      await Promise.all(
        (await readdir(join(folder, 'calls'))).map(async id => [id, await readdir(join(folder, 'calls', id))]),
      ),
    )
    expect(left).toEqual({
      new: ALL,
      old: ['about.json', 'journal.jsonl', 'sealed.json', 'transcript.txt'],
      live: ALL,
      noted: ['a-note-of-the-operator.txt'],
    })
  })

  test('"off" keeps everything', async () => {
    const { folder, purge, store } = await opened({})
    await callFiles(folder, 'old', ALL, 9_000)
    await store.takePass('old', 1, daysAgo(9_000))
    expect(await purge()).toMatchObject({ 'files of calls': 0, 'calls in the database': 0 })
  })

  test('all rows of an old call are deleted, and none of others', async () => {
    const { store, purge } = await opened({ journals: 90 }, ['live'])
    for (let call = 0; call < 45; call++) await store.takePass(`old ${call}`, 1, daysAgo(91))
    await store.takePass('live', 1, daysAgo(91))
    await store.takePass('new', 1, daysAgo(89))
    for (const call of ['old 7', 'live', 'new']) await store.commit(call, 1, 1, '{}')
    expect(await purge()).toMatchObject({ 'calls in the database': 45 })
    const left = ['old 7', 'live', 'new'].map(async call => [
      (await store.factsOf(call)).streams,
      await store.linesOf(call),
    ])
    expect(await Promise.all(left)).toEqual([
      [0, []],
      [1, ['{}']],
      [1, ['{}']],
    ])
    expect(await store.takePass('old 7', 1, NOW)).toBe(true)
  })

  test('a call of the index goes when its journal does, and never while it is live', async () => {
    const { index, purge } = await opened({ journals: 90 }, ['live'])
    const keep = (callId: string, days: number) => {
      const summary = {
        ...{
          agent: 'a',
          channel: 'phone',
          direction: 'inbound' as const,
          startedAt: daysAgo(days).toISOString(),
          lengthMs: 1,
          turns: 1,
        },
        ...{ outcome: 'goodbye' as const, latencyP50Ms: null, latencyP95Ms: null, interruptions: 0, errors: 0 },
        ...{ costUsd: 0, mos: null, lossPercent: null, jitterMs: null },
      }
      return index.keep(callId, { summary, words: 'hello', isCut: false }, undefined)
    }
    for (let call = 0; call < 45; call++) await keep(`old${call}`, 91)
    await keep('live', 92)
    await keep('new', 89)
    expect(await purge()).toMatchObject({ 'calls in the index': 45 })
    expect(await index.known(['live', 'new', 'old1'])).toEqual(new Set(['live', 'new']))
  })

  test('keys and undo records of tasks go after thirty days, the tasks stay', async () => {
    const { tasks, purge } = await opened({})
    for (const days of [31, 29]) {
      const asking = { store: tasks, owner: 'ann', key: `key ${days}`, at: { now: daysAgo(days), zone: 'UTC' } }
      await createTask(asking, { title: `Of ${days} days ago` })
    }
    expect(await purge()).toMatchObject({ 'records of changes of tasks': 1 })
    const own = tasks.of('ann')
    expect(await own.totals()).toMatchObject({ pending: 2 })
    expect(await own.lastChange(daysAgo(90))).toMatchObject({ after: { title: 'Of 29 days ago' } })
  })

  test('an owner of whom neither a task nor a change is left is deleted, and begins anew', async () => {
    const { tasks, purge } = await opened({})
    const asking = (owner: string, key: string, days: number) =>
      ({ store: tasks, owner, key, at: { now: daysAgo(days), zone: 'UTC' } }) as const
    const emptied = async (owner: string, days: number) => {
      await createTask(asking(owner, 'made', days), { title: 'Pay' })
      await deleteTask(asking(owner, 'gone', days), { title: 'Pay' })
    }
    await emptied('+15551230001', 31)
    await emptied('+15551230002', 29)
    await createTask(asking('+15551230003', 'made', 31), { title: 'Pay' })
    // Here all purges run at once: the changes may go after the first look for owners.
    const runs = [await purge(), await purge(), await purge()]
    expect(runs.reduce((all, deleted) => all + (deleted['owners without tasks'] ?? 0), 0)).toBe(1)
    await createTask(asking('+15551230001', 'made', 0), { title: 'Again' })
    expect(await tasks.of('+15551230001').totals()).toMatchObject({ pending: 1 })
  })

  test('lists of browsers that are not used go with all that is theirs, those of numbers stay', async () => {
    const { tasks, owners, purge } = await opened({})
    const add = async (owner: string, days: number): Promise<void> => {
      await owners.admit(owner, '192.0.2.1', daysAgo(days))
      await createTask({ store: tasks, owner, key: 'k', at: { now: daysAgo(days), zone: 'UTC' } }, { title: 'Pay' })
    }
    await add('browser:unused', 91)
    await add('browser:used', 91)
    await owners.used('browser:used', daysAgo(89))
    await createTask(
      { store: tasks, owner: '+15551234567', key: 'k', at: { now: daysAgo(900), zone: 'UTC' } },
      { title: 'Pay' },
    )
    expect(await purge()).toMatchObject({ 'unused lists of browsers': 1 })
    const pending = async (owner: string) => (await tasks.of(owner).totals()).pending
    expect([await pending('browser:unused'), await pending('browser:used'), await pending('+15551234567')]).toEqual([
      0, 1, 1,
    ])
  })

  test('wrong tries go after a week', async () => {
    const { pins, purge } = await opened({})
    await pins.check('+15551234567', { kind: 'telephone' }, '1111', daysAgo(8))
    await pins.check('+15551234567', { kind: 'web', address: '192.0.2.1' }, '1111', daysAgo(6))
    expect(await purge()).toMatchObject({ 'wrong tries of PINs': 1 })
  })

  test('codes of companions go when they are too old', async () => {
    const { codes, purge } = await opened({})
    await codes.make('CA1', daysAgo(1))
    expect(await purge()).toMatchObject({ 'codes of companions': 1 })
  })
})

test('a purge runs at start and every hour, in batches with pauses, and goes on after a failure', async () => {
  const clock = new FakeClock()
  const server = new AbortController()
  const ran: string[] = []
  const logged: string[] = []
  const log = {
    info: (_: object, message: string) => logged.push(message),
    warn: (_: object, message: string) => logged.push(message),
  }
  const purges: readonly Purge[] = [
    { what: 'broken', run: () => Promise.reject(new Error('the disk is away')) },
    {
      what: 'rows',
      async run(_, pause) {
        ran.push('first batch')
        await pause()
        ran.push('second batch')
        return 2
      },
    },
  ]
  const over = retain({ clock, log, purges }, server.signal)
  await clock.advance(0)
  expect(ran).toEqual(['first batch'])
  await clock.advance(1_000)
  expect(ran).toEqual(['first batch', 'second batch'])
  expect(logged).toEqual(['old data could not be deleted', 'old data deleted'])
  await clock.advance(HOUR_MS)
  expect(ran).toHaveLength(4)
  server.abort(new Error('closing'))
  await over
  expect(clock.pending).toBe(0)
  expect(logged).toHaveLength(4)
})
