import { parseArgs } from 'node:util'
import { quantile } from '../../src/compare/quantile.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { isProfileName, type ProfileName } from '../../src/sandbox/delays.ts'
import { say } from './figures.ts'
import { type FinishedCall, gapsOf, isValid, type Load, openTestBed } from './load.ts'
import { benchLocal, lateFrames, sayLate } from './local.ts'
import { benchMeasured } from './measured.ts'
import { runPinned } from './pinned.ts'
import { benchTraced } from './traced.ts'

const USAGE = `npm run bench -- [--calls 20] [--turns 200] [--profile fast|typical|peer|local] [--metrics | --traces | --local | --ears local]
Runs rounds of simultaneous calls until the given number of complete turns was answered, then calls whose turns trail off,
spell digits or need a tool. The server has one core to itself; everything else runs on the other.
With --metrics it compares a server with metrics and recording on with one that has neither;
with --traces one that sends traces to a collector with one that does not.
With --local this machine listens, answers by the script and speaks by itself, without any vendor's delay (profile local),
for one call where --calls says nothing else; with --ears local it listens, to twelve calls.`

async function bench(calls: number, turns: number, profile: ProfileName, signal: AbortSignal): Promise<boolean> {
  const testBed = await openTestBed(profile, {}, signal)
  const [plain, tools, hesitant] = await Promise.all(['bench', 'bench-tools', 'bench-hesitant'].map(loadNamedFixture))
  if (!plain || !tools || !hesitant) throw new Error('the bench fixtures are not there')
  say(`Partyline bench: ${calls} calls at once, profile ${profile}. Warming up …`)
  await testBed.round([plain, tools, hesitant])
  const complete: FinishedCall[] = []
  const loads: Load[] = []
  while (complete.flatMap(gapsOf).length < turns) {
    const { finished, load } = await testBed.round(Array.from({ length: calls }, () => plain))
    complete.push(...finished)
    loads.push(load)
    say(`  ${complete.flatMap(gapsOf).length} complete turns …`)
  }
  const mixed = Array.from({ length: Math.min(calls, 20) }, (_, i) => (i % 2 === 0 ? tools : hesitant))
  const others = await testBed.round(mixed)
  const closed = await testBed.close()
  return report(calls, complete, others.finished, loads) && closed
}

function report(
  calls: number,
  complete: readonly FinishedCall[],
  others: readonly FinishedCall[],
  loads: readonly Load[],
): boolean {
  const row = (name: string, values: readonly number[], unit = 'ms', digits = 0): void =>
    say(
      `${name.padEnd(44)} ${String(values.length).padStart(5)}  ${[0.5, 0.95, 0.99]
        .map(q => quantile(values, q).toFixed(digits).padStart(7))
        .join(' ')}  ${unit}`,
    )
  const of = (name: string): readonly FinishedCall[] => others.filter(({ record }) => record.script === name)
  const all = [...complete, ...others]
  const sum = (pick: (load: Load) => number): number => loads.reduce((total, load) => total + pick(load), 0)
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
  sayLate(lateFrames(all))
  say(
    `CPU a second of call                         ${(sum(load => load.serverCpuMs) / sum(load => load.callSeconds)).toFixed(1)} ms`,
  )
  say(
    `memory a call                                ${(Math.max(...loads.map(load => load.bytesPerCall)) / 1e6).toFixed(2)} MB`,
  )
  const otherLoad = Math.max(...loads.map(load => load.otherLoad))
  say(`load of the other core                       ${(otherLoad * 100).toFixed(0)} %`)
  const spoken = all.flatMap(({ record }) => record.gaps)
  const wasted = complete.reduce((total, call) => total + call.wasted, 0)
  say(
    `drafts thrown away, complete turns           ${((wasted / complete.flatMap(gapsOf).length) * 100).toFixed(0)} % of the turns`,
  )
  const unanswered = spoken.filter(gap => gap.kind === 'unanswered').length
  const over = spoken.filter(gap => gap.kind === 'spoken-over').length
  say(`turns unanswered, and spoken over            ${unanswered}, ${over} of ${spoken.length}`)
  return isValid(all, loads, calls)
}

/** The row for all frames of all calls, rounded up to milliseconds. */
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

await runPinned('bench', async signal => {
  const options = {
    calls: { type: 'string' },
    turns: { type: 'string' },
    profile: { type: 'string' },
    traces: { type: 'boolean', default: false },
    metrics: { type: 'boolean', default: false },
    local: { type: 'boolean', default: false },
    ears: { type: 'string' },
  } as const
  const { values } = parseArgs({ options })
  if (values.ears !== undefined && values.ears !== 'local') throw new Error(`--ears ${values.ears}: local\n${USAGE}`)
  const isLocal = values.local || values.ears === 'local'
  const calls = Number(values.calls ?? (values.local ? 1 : isLocal ? 12 : 20))
  const turns = Number(values.turns ?? (values.local ? 64 : 200))
  if (!Number.isInteger(calls) || calls < 1 || calls > 200)
    throw new Error(`--calls ${values.calls}: 1 to 200\n${USAGE}`)
  if (!Number.isInteger(turns) || turns < 1) throw new Error(`--turns ${values.turns}: 1 or more\n${USAGE}`)
  const profile = values.profile ?? (values.local ? 'local' : 'fast')
  if (!isProfileName(profile)) throw new Error(`--profile ${profile} is not known\n${USAGE}`)
  if (isLocal) return benchLocal({ calls, turns, profile, part: values.local ? 'ears and voice' : 'ears' }, signal)
  if (values.metrics) return benchMeasured(calls, profile, signal)
  return values.traces ? benchTraced(calls, profile, signal) : bench(calls, turns, profile, signal)
})
