import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openDatabase } from '../../src/database/database.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { openLog } from '../../src/operations/log.ts'
import { openCallRecords } from '../../src/records/call-records.ts'
import { AGENT, onTheLine, POLICY } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { databasesFor } from '../tasks/databases.ts'

const never = new AbortController().signal
const ANNA = '+15550100201'
/** Longer than a lease lasts. */
const LONG_MS = 60_000
/** How often leases are renewed. */
const STEP_MS = 10_000

async function aCall(): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    await call.greeted()
    lines.push(...call.journal.lines)
  })
  return lines
}

describe.each(await databasesFor('several servers with one database'))('in $name', ({ newUrl }) => {
  /** Servers with a folder each, one clock, and one database, to which each has its own connection. */
  async function severalServers() {
    const [url, clock, lines] = [await newUrl(), new FakeClock(), await aCall()]
    let living = 0

    async function serve(name: string, ownFolder?: string) {
      const folder = ownFolder ?? (await mkdtemp(join(tmpdir(), 'partyline-')))
      const database = await openDatabase(url)
      const lifetime = new AbortController()
      const forgot: string[] = []
      const callRecords = await openCallRecords({
        ...{ clock, database, network: systemNetwork, language: english, version: '1', forgets: [] },
        onBehind: () => undefined,
        forgetsOfCaller: [async ids => void forgot.push(...ids)],
        settings: readSettings({ TWILIO_AUTH_TOKEN: 'token' }),
        ...{ callsFolder: folder, server: { id: name, name }, store: await storeIn(database) },
        log: openLog('silent', false),
      })
      const { keeper, records, elsewhere } = callRecords
      const keptUp = callRecords.keepUp(lifetime.signal)
      living++
      async function die(): Promise<void> {
        if (lifetime.signal.aborted) return
        living--
        lifetime.abort(new Error('killed'))
        await keptUp
      }
      onTestFinished(async () => {
        await die()
        await database.close()
        await rm(folder, { recursive: true, force: true })
      })

      /** A stream of Anna's begins here; what it gives ends it. */
      async function holds(callId: string, attempt = 1) {
        await mkdir(join(folder, callId), { recursive: true })
        await writeFile(join(folder, callId, 'journal.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
        const kept = keeper.begin({
          ...{ callId, attempt, number: ANNA, agent: AGENT, channelName: 'phone', policy: POLICY, tools: [] },
          ...{ before: [], startedAt: clock.wallTime() },
        })
        for (const line of lines) kept.take(line)
        await expect.poll(() => rows('held_calls')).toContain(`"${callId}","server_id":"${name}"`)
        return async (): Promise<void> => {
          kept.over([])
          await keeper.idle()
        }
      }

      /** All rows of a table, as text. */
      async function rows(table: string): Promise<string> {
        const db = database.db.withTables<Record<string, object>>()
        return JSON.stringify(await db.selectFrom(table).selectAll().execute())
      }

      return {
        ...{ holds, die, rows, folder, forgot, database },
        finishLeftCalls: () => callRecords.finishLeftCalls(new Date(Date.now() + LONG_MS), never),
        folders: async (): Promise<readonly string[]> => (await readdir(folder)).toSorted(),
        elsewhere: () => elsewhere.list(),
        inIndex: async () => (await records.list({}, 'numbers', never)).calls.map(({ callId }) => callId),
        forgetAnna: () => records.forgetCaller(ANNA, never),
      }
    }

    /** Lets the servers renew and look in their own rhythm, and waits for the database each time. */
    async function pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await clock.advance(STEP_MS)
        await expect.poll(() => clock.pending).toBe(living * 2)
      }
    }
    return { clock, serve, pass }
  }

  test('a call is listed at the other servers as long as it is held', async () => {
    const { serve, clock, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    const startedAt = clock.wallTime().toISOString()
    const end = await one.holds('CA1')
    await pass(LONG_MS)
    expect(await other.elsewhere()).toEqual([
      { callId: 'CA1', server: 'one', agent: AGENT.name, channel: 'phone', startedAt, caller: ANNA },
    ])
    expect(await one.elsewhere()).toEqual([])
    await end()
    expect(await other.elsewhere()).toEqual([])
    expect(await other.inIndex()).toEqual(['CA1'])
  })

  test('a call that goes on at another server is forgotten when it is over', async () => {
    const { serve, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    await (await one.holds('CA1'))()
    const end = await one.holds('CA2')
    expect(await other.forgetAnna()).toEqual({ calls: ['CA1'], later: ['CA2'] })
    await pass(LONG_MS)
    expect(await one.folders()).toEqual(['CA2'])
    await end()
    expect(await other.inIndex()).toEqual(['CA2'])
    await pass(LONG_MS)
    expect(await one.folders()).toEqual([])
    expect(await other.inIndex()).toEqual([])
    expect([...new Set([...one.forgot, ...other.forgot])].toSorted()).toEqual(['CA1', 'CA2'])
    expect([await one.rows('held_calls'), await one.rows('forgetting_calls')]).toEqual(['[]', '[]'])
  })

  test('a call that came back to another server goes on, and leaves nothing at either', async () => {
    const { serve, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    await (await one.holds('CA1'))()
    const end = await other.holds('CA1', 2)
    expect(await one.forgetAnna()).toEqual({ calls: [], later: ['CA1'] })
    await pass(LONG_MS)
    expect([await one.folders(), await other.folders()]).toEqual([['CA1'], ['CA1']])
    await end()
    await pass(LONG_MS)
    expect([await one.folders(), await other.folders(), await one.inIndex()]).toEqual([[], [], []])
  })

  test('a killed server holds its calls no longer, its callers are forgotten, and its folder is emptied when it is back', async () => {
    const { serve, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    await one.holds('CA1')
    await one.die()
    await pass(STEP_MS)
    expect(await other.elsewhere()).toHaveLength(1)
    await pass(LONG_MS)
    expect(await other.elsewhere()).toEqual([])
    expect(await other.forgetAnna()).toEqual({ calls: ['CA1'], later: [] })
    expect(await other.rows('held_calls')).toBe('[]')
    const again = await serve('one again', one.folder)
    await again.finishLeftCalls()
    expect([await again.folders(), await again.inIndex()]).toEqual([[], []])
  })

  test('a call whose server is killed while it waits to be forgotten is forgotten by the others', async () => {
    const { serve, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    await one.holds('CA1')
    expect(await other.forgetAnna()).toEqual({ calls: [], later: ['CA1'] })
    await one.die()
    await pass(2 * LONG_MS)
    expect(other.forgot).toEqual(['CA1'])
    expect(await other.rows('forgetting_calls')).toBe('[]')
  })

  test('what a server writes of a call that the others took for ended goes, too', async () => {
    const { serve, pass } = await severalServers()
    const [one, other] = [await serve('one'), await serve('other')]
    const end = await one.holds('CA1')
    await one.database.make(['alter table held_calls rename to away'])
    await pass(LONG_MS)
    await one.database.make(['alter table away rename to held_calls'])
    expect(await other.forgetAnna()).toEqual({ calls: ['CA1'], later: [] })
    await pass(LONG_MS)
    expect(await one.folders()).toEqual(['CA1'])
    await end()
    expect(await one.inIndex()).toEqual(['CA1'])
    await pass(LONG_MS)
    expect([await one.folders(), await one.inIndex()]).toEqual([[], []])
  })
})
