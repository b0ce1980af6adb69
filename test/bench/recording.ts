import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { noRecording, openRecording } from '../../src/journal/recording.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { openLog } from '../../src/operations/log.ts'
import { openCallRecords } from '../../src/records/call-records.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { AGENT, POLICY } from '../fakes/call.ts'
import { say } from './figures.ts'

/**
 * What it costs to keep calls: `npm run bench:recording [-- --calls N --seconds S --rounds R]`. Nothing but the records of
 * N calls at once is made, in real time, of the lines of a recorded call and of sound on both sides: journal, commits,
 * recording, checksums and index, on a real disk and SQLite. Prints the CPU of this process and its threads in ms a second
 * of call, with RECORDING off and on, less what the same calls cost when nothing is kept of them. The median of the rounds.
 */
const RECORDED = new URL('../../fixtures/calls/recorded-tasks/journal.jsonl', import.meta.url)
const RATE_HZ = 8_000
const FRAME_MS = 20
const FRAME_SAMPLES = (RATE_HZ * FRAME_MS) / 1_000
/** Callers and agents take turns of so many frames. */
const FRAMES_A_TURN = 200
const PLAYS_LATER_MS = 200

const KEPT = ['nothing', 'RECORDING=off', 'RECORDING=on'] as const
type Kept = (typeof KEPT)[number]

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
  },
})
const [calls, seconds, rounds] = [values.calls, values.seconds, values.rounds].map(Number) as [number, number, number]
const signal = new AbortController().signal

const lines = (await readFile(RECORDED, 'utf8'))
  .split('\n')
  .filter(text => text !== '')
  .map(text => JSON.parse(text) as JournalLine)

const draw = seeded(1)
const sound = Array.from({ length: 50 }, () =>
  Int16Array.from({ length: FRAME_SAMPLES }, () => draw() * 20_000 - 10_000),
)
const soundOf = (frame: number): Int16Array => sound[frame % sound.length] ?? new Int16Array(FRAME_SAMPLES)

/** The CPU of keeping these calls, in ms a second of call. */
async function round(kept: Kept): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const database = await openDatabase(`sqlite:${folder}/bench.sqlite`)
  const store = await storeIn(database)
  const callsFolder = join(folder, 'calls')
  const records = await openCallRecords({
    ...{ clock, database, store, callsFolder, network: systemNetwork, language: english, version: '1' },
    ...{ forgets: [], forgetsOfCaller: [], server: { id: '1', name: 'the bench' } },
    settings: readSettings({ TWILIO_AUTH_TOKEN: 'token' }),
    log: openLog('silent', false),
  })
  const open = await Promise.all(
    Array.from({ length: calls }, (_, i) =>
      opened(`CA${i}`, { kept, folder: join(callsFolder, `CA${i}`), store, records }),
    ),
  )
  const before = process.cpuUsage()
  const startMs = clock.now()
  for (let frame = 0; frame * FRAME_MS < seconds * 1_000; frame++) {
    for (const call of open) call.frame(frame)
    await clock.sleep(startMs + (frame + 1) * FRAME_MS - clock.now(), signal)
  }
  await Promise.all(open.map(call => call.close()))
  await records.keeper.idle()
  const { user, system } = process.cpuUsage(before)
  await database.close()
  await rm(folder, { recursive: true })
  return (user + system) / 1_000 / (calls * seconds)
}

interface Given {
  readonly kept: Kept
  readonly folder: string
  readonly store: Awaited<ReturnType<typeof storeIn>>
  readonly records: Awaited<ReturnType<typeof openCallRecords>>
}

async function opened(callId: string, { kept, folder, store, records }: Given) {
  const startMs = clock.now()
  const recording = kept === 'RECORDING=on' ? openRecording(join(folder, 'call-1.wav'), RATE_HZ) : noRecording
  const stream = kept === 'nothing' ? undefined : records.keeper.begin(begun(callId))
  const onLine = (line: JournalLine): void => stream?.take(line)
  const file = join(folder, 'journal.jsonl')
  const journal =
    kept === 'nothing'
      ? undefined
      : await openJournal({ callId, attempt: 1, file, store, clock, startMs, afterSeq: 0, onLine })
  let next = 0

  return {
    /** Sound of both sides, and the lines that are due. */
    frame(frame: number): void {
      const atMs = frame * FRAME_MS
      const isAgents = Math.floor(frame / FRAMES_A_TURN) % 2 === 0
      recording.caller(soundOf(frame), atMs, startMs + atMs)
      if (isAgents) recording.agent(soundOf(frame + 7), startMs + atMs + PLAYS_LATER_MS)
      for (let line = lines[next]; line && line.atMs <= atMs; line = lines[++next]) {
        const { v: _v, seq: _seq, atMs: _atMs, ...said } = line
        journal?.append(said)
        // As the conversation does, when the caller has heard a reply.
        if ('decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'listening')
          journal?.commit(signal).catch(() => undefined)
      }
    },
    async close(): Promise<void> {
      const problems = await Promise.all([journal?.close() ?? [], recording.close()])
      stream?.over(problems.flat())
    },
  }
}

const begun = (callId: string) => ({
  ...{ callId, attempt: 1, agent: AGENT, channelName: 'phone', policy: POLICY, tools: [], before: [] },
  ...{ startedAt: clock.wallTime(), number: '+15550100201' },
})

const found = new Map<Kept, number[]>(KEPT.map(kept => [kept, []]))
for (let i = 0; i < rounds; i++) for (const kept of KEPT) found.get(kept)?.push(await round(kept))
const medianOf = (kept: Kept): number =>
  (found.get(kept) ?? []).toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN
const [none, off, on] = KEPT.map(medianOf) as [number, number, number]
say(`${calls} calls at once, ${seconds} s each, ${rounds} rounds; CPU in ms a second of call`)
say(`the calls themselves, nothing kept    ${none.toFixed(2)}`)
say(`RECORDING=off: journal and index      ${(off - none).toFixed(2)}`)
say(`RECORDING=on: with both sides' sound  ${(on - none).toFixed(2)}`)
