import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { simulateAll } from './workers.ts'

const whole = z.coerce.number().int()
const settings = z.object({
  calls: whole.positive().default(500),
  seed: whole.nonnegative().default(1),
  workers: whole.positive().default(Math.min(2, availableParallelism())),
})

/** More reports would be too long to read; all seeds are printed. */
const MOST_REPORTS = 10

/** Simulates calls and prints counters and reports. The exit code is 1 if an invariant broke. */
async function main(): Promise<void> {
  const options = { calls: { type: 'string' }, seed: { type: 'string' }, workers: { type: 'string' } } as const
  const given = settings.safeParse(parseArgs({ options }).values)
  if (!given.success) {
    process.stderr.write(`npm run simulate -- [--calls N] [--seed N] [--workers N]\n${z.prettifyError(given.error)}\n`)
    process.exit(2)
  }
  const { calls, seed, workers } = given.data
  const counters = new Map<string, number>()
  const broken = new Map<string, number[]>()
  let reports = 0
  let cpuMs = 0
  let done = 0
  const startMs = performance.now()
  await simulateAll(seed, calls, Math.min(workers, calls), progress => {
    done += progress.calls
    cpuMs += progress.cpuMs
    for (const [what, times] of progress.counters) counters.set(what, (counters.get(what) ?? 0) + times)
    for (const { seed, invariants, report } of progress.broken) {
      for (const invariant of invariants) broken.set(invariant, [...(broken.get(invariant) ?? []), seed])
      if (++reports <= MOST_REPORTS) process.stdout.write(`${report}\n`)
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${calls} calls`)
  })
  const seconds = (performance.now() - startMs) / 1_000
  const virtual = counters.get('virtual seconds') ?? 0
  const lines = [...counters]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(Math.round(times)).padStart(10)}  ${what}`)
  process.stdout.write(`${lines.join('\n')}\n\n`)
  process.stdout.write(
    `${done} calls from seed ${seed} in ${seconds.toFixed(1)} s: ${(done / seconds).toFixed(1)} a second, ` +
      `${(cpuMs / done).toFixed(1)} ms of CPU and ${(virtual / done).toFixed(1)} virtual seconds a call\n`,
  )
  const some = (name: string): string => `${counters.get(name) ?? 0}`
  for (const line of ['clear line', 'echoing line']) {
    const of = (what: string): number => counters.get(`${line}: ${what}`) ?? 0
    const stopped = of('interruptions') - of('interruptions that stopped nothing')
    const answered = of('orders') - of('orders without an answer')
    const mean = (what: string, times: number): string => `${times === 0 ? '-' : Math.round(of(what) / times)} ms`
    process.stdout.write(
      `${line}: ${stopped} of ${of('interruptions')} interruptions stopped the agent, after ${mean('ms until the agent gave way', stopped)}; ` +
        `${answered} of ${of('orders')} orders were answered, after ${mean('ms until the answer', answered)}; ` +
        `${of('answers to the own echo')} answers to the own echo\n`,
    )
  }
  const failures = [...counters].reduce((sum, [what, times]) => (what.startsWith('store: ') ? sum + times : sum), 0)
  process.stdout.write(
    `${some('broken: server killed')} kills, ${some('broken: call handed over')} hand-overs, ` +
      `${some('broken: stream half-open')} half-open and ${some('broken: line broken')} broken lines, ${failures} store failures\n`,
  )
  for (const [invariant, seeds] of broken)
    process.stdout.write(
      `broken: ${invariant}: ${seeds.length} calls, seeds ${seeds
        .toSorted((a, b) => a - b)
        .slice(0, 20)
        .join(' ')}\n`,
    )
  process.stdout.write(broken.size === 0 ? 'no invariant broke\n' : '')
  process.exitCode = broken.size === 0 ? 0 : 1
}

main().catch(error => {
  process.stderr.write(`the simulator failed: ${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(3)
})
