import { beforeAll, describe, expect, test } from 'vitest'
import { taskManager } from '../../src/agents/built-in.ts'
import { postgresBinaries, startPostgres } from '../database/postgres.ts'
import { callerWho } from '../faults/calls.ts'
import { farDatabases } from '../faults/far-database.ts'
import type { WireFault } from '../faults/fault-proxy.ts'
import { openVendors, type ProxiedCall, proxiedServer } from '../faults/proxied-server.ts'

const FAULTS: readonly WireFault[] = [
  { kind: 'drop' },
  { kind: 'reset' },
  { kind: 'half-open' },
  { kind: 'garbage' },
  // A change is some ten questions to the database, one after the other, and each waits both ways.
  { kind: 'delay', ms: 50 },
  { kind: 'throttle', bytesPerS: 60_000 },
  { kind: 'slow-tls', ms: 1_200 },
]
const BREAKS: readonly WireFault['kind'][] = ['drop', 'reset', 'half-open', 'garbage']
const { phrases } = taskManager
const ADDED = /Added: call the vendor/
/** It is told that the change was not made, or that nobody knows; or nothing was heard of the words, and it asks again. */
const EXCUSED =
  /cannot get (?:at|to) your tasks|could not find out|not done|not known|something went wrong|did not catch/i

const bin = await postgresBinaries()
if (bin === undefined && (process.env.CI || process.env.PARTYLINE_REQUIRE_POSTGRES === '1'))
  throw new Error('PostgreSQL is not installed')
if (bin === undefined) process.stderr.write('PostgreSQL is not on this machine: faults on its wire were not tested\n')

describe.skipIf(bin === undefined)('PostgreSQL behind a proxy', () => {
  const calls = new Map<WireFault['kind'], ProxiedCall>()
  function call(kind: WireFault['kind']): ProxiedCall {
    const rung = calls.get(kind)
    if (!rung) throw new Error(`the call of ${kind} was not rung`)
    return rung
  }

  beforeAll(async () => {
    process.setMaxListeners(2 * FAULTS.length)
    const cluster = await startPostgres(bin ?? '')
    const databases = await farDatabases(cluster, FAULTS.length)
    const vendors = await openVendors()
    const script = await callerWho(['Add call the vendor on Monday.', 'What is on my list?'], {
      cues: [undefined, { after: 'agent-stopped', ms: 2_500 }],
      hangUp: { after: 'agent-stopped', ms: 1_200, withStop: true },
    })
    const ringing: (() => Promise<void>)[] = []
    // A start is much work for one process, and the database waits for nobody who stands still in a transaction.
    for (const [at, fault] of FAULTS.entries()) {
      const { [at]: database } = databases
      if (!database) throw new Error('a database is missing')
      const ring = await proxiedServer({
        ...{ vendors, toolsPort: 0, edge: 'database', fault, certificate: undefined, script, seed: at + 1, database },
      })
      ringing.push(async () => void calls.set(fault.kind, await ring()))
    }
    await Promise.all(ringing.map(ring => ring()))
    await vendors.close()
    await cluster.close()
  })

  describe.each(FAULTS)('$kind', ({ kind }) => {
    test('the fault struck, and what it struck is closed', () => {
      const { struck, leftOpen } = call(kind)
      expect(struck).toBeGreaterThan(0)
      expect(leftOpen).toBe(0)
    })

    test('the caller is told what became of the change, and the call goes on to its end', () => {
      const { outcome, record } = call(kind)
      const said = outcome.agentReplies.join(' ')
      expect(said).toMatch(BREAKS.includes(kind) ? new RegExp(`${ADDED.source}|${EXCUSED.source}`, 'i') : ADDED)
      expect(record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0, said: [] })
      expect(outcome.agentReplies.filter(reply => reply.includes(phrases.greeting))).toHaveLength(1)
      expect(record.gaps.map(gap => gap.kind)).toEqual(record.gaps.map(() => 'answered'))
    })

    test('the change was made once, if that was told; the journal is whole in the database', () => {
      const { outcome, stored, journal } = call(kind)
      const times = outcome.agentReplies.filter(reply => ADDED.test(reply)).length
      expect(times).toBeLessThanOrEqual(1)
      expect(stored?.tasks.length).toBeLessThanOrEqual(1)
      if (times > 0) expect(stored?.tasks).toEqual(['call the vendor'])
      expect(stored?.journal).toBe(journal.trimEnd())
    })

    test('the log tells of the database, and of nothing else', () => {
      const worst = call(kind).logged.filter(line => /"level":(?:50|60)/.test(line))
      expect(worst.filter(line => !line.includes('"store":"database"'))).toEqual([])
    })
  })
})
