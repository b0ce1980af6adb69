import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import type { CallRecord } from '../../../src/sandbox/ringing/call-record.ts'
import { openWholeCalls } from '../whole-calls.ts'
import { type AwayDatabase, type AwayKind, awayDatabase } from './databases.ts'

/** What the log says of it. */
const WHY: Readonly<Record<AwayKind, RegExp>> = {
  refused: /the connection was refused/,
  hanging: /an answer took longer/,
  'read-only': /it can only be read/,
  locked: /it is locked by another process/,
  'on a full disk': /the disk is full/,
  'PostgreSQL and killed': /nothing listens|no such file|connection was cut|terminated/,
  'PostgreSQL and frozen': /an answer took longer|no answer|timeout/i,
}
const AWAY_MS = 5 * 60_000
/** A call lasts 25 s: two orders, and goodbye. These begin so long after the database has gone away. */
const BEFORE = { fromMs: -15_000, toMs: -4_500 }
const MEANWHILE = [1_000, 200_000]
const UNTIL_AFTER = [AWAY_MS - 12_000]
const never = new AbortController().signal

async function opened(database: AwayDatabase) {
  const tasks = await loadNamedFixture('tasks')
  const [, report, vendor] = tasks.utterances
  const utterances = [report, vendor, tasks.utterances.at(-1)].filter(one => one !== undefined)
  const script: Script = { ...tasks, utterances }
  const limits = { MAX_CALLS: '80', BUDGET_CALLER_DAY_USD: '5' }
  const env = { AGENT: 'task-manager', TIME_ZONE: 'Europe/Berlin', ...limits, ...database.env }
  const all = await openWholeCalls({ env, throughDatabase: database.through })
  onTestFinished(() => all.close())
  database.begin(all)

  /** Five minutes without the database. */
  async function away(): Promise<void> {
    await all.clock.sleep(20_000, never)
    await all.outside.during(database.leave())
    await all.clock.sleep(AWAY_MS, never)
    await all.outside.during(database.comeBack())
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

  return { ...all, away, call, told }
}

/** When calls begin: so many are live when the database goes away, others begin while it is, and end when it is back. */
function beginnings(live: number) {
  const step = (BEFORE.toMs - BEFORE.fromMs) / Math.max(1, live - 1)
  const some = Math.ceil(live / 25)
  const each = (times: readonly number[]) =>
    times.flatMap(atMs => Array.from({ length: some }, (_, i) => atMs + i * 250))
  return {
    before: Array.from({ length: live }, (_, i) => Math.round(BEFORE.fromMs + i * step)),
    meanwhile: each(MEANWHILE),
    untilAfter: each(UNTIL_AFTER),
  }
}

test.each<[AwayKind, number]>([
  ['refused', 2],
  ['hanging', 2],
  ['read-only', 2],
  ['locked', 2],
  ['on a full disk', 2],
  ['PostgreSQL and killed', 2],
  ['PostgreSQL and frozen', 2],
])(
  'a database that is %s for five minutes under %i live calls: talk goes on, changes are refused in words, and all is written later',
  async (kind, live) => {
    const database = await awayDatabase(kind)
    if (!database) return
    onTestFinished(database.close)
    const all = await opened(database)
    const times = beginnings(live)
    const at = [...times.before, ...times.meanwhile, ...times.untilAfter]
    const count = at.length
    const ringing = Promise.all([all.away(), ...at.map((atMs, i) => all.call(atMs, i + 1))])
    const [, ...records] = await all.passing(ringing)
    await all.passing(all.clock.sleep(90_000, never))

    const calls = await Promise.all(records.map(all.told))
    for (const { record, turns, replies } of calls) {
      for (const gap of record.gaps) expect('gapMs' in gap && gap.gapMs).toBeLessThan(4_000)
      expect([record.gaveUp, turns, record.gaps.filter(gap => gap.kind === 'answered').length]).toEqual([false, 3, 3])
      expect(record.agentSpans[0]?.startMs).toBeLessThan(1_500)
      expect(replies).toContain('Goodbye')
    }
    const refused = calls.filter(({ replies }) => /cannot get at your tasks|not done/i.test(replies))
    const meanwhile = calls.slice(live, live + times.meanwhile.length)
    const after = calls.slice(live + times.meanwhile.length)
    expect(refused.length).toBeGreaterThanOrEqual(meanwhile.length + after.length)
    for (const { replies } of meanwhile) expect(replies).not.toContain('Added')
    for (const { replies } of after) {
      expect(replies).not.toContain('Added: review')
      expect(replies).toContain('Added: call the vendor')
    }
    expect(calls[0]?.replies).toContain('Added: review')

    // What was said to be done is there, and what was not is not.
    const rows = await database.rows('select title from tasks')
    const added = calls.flatMap(({ replies }) => replies.match(/Added:/g) ?? [])
    expect(rows).toHaveLength(added.length)
    for (const { record } of calls) {
      const text = await readFile(join(all.dataDir, 'calls', record.callSid, 'journal.jsonl'), 'utf8')
      const commits = await database.rows(
        `select text from commits where call_id = '${record.callSid}' order by first_seq`,
      )
      expect(commits.map(commit => commit.text).join('\n')).toBe(text.trimEnd())
    }
    const counted = async (from: string) => Number((await database.rows(`select count(*) as n from ${from}`))[0]?.n)
    for (const table of ['calls', 'passes', 'call_index', 'call_spending', `calls where next = 'hang-up'`])
      expect([table, await counted(table)]).toEqual([table, count])
    expect(await counted('held_calls')).toBe(0)

    // One line when it goes, one when it is back, and nothing of each call or each write.
    const lines = all.logged.map(line => JSON.parse(line) as { level: number; msg: string; why?: string })
    const warned = lines.filter(({ level }) => level >= 40).map(({ msg }) => msg)
    // Whoever meets it before it is found away, such as those who watch other servers by it, may say so once.
    expect(new Set(warned).size).toBe(warned.length)
    expect(warned.filter(msg => msg.includes('is away'))).toHaveLength(1)
    expect(lines.find(({ msg }) => msg.includes('is away'))?.why).toMatch(WHY[kind])
    expect(lines.filter(({ msg }) => msg.includes('is back'))).toHaveLength(1)
  },
  200_000,
)
