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
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker, SLOT_MS, type Ticker } from '../../src/sandbox/twilio/ticker.ts'
import { say } from './figures.ts'
import { cpuMs, cpuMsOfAll, machineCpuMs, pinnedTo, residentBytes } from './process-usage.ts'

/** Above this the callers and stand-ins are late themselves, which distorts the measurements. */
export const MOST_OTHER_LOAD = 0.7
/** Above this share of one processor, other programs take time from the server. */
const MOST_FOREIGN_LOAD = 0.3
const AUTH_TOKEN = 'bench-auth-token'
const SPREAD_MS = 2_000
const SEALED_WITHIN_MS = 10_000

/** What is measured on a call's recording, whichever way the caller came. */
export type Recorded = Pick<CallRecord, 'script' | 'utterances' | 'legs' | 'gaps' | 'gaveUp' | 'why' | 'warnings'>

/** A finished call with its recording and its journal. */
export interface FinishedCall<R extends Recorded = CallRecord> {
  readonly record: R
  readonly lines: readonly JournalLine[]
  /** Converts a journal time to the recording's timeline, to about 10 ms. */
  readonly positionMs: (atMs: number) => number
  readonly ownMs: readonly number[]
  /** From the last voiced sample received to the first frame sent. */
  readonly totalMs: readonly number[]
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
  /** The share of one processor that each part used, the server and the other core's parts. */
  readonly shares: Readonly<Record<string, number>>
  /** The share of one processor that other programs used. */
  readonly foreignLoad: number
  readonly bytesPerCall: number
}

/** A call whose caller has left. */
export interface PlacedCall<R extends Recorded> {
  readonly record: R
  readonly callId: string
  /** The wall time at which the recording begins. */
  readonly zeroWallMs: number
}

export interface Round<R extends Recorded> {
  readonly finished: readonly FinishedCall<R>[]
  readonly load: Load
}

/** One server on its own processor, and its callers on the other. */
export interface TestBed {
  readonly server: ServerProcess
  readonly sandbox: SandboxProcess
  readonly ticker: Ticker
  /** Rings all at once and measures memory during the calls. */
  round(scripts: readonly Script[]): Promise<Round<CallRecord>>
  /** As `round`, for callers who come another way. Each gets a seed of its own. */
  roundBy<R extends Recorded>(
    place: (script: Script, seed: number) => Promise<PlacedCall<R>>,
    scripts: readonly Script[],
  ): Promise<Round<R>>
  /** Stops everything. Returns false and prints the server's log if the server did not exit cleanly. */
  close(): Promise<boolean>
}

/**
 * Starts the sandbox and the server. `env` holds the server's settings; `others` are more processes on the other core, by
 * name. `under` is the command that the server is run under; by default it has the first core alone.
 */
