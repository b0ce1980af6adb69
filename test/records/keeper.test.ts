import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import { JOURNAL_VERSION, type JournalLine } from '../../src/conversation/lines.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { openLog } from '../../src/operations/log.ts'
import { openCallRecords } from '../../src/records/call-records.ts'
import { AGENT, onTheLine, POLICY } from '../fakes/call.ts'

const never = new AbortController().signal
const ANNA = '+15550100201'

/** Records in a folder and a database of their own, without an object store. */
async function opened(shared?: Database, log = openLog('silent', false)) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  const database = shared ?? (await openDatabase('sqlite::memory:'))
  onTestFinished(async () => {
    if (!shared) await database.close()
    await rm(folder, { recursive: true })
  })
  const callRecords = await openCallRecords({
    ...{ clock: systemClock, database, network: systemNetwork, language: english, version: '1' },
    ...{ forgets: [], onBehind: () => undefined, forgetsOfCaller: [], server: { id: folder, name: 'a server' } },
    settings: readSettings({ TWILIO_AUTH_TOKEN: 'token' }),
    callsFolder: folder,
    store: await storeIn(database),
    log,
  })
  async function begin(callId: string, before: readonly JournalLine[] = []) {
    await mkdir(join(folder, callId), { recursive: true })
    const about = { callId, number: ANNA, agent: AGENT, channelName: 'phone', policy: POLICY, tools: [], before }
    return callRecords.keeper.begin({ ...about, attempt: before.length > 0 ? 2 : 1, startedAt: new Date() })
  }
  return { ...callRecords, database, folder, begin }
}

async function aCall(): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    await call.greeted()
    lines.push(...call.journal.lines)
  })
  return lines
}

test('a call that has just ended and is being sealed is forgotten, too', async () => {
  const { records, folder, begin } = await opened()
  const lines = await aCall()
  const kept = await begin('CA1')
  await writeFile(join(folder, 'CA1', 'journal.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  for (const line of lines) kept.take(line)
  kept.over([])
  expect(await records.forgetCaller(ANNA, never)).toEqual({ calls: ['CA1'], later: [] })
  expect(await readdir(folder)).toEqual([])
  expect((await records.list({}, 'numbers', never)).calls).toEqual([])
})

test('lines that cannot be told, such as those of another version, end no call', async () => {
  const { keeper, records, folder, begin } = await opened()
  const odd = { v: JOURNAL_VERSION - 1, seq: 1, atMs: 0, decided: { kind: 'turn' } } as unknown as JournalLine
  const kept = await begin('CA1', [odd])
  for (const line of await aCall()) kept.take(line)
  kept.over([])
  await keeper.idle()
  expect((await readdir(join(folder, 'CA1'))).toSorted()).toEqual(['about.json', 'sealed.json'])
  expect((await records.list({}, 'numbers', never)).calls).toEqual([])
})

test('a call that ended while the database was away is in the index as soon as that is back', async () => {
  const { keeper, records, database, folder, begin, late } = await opened()
  const lines = await aCall()
  const kept = await begin('CA1')
  const journal = join(folder, 'CA1', 'journal.jsonl')
  await writeFile(journal, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const before = new Date(Date.now() - 60_000)
  await utimes(journal, before, before)
  for (const line of lines) kept.take(line)
  await database.make(['alter table call_index rename to away'])
  kept.over([])
  await keeper.idle()
  expect(await late.run(never)).toBe(false)
  await database.make(['alter table away rename to call_index'])
  expect((await records.list({}, 'numbers', never)).calls).toEqual([])
  expect(await late.run(never)).toBe(true)
  expect((await records.list({ caller: ANNA }, 'numbers', never)).calls).toHaveLength(1)
})

test('a call that the index refuses is tried five times, named when it fails and when it is given up, and holds up no other', async () => {
  const logged: string[] = []
  const log = openLog('warn', false, { write: line => logged.push(line) })
  const { keeper, records, database, begin, late } = await opened(undefined, log)
  await database.make([
    `create trigger refuses before insert on call_index when new.call_id = 'CA1' begin select raise(abort, 'no'); end`,
  ])
  const lines = await aCall()
  for (const callId of ['CA1', 'CA2']) {
    const kept = await begin(callId)
    for (const line of lines) kept.take(line)
    kept.over([])
  }
  await keeper.idle()
  expect((await records.list({}, 'numbers', never)).calls.map(({ callId }) => callId)).toEqual(['CA2'])
  const tries: unknown[] = []
  for (let i = 0; i < 6; i++) tries.push(await late.run(never))
  expect(tries).toEqual([false, false, false, true, true, true])
  expect(keeper.left()).toEqual([])
  const told = logged.map(line => JSON.parse(line) as { call: string; msg: string })
  expect(told.map(({ call, msg }) => [call, msg])).toEqual([
    ['CA1', 'a call is not in the index'],
    ['CA1', 'a call is not in the index: it is given up until the next start'],
  ])
})

test('the seal of a call that a server left says what of it was lost', async () => {
  const { folder, finishLeftCalls } = await opened()
  const lost = { v: JOURNAL_VERSION, seq: 1_000, atMs: 9_000, noted: { kind: 'recording-lost', why: 'Error: ENOSPC' } }
  await mkdir(join(folder, 'CA1'))
  const lines = [...(await aCall()), lost]
  await writeFile(join(folder, 'CA1', 'journal.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  await finishLeftCalls(new Date(Date.now() + 60_000), never)
  expect(JSON.parse(await readFile(join(folder, 'CA1', 'sealed.json'), 'utf8'))).toMatchObject({
    killed: true,
    lost: ['Error: ENOSPC'],
  })
})

test('a caller who was forgotten at another server does not come back with the folder of this one', async () => {
  const one = await opened()
  const other = await opened(one.database)
  const lines = await aCall()
  const kept = await one.begin('CA1')
  await writeFile(join(one.folder, 'CA1', 'journal.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  for (const line of lines) kept.take(line)
  kept.over([])
  await one.keeper.idle()
  expect(await other.records.forgetCaller(ANNA, never)).toEqual({ calls: ['CA1'], later: [] })
  await one.finishLeftCalls(new Date(Date.now() + 60_000), never)
  expect(await readdir(one.folder)).toEqual([])
  expect((await one.records.list({}, 'numbers', never)).calls).toEqual([])
})
