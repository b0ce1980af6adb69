import { createHash } from 'node:crypto'
import { appendFile, cp, mkdir, readdir, readFile, rm, truncate, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restore } from '../../src/conversation/restore.ts'
import { openDatabase } from '../../src/database/database.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Seal } from '../../src/records/call-folder.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from '../whole-call/whole-calls.ts'

const never = new AbortController().signal
const NAMES = ['plain', 'talks-over', 'thinks-aloud'] as const
let all: WholeCalls
const calls = new Map<string, WholeCall>()

beforeAll(async () => {
  all = await openWholeCalls()
  for (const [i, name] of NAMES.entries())
    calls.set(name, await all.passing(all.ring(await loadNamedFixture(name), { seed: i + 1, from: `+1555010020${i}` })))
  await settled()
})
afterAll(() => all.close())

/** Until everything is sealed and indexed: it happens behind the calls' back. */
async function settled(): Promise<void> {
  await all.passing(all.partyline.recordsSealed())
}

function call(name: (typeof NAMES)[number]): WholeCall & { readonly id: string } {
  const found = calls.get(name)
  if (!found) throw new Error(`"${name}" was not rung`)
  return { ...found, id: found.record.callSid }
}

const seal = async (folder: string): Promise<Seal> => JSON.parse(await readFile(join(folder, 'sealed.json'), 'utf8'))

test('the list has all calls, the newest first, as their journals tell them', async () => {
  const { calls: listed } = await all.partyline.records.list({}, 'numbers', never)
  expect(listed.map(({ callId }) => callId)).toEqual(NAMES.toReversed().map(name => call(name).id))
  for (const [i, name] of NAMES.entries()) {
    const { lines, id } = call(name)
    const outcome = outcomeOf(lines, english)
    const { turn } = restore(lines, english)
    const ended = turn.kind === 'ended' && turn.why === 'agent' ? 'goodbye' : 'hung-up'
    expect(listed.find(({ callId }) => callId === id)).toMatchObject({
      turns: outcome.callerTurns.length,
      interruptions: outcome.bargeIns,
      ...{ caller: `+1555010020${i}`, channel: 'phone', errors: 0, outcome: ended },
    })
  }
})

test('a call is found by its words and its caller, whose number only those see who may', async () => {
  const { records } = all.partyline
  const { calls: found } = await records.list({ words: 'RESTAURANT', caller: '+15550100201' }, 'masked', never)
  expect(found.map(({ callId, caller }) => [callId, caller])).toEqual([[call('talks-over').id, '+1 ••• ••• 0201']])
  expect(await records.list({ words: 'restaurant', caller: '+15550100200' }, 'numbers', never)).toMatchObject({
    calls: [],
  })
})

test('how its line was is in its journal, leg by leg, and in its summary', async () => {
  const { id, lines } = call('plain')
  const legs = lines.flatMap(line => ('noted' in line && line.noted.kind === 'line-quality' ? [line.noted] : []))
  expect(legs).toEqual([
    expect.objectContaining({ leg: 'caller', lossPercent: 0, gaps: 0, mos: expect.closeTo(4.4, 1) }),
    expect.objectContaining({ leg: 'agent', lossPercent: 0, gaps: 0, jitterMs: null, mos: expect.closeTo(4.4, 1) }),
  ])
  for (const { levelDb } of legs) expect([Number(levelDb) > -40, Number(levelDb) < -3]).toEqual([true, true])
  const { mos, lossPercent, jitterMs } = (await all.partyline.records.get(id, 'masked', never)) ?? {}
  expect([mos, lossPercent, jitterMs]).toEqual([legs[0]?.mos, 0, legs[0]?.jitterMs])
})

test('its seal names each file of its folder with the checksum that it has', async () => {
  const { folder } = call('plain')
  const { killed, lost, files } = await seal(folder)
  expect({ killed, lost }).toEqual({ killed: false, lost: [] })
  expect(Object.keys(files)).toEqual(['about.json', 'call-1.wav', 'journal.jsonl', 'transcript.txt'])
  for (const [name, { bytes, sha256 }] of Object.entries(files)) {
    const content = await readFile(join(folder, name))
    expect([name, bytes, sha256]).toEqual([name, content.length, createHash('sha256').update(content).digest('hex')])
  }
})