export async function openTestBed(
  profile: ProfileName,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  others: Readonly<Record<string, number>> = {},
  under: readonly string[] = pinnedTo(0),
): Promise<TestBed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const sandbox = await startSandbox({ port: 0, profile, under: pinnedTo(1) }, signal)
  const settings = { MAX_CALLS: '1000', ...env }
  const server = await startServer({ sandbox, dataDir, authToken: AUTH_TOKEN, env: settings, under }, clock, signal)
  const ticker = openTicker(clock)
  const pids = { server: server.pid, sandbox: sandbox.pid, callers: process.pid, ...others }
  let seed = 0

  async function ringOnce(script: Script, callSeed: number): Promise<PlacedCall<CallRecord>> {
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
    return { record, callId: record.callSid, zeroWallMs }
  }

  /** The record of a call is sealed a moment after its line is closed. */
  async function journalOf(callId: string): Promise<readonly JournalLine[]> {
    const untilMs = clock.now() + SEALED_WITHIN_MS
    while (true) {
      const lines = await readJournal(join(dataDir, 'calls', callId, 'journal.jsonl'))
      if (lines.some(isPaced) || clock.now() > untilMs) return lines
      await clock.sleep(50, signal)
    }
  }

  async function roundBy<R extends Recorded>(
    place: (script: Script, seed: number) => Promise<PlacedCall<R>>,
    scripts: readonly Script[],
  ): Promise<Round<R>> {
    const used = () => ({
      atMs: clock.now(),
      machine: machineCpuMs(),
      parts: Object.entries(pids).map(
        ([name, pid]) => [name, pid === server.pid ? cpuMsOfAll(pid) : cpuMs(pid)] as const,
      ),
    })
    async function runCall(script: Script): Promise<FinishedCall<R>> {
      const callSeed = ++seed
      await clock.sleep(((callSeed * 0.618_034) % 1) * SPREAD_MS, signal)
      const placed = await place(script, callSeed)
      return finishedCall(placed, await journalOf(placed.callId))
    }
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
    const usedMs = after.parts.map(([name, ms], i) => [name, ms - (before.parts[i]?.[1] ?? 0)] as const)
    const serverCpuMs = usedMs[0]?.[1] ?? 0
    const allCpuMs = usedMs.reduce((sum, [, ms]) => sum + ms, 0)
    return {
      finished,
      load: {
        serverCpuMs,
        callSeconds: finished.reduce((sum, { record }) => sum + record.legs.caller.length / 8_000, 0),
        otherLoad: (allCpuMs - serverCpuMs) / elapsedMs,
        shares: Object.fromEntries(usedMs.map(([name, ms]) => [name, ms / elapsedMs])),
        foreignLoad: (after.machine - before.machine - allCpuMs) / elapsedMs,
        bytesPerCall: (mostBytes - idleBytes) / scripts.length,
      },
    }
  }

  return {
    ...{ server, sandbox, ticker, roundBy },
    round: scripts => roundBy(ringOnce, scripts),
    async close() {
      const closed = await server.close()
      await sandbox.close()
      await rm(dataDir, { recursive: true, force: true })
      if (closed.code !== 0) say(`The server exited with ${closed.code}:\n${closed.log}`)
      return closed.code === 0
    },
  }
}

const isPaced = (line: JournalLine): boolean => 'noted' in line && line.noted.kind === 'frames-paced'

/** Puts a call's recording and its journal together. */
function finishedCall<R extends Recorded>(
  { record, zeroWallMs }: PlacedCall<R>,
  lines: readonly JournalLine[],
): FinishedCall<R> {
  const story = new Story(english)
  const latencies = lines
    .flatMap(line => story.take(line))
    .flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency] : []))
  const paced = lines.find(isPaced)
  const startLine = lines.find(line => 'started' in line)
  const journalWallMs =
    startLine && 'started' in startLine ? Date.parse(startLine.started.wallTime) - startLine.atMs : Number.NaN
  return {
    record,
    lines,
    positionMs: atMs => atMs + journalWallMs - zeroWallMs,
    ownMs: latencies.map(({ ownMs }) => ownMs),
    totalMs: latencies.map(({ totalMs }) => totalMs),
    savedMs: latencies.map(({ savedMs }) => savedMs),
    wasted: lines.filter(line => 'used' in line && line.used.kind === 'draft-wasted').length,
    lateByMs: paced && 'noted' in paced ? z.array(z.number()).parse(paced.noted.byMs) : [],
  }
}

/** The wall time of the recording's first sample: an utterance starts in the 20 ms slot that has just ended. */
function wallOfZeroMs(event: CallEvent): number {
  return event.kind === 'utterance' ? clock.wallTime().getTime() - event.atMs - SLOT_MS : Number.POSITIVE_INFINITY
}

/** The times from the ends of turns to their answers. */
export const gapsOf = ({ record }: Pick<FinishedCall<Recorded>, 'record'>): readonly number[] =>
  record.gaps.flatMap(gap => (gap.kind === 'answered' ? [gap.gapMs] : []))

/** False if the run is void or calls failed; prints why. */
export function isValid(finished: readonly FinishedCall<Recorded>[], loads: readonly Load[], calls: number): boolean {
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
