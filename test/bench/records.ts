import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { readQuery } from '../../src/records/query.ts'
import type { CallQuery } from '../../src/records/records.ts'
import type { Told } from '../../src/records/summary.ts'
import { seeded } from '../../src/sandbox/chance.ts'

/**
 * How long the list of calls takes with 100,000 of them, each of about 300 words: `npm run bench:records [-- URL]`.
 * Without a URL of a database, on SQLite in a new file. Prints the median and the longest of 30 runs in ms.
 */
const CALLS = 100_000
const WORDS_A_CALL = 300
const RUNS = 30
const secrets = callerSecrets('bench')
const draw = seeded(1)
const below = (most: number): number => Math.floor(draw() * most)
/** As in speech, few words are frequent and many are rare. */
const word = (): string => `word${Math.floor(20_000 ** draw())}`

function call(i: number): Told {
  const p50 = 400 + below(600)
  return {
    words: Array.from({ length: WORDS_A_CALL }, word).join(' '),
    isCut: false,
    summary: {
      ...{
        agent: i % 3 === 0 ? 'Receptionist' : 'Tasks',
        channel: i % 5 === 0 ? 'browser' : 'phone',
        direction: 'inbound' as const,
      },
      startedAt: new Date(Date.UTC(2026, 0, 1) + i * 240_000).toISOString(),
      lengthMs: 30_000 + below(600_000),
      outcome: (['hung-up', 'hung-up', 'goodbye', 'transferred'] as const)[below(4)] ?? 'failed',
      ...{ turns: below(40), interruptions: below(3), errors: i % 100 === 0 ? 1 : 0 },
      ...{ latencyP50Ms: p50, latencyP95Ms: p50 + below(1_500), costUsd: draw() / 10 },
      ...{ mos: 4.4, lossPercent: 0, jitterMs: 3 },
    },
  }
}

const middle = '2026-05-15T00:00:00Z'
const QUERIES: readonly (readonly [what: string, query: CallQuery])[] = [
  ['first page', {}],
  ['first page of one half a year ago', { to: middle }],
  ['a word of nearly every call', { words: 'word1' }],
  ['a frequent word', { words: 'word50' }],
  ['a rare word', { words: 'word15001' }],
  ['three words', { words: 'word3 word9 word27' }],
  ['a word that no call has', { words: 'nothing' }],
  ['a frequent word in calls that failed', { words: 'word50', failed: true }],
  ['failed', { failed: true }],
  ['slow', { slowMs: 2_400 }],
  ['interrupted, by one agent', { interrupted: true, agent: 'Receptionist' }],
  ['a tag', { tag: 'look' }],
  ['one caller', { caller: '+15550100007' }],
  ['an agent that is not there', { agent: 'nobody' }],
]

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  const database = await openDatabase(process.argv[2] ?? `sqlite:${join(folder, 'bench.sqlite')}`)
  try {
    const index = await callIndexIn(database)
    const beganMs = systemClock.now()
    for (let i = 0; i < CALLS; i++) {
      const callId = `CA${i.toString(16).padStart(32, '0')}`
      await index.keep(callId, call(i), secrets.keep(`+1555010${String(i % 5_000).padStart(4, '0')}`, callId))
      if (i % 500 === 0) await index.setTags(callId, ['look'])
      if (i % 10_000 === 9_999) process.stderr.write(`${i + 1} calls\n`)
    }
    const keptMs = systemClock.now() - beganMs
    process.stdout.write(`${database.kind}: to keep a call takes ${(keptMs / CALLS).toFixed(2)} ms\n`)
    for (const [what, asked] of QUERIES) {
      const query = readQuery(asked)
      const hash = asked.caller === undefined ? undefined : secrets.hashOf(asked.caller)
      const times: number[] = []
      let calls = 0
      for (let run = 0; run < RUNS; run++) {
        const fromMs = systemClock.now()
        calls = (await index.list(query, hash)).calls.length
        times.push(systemClock.now() - fromMs)
      }
      times.sort((one, other) => one - other)
      const [median = 0, longest = 0] = [times[RUNS / 2], times.at(-1)]
      process.stdout.write(
        `${what.padEnd(40)} ${median.toFixed(1).padStart(7)} ${longest.toFixed(1).padStart(7)}  (${calls})\n`,
      )
    }
  } finally {
    await database.close()
    await rm(folder, { recursive: true })
  }
}

await main()
