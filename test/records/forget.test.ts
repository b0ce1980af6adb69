import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { storeIn } from '../../src/journal/store.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { forgettingOf } from '../../src/records/forgetting.ts'
import { forgottenIn } from '../../src/records/forgotten.ts'
import { heldCallsIn } from '../../src/records/held-calls.ts'
import { openRecords } from '../../src/records/open-records.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { FakeClock } from '../fakes/clock.ts'
import { databasesFor } from '../tasks/databases.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const never = new AbortController().signal
const ANNA = '+15550100201'
const BEN = '+15550100202'

/** Rung with the whole server; PostgreSQL would answer in real time. */
test('nothing is left of a forgotten caller in any byte of the disk, and all is left of the others', async () => {
  const all = await openWholeCalls()
  onTestFinished(() => all.close())
  const ring = async (name: string, seed: number, from: string): Promise<string> =>
    (await all.passing(all.ring(await loadNamedFixture(name), { seed, from }))).record.callSid
  const annas = [await ring('talks-over', 1, ANNA), await ring('plain', 2, ANNA)]
  const bens = await ring('thinks-aloud', 3, BEN)
  await all.passing(all.partyline.recordsSealed())
  const { records } = all.partyline
  await records.setTags(annas[0] ?? '', ['vip-of-anna'])
  const words = ['tell me about the restaurant', 'restaurant', 'vip-of-anna', ...annas, ANNA, ANNA.slice(1)]
  const before = await traces(all.dataDir, words)
  for (const word of [...annas, 'restaurant', 'vip-of-anna', 'tell me about the restaurant'])
    expect(before.filter(trace => trace.includes(word)).length).toBeGreaterThan(0)

  const forgotten = await all.passing(records.forgetCaller(ANNA, never))
  expect([forgotten.calls.toSorted(), forgotten.later]).toEqual([annas.toSorted(), []])
  expect(await traces(all.dataDir, words)).toEqual([])
  const { calls } = await records.list({}, 'numbers', never)
  expect(calls.map(({ callId, caller }) => [callId, caller])).toEqual([[bens, BEN]])
  expect(await records.lines(annas[0] ?? '', never)).toBeUndefined()
  expect((await records.lines(bens, never))?.length).toBeGreaterThan(100)
  expect(await all.passing(records.forgetCaller(ANNA, never))).toEqual({ calls: [], later: [] })
})

/** The files that hold one of the words, as "PATH: WORD". */
async function traces(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter(one => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const content = (await readFile(path)).toString('latin1')
    found.push(...words.filter(word => content.includes(word) || path.includes(word)).map(word => `${path}: ${word}`))
  }
  return found
}