test('what a call was held with is told, without a secret or a number', async () => {
  const { folder, id } = call('plain')
  const about = await all.partyline.records.about(id, never)
  expect(about).toMatchObject({
    ...{ version: 1, callId: id, agent: 'receptionist', channel: 'phone', voice: expect.any(String) },
    settings: { PATIENCE: 'phone', STT: 'deepgram' },
    fingerprints: { instructions: expect.stringMatching(/^[0-9a-f]{64}$/), tools: expect.any(Object) },
  })
  expect(JSON.stringify(about)).not.toMatch(/caller"|key|token|secret/i)
  expect(await readFile(join(folder, 'about.json'), 'utf8')).not.toContain('15550100200')
})

test('its lines, its cost and any part of its sound can be had again', async () => {
  const { records } = all.partyline
  const { id, lines, folder } = call('plain')
  expect(await records.lines(id, never)).toEqual(lines)
  expect((await records.cost(id, never))?.usd).toBeCloseTo((await records.get(id, 'masked', never))?.costUsd ?? 0, 9)
  const wav = await readFile(join(folder, 'call-1.wav'))
  const audio = await records.audio(id, 1, never)
  expect(audio?.bytes).toBe(wav.length)
  const part = async (from: number, to: number): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for await (const piece of audio?.read(from, to, never) ?? []) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  expect((await part(0, 4)).toString()).toBe('RIFF')
  expect((await part(1_000, 200_000)).equals(wav.subarray(1_000, 200_000))).toBe(true)
  expect((await part(wav.length - 5, wav.length + 500)).length).toBe(5)
  expect((await part(9, 9)).length).toBe(0)
  expect(await records.audio(id, 2, never)).toBeUndefined()
})

test.each(['../../etc/passwd', '..', '.', '', 'CA/../x', 'nobody', 'CA\0', 'x'.repeat(200)])(
  '%j names no call',
  async id => {
    const { records } = all.partyline
    const asked = [records.lines(id, never), records.about(id, never), records.audio(id, 1, never)]
    expect(await Promise.all([...asked, records.cost(id, never), records.get(id, 'numbers', never)])).toEqual(
      Array.from({ length: 5 }, () => undefined),
    )
    expect(await records.setTags(id, ['x'])).toBe(false)
  },
)

test('a folder without a journal still has its lines from the database, and a folder without the database its own', async () => {
  const { id, lines, folder } = call('thinks-aloud')
  const journal = await readFile(join(folder, 'journal.jsonl'))
  await rm(join(folder, 'journal.jsonl'))
  expect(await all.partyline.records.lines(id, never)).toEqual(lines)
  await appendFile(join(folder, 'journal.jsonl'), journal)
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  await database.db
    .withTables<{ commits: { call_id: string } }>()
    .deleteFrom('commits')
    .where('call_id', '=', id)
    .execute()
  await database.close()
  expect(await all.partyline.records.lines(id, never)).toEqual(lines)
})

test('a call that was killed is sealed as such at the next start and found, and one that was not only sealed late', async () => {
  const { folder, id } = call('plain')
  const long = new Date('2020-01-01')
  const leave = async (name: string): Promise<string> => {
    const left = join(folder, '..', name)
    await cp(folder, left, { recursive: true })
    await rm(join(left, 'sealed.json'))
    return left
  }
  const [killed, unsealed] = [await leave('CAkilled'), await leave('CAunsealed')]
  const { size } = { size: (await readFile(join(killed, 'journal.jsonl'))).length }
  await truncate(join(killed, 'journal.jsonl'), Math.floor(size * 0.6))
  for (const left of [killed, unsealed])
    for (const name of await readdir(left)) await utimes(join(left, name), long, long)
  await mkdir(join(folder, '..', 'CAempty'))
  await all.passing(all.partyline.writeMissingTranscripts())
  expect([(await seal(killed)).killed, (await seal(unsealed)).killed]).toEqual([true, false])
  const get = (callId: string) => all.partyline.records.get(callId, 'numbers', never)
  expect(await get('CAunsealed')).toEqual({ ...(await get(id)), callId: 'CAunsealed', caller: null })
  expect(await get('CAkilled')).toMatchObject({ outcome: 'killed' })
  expect((await get('CAkilled'))?.lengthMs).toBeLessThan((await get(id))?.lengthMs ?? 0)
  expect(await get('CAempty')).toBeUndefined()
})
