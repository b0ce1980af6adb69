import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { systemClock as clock } from '../../src/clock.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { Story } from '../../src/journal/story.ts'
import { english } from '../../src/languages/english.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import type { ProfileName } from '../../src/sandbox/delays.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker, SLOT_MS } from '../../src/sandbox/twilio/ticker.ts'
import { say } from './figures.ts'
import { cpuMs, machineCpuMs, pinnedTo, residentBytes } from './process-usage.ts'

/** Above this the callers and stand-ins are late themselves, which distorts the measurements. */
const MOST_OTHER_LOAD = 0.7
/** Above this share of one processor, other programs take time from the server. */
const MOST_FOREIGN_LOAD = 0.3
const AUTH_TOKEN = 'bench-auth-token'
const SPREAD_MS = 2_000

/** A finished call with its recording and its journal. */
export interface FinishedCall {
  readonly record: CallRecord
  readonly lines: readonly JournalLine[]
  /** Converts a journal time to the recording's timeline, to about 10 ms. */
  readonly positionMs: (atMs: number) => number
  readonly ownMs: readonly number[]
  /** The time saved by drafting each answer. */
  readonly savedMs: readonly number[]
  /** The number of discarded drafts. */
  readonly wasted: number
  /** Counts of frames by their lateness in ms. */
  readonly lateByMs: readonly number[]
}

/** What a round of calls used of the machine. */
export interface Load {
  readonly serverCpuMs: number
  readonly callSeconds: number
  readonly otherLoad: number
  /** The share of one processor that other programs used. */
  readonly foreignLoad: number
  readonly bytesPerCall: number
}

/** One server on its own processor, and its callers on the other. */
export interface TestBed {
  /** Runs all calls at once and measures memory during them. */
  round(scripts: readonly Script[]): Promise<{ readonly finished: readonly FinishedCall[]; readonly load: Load }>
  /** Stops everything. Returns false and prints the server's log if the server did not exit cleanly. */
  close(): Promise<boolean>
}

/** Starts the sandbox and the server. `env` holds the server's settings. */
export async function openTestBed(
  profile: ProfileName,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<TestBed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const sandbox = await startSandbox({ port: 0, profile, under: pinnedTo(1) }, signal)
  const settings = { MAX_CALLS: '1000', ...env }
  const server = await startServer(
    { sandbox, dataDir, authToken: AUTH_TOKEN, env: settings, under: pinnedTo(0) },
    clock,
    signal,
  )
  const ticker = openTicker(clock)
  let seed = 0

  async function runCall(script: Script): Promise<FinishedCall> {
    const callSeed = ++seed
    await clock.sleep(((callSeed * 0.618_034) % 1) * SPREAD_MS, signal)
    let zeroWallMs = Number.POSITIVE_INFINITY
    const record = await ring(
      {
        ...server.rungBy(script),
        seed: callSeed,
        ticker,
        onEvent: event => {
          zeroWallMs = Math.min(zeroWallMs, wallOfZeroMs(event))
        },
      },
      signal,
    )
    const story = new Story(english)
    const lines = await readJournal(join(dataDir, 'calls', record.callSid, 'journal.jsonl'))
    const storyEvents = lines.flatMap(line => story.take(line))
    const paced = lines.find(line => 'noted' in line && line.noted.kind === 'frames-paced')
    const startLine = lines.find(line => 'started' in line)
    const journalWallMs =
      startLine && 'started' in startLine ? Date.parse(startLine.started.wallTime) - startLine.atMs : Number.NaN
    return {
      record,
      lines,
      positionMs: atMs => atMs + journalWallMs - zeroWallMs,
      ownMs: storyEvents.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.ownMs] : [])),
      savedMs: storyEvents.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.savedMs] : [])),
      wasted: lines.filter(line => 'used' in line && line.used.kind === 'draft-wasted').length,
      lateByMs: paced && 'noted' in paced ? z.array(z.number()).parse(paced.noted.byMs) : [],
    }
  }

  return {
    async round(scripts) {
      const used = () => ({
        atMs: clock.now(),
        server: cpuMs(server.pid),
        other: cpuMs(sandbox.pid) + cpuMs(process.pid),
        machine: machineCpuMs(),
      })
      const before = used()
      const idleBytes = residentBytes(server.pid)
      let mostBytes = 0
      const watching = new AbortController()
      const watched = (async () => {
        while (true) {
          await clock.sleep(500, watching.signal)
          mostBytes = Math.max(mostBytes, residentBytes(server.pid))
        }
      })().catch(() => undefined)
      const finished = await Promise.all(scripts.map(runCall))
      watching.abort()
      await watched
      const after = used()
      const elapsedMs = after.atMs - before.atMs
      const serverCpuMs = after.server - before.server
      const otherCpuMs = after.other - before.other
      return {
        finished,
        load: {
          serverCpuMs,
          callSeconds: finished.reduce((sum, { record }) => sum + record.legs.caller.length / 8_000, 0),
          otherLoad: otherCpuMs / elapsedMs,
          foreignLoad: (after.machine - before.machine - serverCpuMs - otherCpuMs) / elapsedMs,
          bytesPerCall: (mostBytes - idleBytes) / scripts.length,
        },
      }
    },
    async close() {
      const closed = await server.close()
      await sandbox.close()
      await rm(dataDir, { recursive: true, force: true })
      if (closed.code !== 0) say(`The server exited with ${closed.code}:\n${closed.log}`)
      return closed.code === 0
    },
  }
}

/** The wall time of the recording's first sample: an utterance starts in the 20 ms slot that has just ended. */
function wallOfZeroMs(event: CallEvent): number {
  return event.kind === 'utterance' ? clock.wallTime().getTime() - event.atMs - SLOT_MS : Number.POSITIVE_INFINITY
}

/** The times from the ends of turns to their answers. */
export const gapsOf = ({ record }: FinishedCall): readonly number[] =>
  record.gaps.flatMap(gap => (gap.kind === 'answered' ? [gap.gapMs] : []))

/** False if the run is void or calls failed; prints why. */
export function isValid(finished: readonly FinishedCall[], loads: readonly Load[], calls: number): boolean {
  const otherLoad = Math.max(...loads.map(load => load.otherLoad))
  const broken = finished.filter(({ record }) => record.gaveUp || record.warnings.length > 0)
  for (const { record } of broken.slice(0, 5)) say(`  ${record.script}: ${record.why}; ${record.warnings.join('; ')}`)
  if (pinnedTo(0).length === 0)
    say('taskset is missing: nothing was pinned, so server and callers shared the processors')
  if (otherLoad > MOST_OTHER_LOAD)
    say(
      `VOID: the other core was over ${MOST_OTHER_LOAD * 100} % busy with ${calls} calls, so the callers themselves were late.`,
    )
  const foreignLoad = Math.max(...loads.map(load => load.foreignLoad))
  if (foreignLoad > MOST_FOREIGN_LOAD)
    say(`VOID: other programs used ${(foreignLoad * 100).toFixed(0)} % of a processor, which delayed the server.`)
  return broken.length === 0 && otherLoad <= MOST_OTHER_LOAD && foreignLoad <= MOST_FOREIGN_LOAD
}
