import { systemClock as clock } from '../../src/clock.ts'
import { quantile } from '../../src/compare/quantile.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import type { ProfileName } from '../../src/sandbox/delays.ts'
import { say } from './figures.ts'
import { type FinishedCall, isValid, type Load, openTestBed } from './load.ts'

/** Rounds are rung on all servers in turn, so that what else the machine does meets each of them. */
const ROUNDS = 3
/** Three times as often as Prometheus usually asks. */
const SCRAPED_EVERY_MS = 5_000
/** What metrics and recording together may cost. */
const MOST_MS = 1

const BEDS = [
  { name: 'neither', env: { RECORDING: 'off' } },
  { name: 'recording', env: { RECORDING: 'on' } },
  { name: 'recording and metrics', env: { RECORDING: 'on', METRICS_PORT: '0' } },
] as const

/** Compares servers with and without recording and metrics, and prints what they cost. False if it is too much, or the run is void. */
export async function benchMeasured(calls: number, profile: ProfileName, signal: AbortSignal): Promise<boolean> {
  const script = await loadNamedFixture('bench')
  const finished: FinishedCall[] = []
  const over = new AbortController()
  const beds: { name: string; bed: Awaited<ReturnType<typeof openTestBed>>; loads: Load[] }[] = []
  for (const { name, env } of BEDS) beds.push({ name, bed: await openTestBed(profile, env, signal), loads: [] })
  const scraped = scrape(beds.at(-1)?.bed.server.metricsUrl ?? '', over.signal)
  say(`Partyline bench of metrics: ${calls} calls at once, ${ROUNDS} rounds on each of three servers. Warming up …`)
  await Promise.all(beds.map(({ bed }) => bed.round([script, script])))
  for (let round = 0; round < ROUNDS; round++) {
    // Each of them is the first in turn: who comes later may find a warmer machine.
    const order = beds.map((_, i) => beds[(i + round) % beds.length]).filter(bed => bed !== undefined)
    for (const { name, bed, loads } of order) {
      const rung = await bed.round(Array.from({ length: calls }, () => script))
      finished.push(...rung.finished)
      loads.push(rung.load)
      say(`  ${name.padEnd(22)} ${cpuOf([rung.load]).toFixed(2)} ms of CPU a second of call`)
    }
  }
  over.abort()
  const scrapes = await scraped
  const closed = await Promise.all(beds.map(({ bed }) => bed.close()))
  const [bare = 0, recorded = 0, measured = 0] = beds.map(({ loads }) => cpuOf(loads))
  const ms = (value: number): string => value.toFixed(2).padStart(6)
  say(`\nCPU a second of call, neither              ${ms(bare)} ms`)
  say(`recording costs                            ${ms(recorded - bare)} ms`)
  say(`metrics cost besides                       ${ms(measured - recorded)} ms`)
  say(`both cost                                  ${ms(measured - bare)} ms, of ${MOST_MS} ms that they may`)
  say(
    `a scrape, of ${String(scrapes.length).padEnd(4)}                          ${ms(quantile(scrapes, 0.5))} ms p50, ${ms(quantile(scrapes, 0.99))} ms p99`,
  )
  const loads = beds.flatMap(bed => bed.loads)
  return isValid(finished, loads, calls) && closed.every(Boolean) && measured - bare <= MOST_MS
}

function cpuOf(loads: readonly Load[]): number {
  const sum = (pick: (load: Load) => number): number => loads.reduce((total, load) => total + pick(load), 0)
  return sum(load => load.serverCpuMs) / sum(load => load.callSeconds)
}

/** Asks as Prometheus does until `signal` aborts. Resolves with how long each answer took. */
async function scrape(url: string, signal: AbortSignal): Promise<readonly number[]> {
  const tookMs: number[] = []
  const headers = { accept: 'application/openmetrics-text; version=1.0.0' }
  while (!signal.aborted) {
    const askedMs = clock.now()
    await fetch(url, { headers, signal }).then(
      response => response.text(),
      () => undefined,
    )
    tookMs.push(clock.now() - askedMs)
    await clock.sleep(SCRAPED_EVERY_MS, signal).catch(() => undefined)
  }
  return tookMs
}
