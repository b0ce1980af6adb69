import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock as clock } from '../../src/clock.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { Story } from '../../src/journal/story.ts'
import type { CallRecord } from '../../src/sandbox/call-record.ts'
import { isProfileName } from '../../src/sandbox/delays.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { ring } from '../../src/sandbox/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/ticker.ts'
import { cpuMs, pinnedTo, residentBytes } from './process-usage.ts'

const USAGE = `npm run bench -- [--calls 20] [--turns 200] [--profile fast|typical|peer]
Rings so many callers at once, again and again until so many complete turns were answered; then the turns that trail off,
spell digits or need a tool. The server has one core for itself, all else runs on the other.`
const AUTH_TOKEN = 'bench-auth-token'
/** Beyond this the callers and stand-ins themselves are late, and what is measured is them. */
const MOST_OTHER_LOAD = 0.7
const SPREAD_MS = 2_000
const PINNED = 'PARTYLINE_BENCH_PINNED'

interface Rung {
  readonly record: CallRecord
  readonly ownMs: readonly number[]
  /** How much sooner each answer came because it was drafted. */
  readonly savedMs: readonly number[]
  /** Drafts that were thrown away. */
  readonly wasted: number
  /** Frames by how many ms late they left. */
  readonly lateByMs: readonly number[]
}

interface Load {
  readonly serverCpuMs: number
  readonly callSeconds: number
  readonly otherLoad: number
  readonly bytesPerCall: number
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

async function bench(
  calls: number,
  turns: number,
  profile: 'fast' | 'typical' | 'peer',
  signal: AbortSignal,
): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const sandbox = await startSandbox({ port: 0, profile, under: pinnedTo(1) }, signal)
  const env = { MAX_CALLS: '1000', LOG_LEVEL: 'warn' }
  const server = await startServer({ sandbox, dataDir, authToken: AUTH_TOKEN, env, under: pinnedTo(0) }, clock, signal)
  const ticker = openTicker(clock)
  let seed = 0

  async function ringOne(script: Script): Promise<Rung> {
    const mySeed = ++seed
    await clock.sleep(((mySeed * 0.618_034) % 1) * SPREAD_MS, signal)
    const record = await ring(
      {
        dialUrl: server.url,
        publicUrl: server.url,
        authToken: AUTH_TOKEN,
        accountSid: `AC${'0'.repeat(32)}`,
        from: script.from,
        to: '+15550100000',
        script,
        seed: mySeed,
        ticker,
        announceUrl: sandbox.deepgramUrl,
      },
      signal,
    )
    const story = new Story()
    const lines = await readJournal(join(dataDir, 'calls', record.callSid, 'journal.jsonl'))
    const told = lines.flatMap(line => story.take(line))
    const paced = lines.find(line => 'noted' in line && line.noted.kind === 'frames-paced')
    return {
      record,
      ownMs: told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.ownMs] : [])),
      savedMs: told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.savedMs] : [])),
      wasted: lines.filter(line => 'used' in line && line.used.kind === 'draft-wasted').length,
      lateByMs: paced && 'noted' in paced ? z.array(z.number()).parse(paced.noted.byMs) : [],
    }
  }

  /** One round: all callers at once; memory is read while they talk. */
  async function round(scripts: readonly Script[]): Promise<{ rung: readonly Rung[]; load: Load }> {
    const before = { atMs: clock.now(), server: cpuMs(server.pid), other: cpuMs(sandbox.pid) + cpuMs(process.pid) }
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
    const elapsedMs = clock.now() - before.atMs
    return {
      rung,
      load: {
        serverCpuMs: cpuMs(server.pid) - before.server,
        callSeconds: rung.reduce((sum, { record }) => sum + record.legs.caller.length / 8_000, 0),
        otherLoad: (cpuMs(sandbox.pid) + cpuMs(process.pid) - before.other) / elapsedMs,
        bytesPerCall: (mostBytes - idleBytes) / scripts.length,
      },
    }
  }

  const [plain, tools, hesitant] = await Promise.all(['bench', 'bench-tools', 'bench-hesitant'].map(loadNamedFixture))
  if (!plain || !tools || !hesitant) throw new Error('the bench fixtures are not there')
  say(`Partyline bench: ${calls} calls at once, profile ${profile}. Warming up …`)
  await round([plain, tools, hesitant])
  const complete: Rung[] = []
  const loads: Load[] = []
  while (complete.flatMap(gapsOf).length < turns) {
    const { rung, load } = await round(Array.from({ length: calls }, () => plain))
    complete.push(...rung)
    loads.push(load)
    say(`  ${complete.flatMap(gapsOf).length} complete turns …`)
  }
  const others = await round(Array.from({ length: Math.min(calls, 20) }, (_, i) => (i % 2 === 0 ? tools : hesitant)))
  const closed = await server.close()
  await sandbox.close()
  await rm(dataDir, { recursive: true, force: true })
  if (closed.code !== 0) say(`The server ended with ${closed.code}:\n${closed.log}`)
  return report(calls, complete, others.rung, loads) && closed.code === 0
}

const gapsOf = ({ record }: Rung): readonly number[] =>
  record.gaps.flatMap(gap => (gap.kind === 'answered' ? [gap.gapMs] : []))