describe.each(await databasesFor('forgetting a caller'))('in $name', ({ newUrl }) => {
  async function opened({ busy = [] as readonly string[], failing = false, isRead = false } = {}) {
    const database = await openDatabase(await newUrl())
    const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
    onTestFinished(async () => {
      await database.close()
      await rm(folder, { recursive: true })
    })
    const [store, index, secrets] = [await storeIn(database), await callIndexIn(database), callerSecrets('secret')]
    const told: string[][] = []
    let fails = failing
    let readers = isRead
    let scrubs = 0
    const [clock, log] = [new FakeClock(), { warn: () => undefined }]
    const held = await heldCallsIn({ database, server: { id: '1', name: 'a server' }, clock, log })
    const forgetting = forgettingOf({
      ...{ callsFolder: folder, clock, log, index, held, forgotten: await forgottenIn(database) },
      isBusy: callId => busy.includes(callId),
      async forgetCalls(ids) {
        if (fails) throw new Error('the notes are away')
        told.push([...ids])
        await store.forget(ids)
        await index.forget(ids)
      },
      async scrub() {
        if (readers) throw new Error('somebody reads')
        await database.scrub()
        scrubs++
      },
    })
    const records = openRecords({
      ...{ callsFolder: folder, store, index, secrets },
      models: { speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' },
      forget: forgetting.ofCaller,
    })
    for (const [callId, number] of [
      ['CA1', ANNA],
      ['CA2', ANNA],
      ['CA3', BEN],
    ] as const) {
      await mkdir(join(folder, callId))
      await writeFile(join(folder, callId, 'call-1.wav'), 'sound')
      await store.takePass(callId, 1, new Date())
      await store.commit(callId, 1, 1, `{"words":"said in ${callId}"}`)
      const summary = {
        ...{
          agent: 'a',
          channel: 'phone',
          direction: 'inbound' as const,
          startedAt: '2026-11-27T12:00:00.000Z',
          lengthMs: 1,
          outcome: 'goodbye' as const,
        },
        ...{ turns: 1, latencyP50Ms: null, latencyP95Ms: null, interruptions: 0, errors: 0, costUsd: 0 },
        ...{ mos: null, lossPercent: null, jitterMs: null },
      }
      await index.keep(callId, { summary, words: `said in ${callId}`, isCut: false }, secrets.keep(number, callId))
      await index.setTags(callId, [`tag of ${callId}`])
    }
    /** All rows of all tables, as text. */
    async function rows(): Promise<string> {
      const names = (await database.db.introspection.getTables()).map(({ name }) => name)
      const db = database.db.withTables<Record<string, object>>()
      return JSON.stringify(await Promise.all(names.map(name => db.selectFrom(name).selectAll().execute())))
    }
    return {
      ...{ records, folder, told, rows, catchUp: () => forgetting.catchUp(never), scrubs: () => scrubs },
      repair: () => (fails = false),
      stopReading: () => (readers = false),
    }
  }

  test('where the database is read for long, a caller is forgotten all the same, and the log is emptied later', async () => {
    const { records, scrubs, catchUp, stopReading } = await opened({ isRead: true })
    expect((await records.forgetCaller(ANNA, never)).calls).toHaveLength(2)
    await catchUp()
    expect(scrubs()).toBe(0)
    stopReading()
    await catchUp()
    expect(scrubs()).toBe(1)
    await catchUp()
    expect(scrubs()).toBe(1)
  })

  test('files, index, words, tags, commits and passes of the caller are gone, and each part is told', async () => {
    const { records, folder, told, rows } = await opened()
    expect(await rows()).toMatch(/CA1.*CA2|CA2.*CA1/)
    expect((await records.forgetCaller(ANNA, never)).calls.toSorted()).toEqual(['CA1', 'CA2'])
    expect(told.map(ids => ids.toSorted())).toEqual([['CA1', 'CA2']])
    expect(await readdir(folder)).toEqual(['CA3'])
    const left = await rows()
    expect(left).not.toMatch(/CA1|CA2|ca1|ca2/)
    expect(left).toMatch(/CA3/)
    expect((await records.list({ words: 'said in ca1' }, 'numbers', never)).calls).toEqual([])
    expect((await records.list({ words: 'said' }, 'numbers', never)).calls).toHaveLength(1)
  })

  test('a live call is left alone, and so is what is no number', async () => {
    const { records, folder } = await opened({ busy: ['CA2'] })
    expect(await records.forgetCaller(ANNA, never)).toEqual({ calls: ['CA1'], later: ['CA2'] })
    expect((await readdir(folder)).toSorted()).toEqual(['CA2', 'CA3'])
    await expect(records.forgetCaller('anna', never)).rejects.toThrow('caller: must be a phone number')
  })

  test('what failed in the middle is done the next time', async () => {
    const { records, rows, repair } = await opened({ failing: true })
    await expect(records.forgetCaller(ANNA, never)).rejects.toThrow('the notes are away')
    repair()
    expect((await records.forgetCaller(ANNA, never)).calls.toSorted()).toEqual(['CA1', 'CA2'])
    expect(await rows()).not.toMatch(/CA1|CA2/)
  })
})
