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

/** Beyond this the callers and stand-ins themselves are late, and what is measured is them. */
const MOST_OTHER_LOAD = 0.7
/** Beyond this, in processors, something else runs on the machine, and takes time from the server. */
const MOST_FOREIGN_LOAD = 0.3
const AUTH_TOKEN = 'bench-auth-token'
const SPREAD_MS = 2_000

/** A call that is over, by its recording and by its journal. */
export interface Rung {
  readonly record: CallRecord
  readonly lines: readonly JournalLine[]
  /** Where on the recording's timeline a time of the journal lies, to some 10 ms. */
  readonly positionMs: (atMs: number) => number
  readonly ownMs: readonly number[]
  /** How much sooner each answer came because it was drafted. */
  readonly savedMs: readonly number[]
  /** Drafts that were thrown away. */
  readonly wasted: number
  /** Frames by how many ms late they left. */
  readonly lateByMs: readonly number[]
}

/** What a round of calls took of the machine. */
export interface Load {
  readonly serverCpuMs: number
  readonly callSeconds: number
  readonly otherLoad: number
  /** How much of one processor something used that is no part of the bench. */
  readonly foreignLoad: number
  readonly bytesPerCall: number
}

/** One server on a processor of its own, and whoever rings it on the other. */
export interface Exchange {
  /** One round: all callers at once; memory is read while they talk. */
  round(scripts: readonly Script[]): Promise<{ readonly rung: readonly Rung[]; readonly load: Load }>
  /** Ends it all; false, and the server's log is printed, if the server did not end cleanly. */
  close(): Promise<boolean>
}

/** Starts the sandbox and the server; `env` are settings of the server. */
export async function openExchange(
  profile: ProfileName,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Exchange> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const sandbox = await startSandbox({ port: 0, profile, under: pinnedTo(1) }, signal)
  const settings = { MAX_CALLS: '1000', LOG_LEVEL: 'warn', ...env }
  const server = await startServer(
    { sandbox, dataDir, authToken: AUTH_TOKEN, env: settings, under: pinnedTo(0) },
    clock,
    signal,
  )
  const ticker = openTicker(clock)
  let seed = 0

  async function ringOne(script: Script): Promise<Rung> {
    const mySeed = ++seed
    await clock.sleep(((mySeed * 0.618_034) % 1) * SPREAD_MS, signal)
    let zeroWallMs = Number.POSITIVE_INFINITY
    const record = await ring(
      {
        ...server.rungBy(script),
        seed: mySeed,
        ticker,
        onEvent: event => {
          zeroWallMs = Math.min(zeroWallMs, wallOfZeroMs(event))
        },
      },
      signal,
    )
    const story = new Story(english)
    const lines = await readJournal(join(dataDir, 'calls', record.callSid, 'journal.jsonl'))
    const told = lines.flatMap(line => story.take(line))
    const paced = lines.find(line => 'noted' in line && line.noted.kind === 'frames-paced')
    const began = lines.find(line => 'started' in line)
    const journalWallMs = began && 'started' in began ? Date.parse(began.started.wallTime) - began.atMs : Number.NaN
    return {
      record,
      lines,
      positionMs: atMs => atMs + journalWallMs - zeroWallMs,
      ownMs: told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.ownMs] : [])),
      savedMs: told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.savedMs] : [])),
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
      const rung = await Promise.all(scripts.map(ringOne))
      watching.abort()
      await watched
      const after = used()
      const elapsedMs = after.atMs - before.atMs
      const serverCpuMs = after.server - before.server
      const otherCpuMs = after.other - before.other
      return {
        rung,
        load: {
          serverCpuMs,
          callSeconds: rung.reduce((sum, { record }) => sum + record.legs.caller.length / 8_000, 0),
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
      if (closed.code !== 0) say(`The server ended with ${closed.code}:\n${closed.log}`)
      return closed.code === 0
    },
  }
}

/** The calendar's time of the recording's first sample: an utterance begins in the slot whose 20 ms have just gone by. */
function wallOfZeroMs(event: CallEvent): number {
  return event.kind === 'utterance' ? clock.wallTime().getTime() - event.atMs - SLOT_MS : Number.POSITIVE_INFINITY
}

/** Waits between the ends of turns and what answered them. */
export const gapsOf = ({ record }: Rung): readonly number[] =>
  record.gaps.flatMap(gap => (gap.kind === 'answered' ? [gap.gapMs] : []))

/** Prints why a bench is void or its calls broke; true if it is neither. */
export function stands(rung: readonly Rung[], loads: readonly Load[], calls: number): boolean {
  const otherLoad = Math.max(...loads.map(load => load.otherLoad))
  const broken = rung.filter(({ record }) => record.gaveUp || record.warnings.length > 0)
  for (const { record } of broken.slice(0, 5)) say(`  ${record.script}: ${record.why}; ${record.warnings.join('; ')}`)
  if (pinnedTo(0).length === 0)
    say('taskset is not on this machine: nothing was pinned, and the figures are of a shared machine')
  if (otherLoad > MOST_OTHER_LOAD)
    say(
      `VOID: the other core was over ${MOST_OTHER_LOAD * 100} % busy with ${calls} calls, so the callers were late themselves.`,
    )
  const foreignLoad = Math.max(...loads.map(load => load.foreignLoad))
  if (foreignLoad > MOST_FOREIGN_LOAD)
    say(`VOID: something else used ${(foreignLoad * 100).toFixed(0)} % of a processor, so the server was late by that.`)
  return broken.length === 0 && otherLoad <= MOST_OTHER_LOAD && foreignLoad <= MOST_FOREIGN_LOAD
}