function report(calls: number, complete: readonly Rung[], others: readonly Rung[], loads: readonly Load[]): boolean {
  const row = (name: string, values: readonly number[], unit = 'ms', digits = 0): void =>
    say(
      `${name.padEnd(44)} ${String(values.length).padStart(5)}  ${[0.5, 0.95, 0.99]
        .map(q => quantile(values, q).toFixed(digits).padStart(7))
        .join(' ')}  ${unit}`,
    )
  const of = (name: string): readonly Rung[] => others.filter(({ record }) => record.script === name)
  const all = [...complete, ...others]
  const sum = (pick: (load: Load) => number): number => loads.reduce((total, load) => total + pick(load), 0)
  const otherLoad = Math.max(...loads.map(load => load.otherLoad))
  say(`\n${''.padEnd(44)}     n      p50     p95     p99`)
  row('latency, complete turns', complete.flatMap(gapsOf))
  row('first sound, turns with a tool', of('bench-tools').flatMap(gapsOf))
  row('latency, trailing off and digits', of('bench-hesitant').flatMap(gapsOf))
  row(
    'own latency, all turns',
    all.flatMap(({ ownMs }) => ownMs),
    'ms',
    1,
  )
  row(
    'saved by drafts, complete turns',
    complete.flatMap(({ savedMs }) => savedMs),
  )
  row(
    'greeting: first frame after start',
    all.flatMap(({ record }) => record.greetingAfterMs ?? []),
  )
  const frames: number[] = []
  for (const { lateByMs } of all) for (const [ms, count] of lateByMs.entries()) frames[ms] = (frames[ms] ?? 0) + count
  say(latenessRow(Array.from(frames, count => count ?? 0)))
  say(
    `CPU a second of call                         ${(sum(load => load.serverCpuMs) / sum(load => load.callSeconds)).toFixed(1)} ms`,
  )
  say(
    `memory a call                                ${(Math.max(...loads.map(load => load.bytesPerCall)) / 1e6).toFixed(2)} MB`,
  )
  say(`load of the other core                       ${(otherLoad * 100).toFixed(0)} %`)
  const spoken = all.flatMap(({ record }) => record.gaps)
  const wasted = complete.reduce((total, rung) => total + rung.wasted, 0)
  say(
    `drafts thrown away, complete turns           ${((wasted / complete.flatMap(gapsOf).length) * 100).toFixed(0)} % of the turns`,
  )
  const unanswered = spoken.filter(gap => gap.kind === 'unanswered').length
  const over = spoken.filter(gap => gap.kind === 'spoken-over').length
  say(`turns unanswered, and spoken over            ${unanswered}, ${over} of ${spoken.length}`)
  const broken = all.filter(({ record }) => record.gaveUp || record.warnings.length > 0)
  for (const { record } of broken.slice(0, 5)) say(`  ${record.script}: ${record.why}; ${record.warnings.join('; ')}`)
  if (pinnedTo(0).length === 0)
    say('taskset is not on this machine: nothing was pinned, and the figures are of a shared machine')
  if (otherLoad > MOST_OTHER_LOAD)
    say(
      `VOID: the other core was over ${MOST_OTHER_LOAD * 100} % busy with ${calls} calls, so the callers were late themselves.`,
    )
  return broken.length === 0 && otherLoad <= MOST_OTHER_LOAD
}

/** The row of all frames of all calls, to the whole millisecond upwards. */
function latenessRow(byMs: readonly number[]): string {
  const total = byMs.reduce((sum, count) => sum + count, 0)
  const at = (q: number): string => {
    let seen = 0
    const ms = byMs.findIndex(count => {
      seen += count
      return seen >= q * total
    })
    return ms.toFixed(0).padStart(7)
  }
  return `${'frame lateness, at most'.padEnd(44)} ${String(total).padStart(5)}  ${[0.5, 0.95, 0.99].map(at).join(' ')}  ms`
}

async function main(): Promise<void> {
  const options = {
    calls: { type: 'string', default: '20' },
    turns: { type: 'string', default: '200' },
    profile: { type: 'string', default: 'fast' },
  } as const
  const { values } = parseArgs({ options })
  const [calls, turns] = [Number(values.calls), Number(values.turns)]
  if (!Number.isInteger(calls) || calls < 1 || calls > 200)
    throw new Error(`--calls ${values.calls}: 1 to 200\n${USAGE}`)
  if (!Number.isInteger(turns) || turns < 1) throw new Error(`--turns ${values.turns}: 1 or more\n${USAGE}`)
  if (!isProfileName(values.profile)) throw new Error(`--profile ${values.profile} is not known\n${USAGE}`)
  const pin = pinnedTo(1)
  if (pin.length > 0 && process.env[PINNED] === undefined) {
    const [command = '', ...rest] = [...pin, process.execPath, ...process.argv.slice(1)]
    process.exit(spawnSync(command, rest, { stdio: 'inherit', env: { ...process.env, [PINNED]: '1' } }).status ?? 1)
  }
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('interrupted')))
  process.exit((await bench(calls, turns, values.profile, stop.signal)) ? 0 : 1)
}

main().catch(error => {
  process.stderr.write(`The bench broke: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
})
