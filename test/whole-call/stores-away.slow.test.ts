import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { type Fault, faulty } from '../database/faulty-dialect.ts'
import { openWholeCalls } from './whole-calls.ts'

/** A way in which the database is away, and what the log says of it. */
type Kind = Fault | 'locked'
const WHY: Readonly<Record<Kind, RegExp>> = {
  refused: /the connection was refused/,
  hanging: /an answer took longer/,
  'read-only': /it can only be read/,
  locked: /it is locked by another process/,
}
const AWAY_MS = 5 * 60_000
/** A call lasts 25 s: two orders, and goodbye. These begin so long after the database has gone away. */
const BEFORE = [-15_000, -4_500]
const MEANWHILE = [1_000, 200_000]
const UNTIL_AFTER = [AWAY_MS - 12_000]
const never = new AbortController().signal

async function opened(kind: Kind) {
  const tasks = await loadNamedFixture('tasks')
  const [, report, vendor] = tasks.utterances
  const utterances = [report, vendor, tasks.utterances.at(-1)].filter(one => one !== undefined)
  const script: Script = { ...tasks, utterances }
  const way = faulty()
  const env = { AGENT: 'task-manager', TIME_ZONE: 'Europe/Berlin', MAX_CALLS: '60', BUDGET_CALLER_DAY_USD: '5' }
  const all = await openWholeCalls({ env, throughDatabase: way.through })
  onTestFinished(() => all.close())
  way.on(all.clock)
  const file = join(all.dataDir, 'partyline.sqlite')
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())

  /** Five minutes without the database. */
  async function away(): Promise<void> {
    await all.clock.sleep(20_000, never)
    if (kind === 'locked') other.exec('begin immediate')
    else way.state.fault = kind
    await all.clock.sleep(AWAY_MS, never)
    if (kind === 'locked') other.exec('rollback')
    else way.state.fault = undefined
  }

  async function call(atMs: number, seed: number): Promise<CallRecord> {
    await all.clock.sleep(20_000 + atMs, never)
    return all.rung({ ...script, from: `+155501${String(seed).padStart(5, '0')}` }, { seed })
  }

  async function told(record: CallRecord) {
    const lines = (await all.partyline.records.lines(record.callSid, never)) ?? []
    const { agentReplies, callerTurns } = outcomeOf(lines, english)
    return { record, replies: agentReplies.join(' | '), turns: callerTurns.length }
  }

  return { ...all, way, other, away, call, told }
}

test.each<[Kind, number]>([
  ['refused', 5],
  ['hanging', 5],
  ['read-only', 5],
  ['locked', 5],
])(
  'a database that is %s for five minutes under %i calls: talk goes on, changes are refused in words, and all is written later',
  async (kind, count) => {
    const all = await opened(kind)
    const times = [...BEFORE, ...MEANWHILE, ...UNTIL_AFTER]
    const at = Array.from(
      { length: count },
      (_, i) => (times[i % times.length] ?? 0) + Math.floor(i / times.length) * 250,
    )
    const ringing = Promise.all([all.away(), ...at.map((atMs, i) => all.call(atMs, i + 1))])
    const [, ...records] = await all.passing(ringing)
    await all.passing(all.clock.sleep(90_000, never))

    const calls = await Promise.all(records.map(all.told))
    for (const { record, turns, replies } of calls) {
      expect([record.gaveUp, turns, record.gaps.filter(gap => gap.kind === 'answered').length]).toEqual([false, 3, 3])
      expect(record.agentSpans[0]?.startMs).toBeLessThan(1_500)
      expect(replies).toContain('Goodbye')
    }
    const refused = calls.filter(({ replies }) => /cannot get at your tasks|not done/i.test(replies))
    const meanwhile = calls.filter((_, i) => MEANWHILE.includes(times[i % times.length] ?? 0))
    const after = calls.filter((_, i) => UNTIL_AFTER.includes(times[i % times.length] ?? 0))
    expect(refused.length).toBeGreaterThanOrEqual(meanwhile.length + after.length)
    for (const { replies } of meanwhile) expect(replies).not.toContain('Added')
    for (const { replies } of after) {
      expect(replies).not.toContain('Added: review')
      expect(replies).toContain('Added: call the vendor')
    }
    expect(calls[0]?.replies).toContain('Added: review')

    // What was said to be done is there, and what was not is not.
    const rows = all.other.prepare('select title from tasks').all()
    const added = calls.flatMap(({ replies }) => replies.match(/Added:/g) ?? [])
    expect(rows).toHaveLength(added.length)
    for (const { record } of calls) {
      const text = await readFile(join(all.dataDir, 'calls', record.callSid, 'journal.jsonl'), 'utf8')
      const commits = all.other
        .prepare('select text from commits where call_id = ? order by first_seq')
        .all(record.callSid)
      expect(commits.map(({ text }) => text).join('\n')).toBe(text.trimEnd())
    }
    const count1 = (table: string) => all.other.prepare(`select count(*) as all_of from ${table}`).get()?.all_of
    expect(['calls', 'passes', 'call_index', 'call_spending', 'held_calls'].map(count1)).toEqual([
      ...[count, count, count, count, 0],
    ])
    expect(all.other.prepare(`select count(*) as n from calls where next = 'hang-up'`).get()?.n).toBe(count)

    // One line when it goes, one when it is back, and nothing of each call or each write.
    const lines = all.logged.map(line => JSON.parse(line) as { level: number; msg: string; why?: string })
    const warned = lines.filter(({ level }) => level >= 40).map(({ msg }) => msg)
    // Whoever meets it first, or watches other servers by it, may say so once.
    expect(new Set(warned).size).toBe(warned.length)
    expect(warned.length).toBeLessThanOrEqual(3)
    expect(lines.find(({ msg }) => msg.includes('is away'))?.why).toMatch(WHY[kind])
    expect(lines.filter(({ msg }) => msg.includes('is back'))).toHaveLength(1)
  },
  200_000,
)
