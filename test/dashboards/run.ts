import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { BOARDS } from './boards.ts'
import { pictureOf, type ShownPanel } from './picture.ts'
import { type Series, startPrometheus } from './prometheus.ts'

const SCRAPED_EVERY_S = 2
const STEP_S = 2
const SCRAPED_WITHIN_MS = 60_000
const BAR_S = 10
/** What a point of a line is made of. */
const LINE_S = 20
/** One more caller than this hears that the lines are busy. */
const SLOTS = 3
const ROOT = new URL('../../', import.meta.url).pathname
const RULES = `${ROOT}helm/partyline/rules/partyline.yaml`
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const written = z.object({
  title: z.string(),
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })) }),
  ),
})

/** Rings a real server, with faults, while a real Prometheus scrapes it, and asks it for every panel of every dashboard. */
async function run(pictures: string | undefined, signal: AbortSignal): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-dashboards-'))
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  // Whoever finds no slot is refused, and does not wait for one.
  const env = { METRICS_PORT: '0', MAX_CALLS: String(SLOTS), QUEUE_CALLS: '0', MAX_CALL_MINUTES: '5' }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  const prometheus = await startPrometheus(server.metricsUrl ?? '', RULES, SCRAPED_EVERY_S, signal)
  const ticker = openTicker(clock)
  const fromS = clock.wallTime().getTime() / 1_000
  let seed = 0

  async function call(name: string): Promise<void> {
    const script = await loadNamedFixture(name)
    const { why } = await ring({ ...server.rungBy(script), seed: ++seed, ticker, patienceMs: 15_000 }, signal)
    say(`  a call, ${name}: ${why}`)
  }

  async function scrapedTwice(): Promise<void> {
    const untilMs = clock.now() + SCRAPED_WITHIN_MS
    for (;;) {
      const nowS = clock.wallTime().getTime() / 1_000
      const found = await prometheus.range('count_over_time(partyline_call_slots[5m]) >= 2', nowS, nowS, 1)
      if (found.length > 0) return
      if (clock.now() > untilMs) throw new Error('Prometheus does not scrape the server')
      await clock.sleep(200, signal)
    }
  }

  async function faulty(baseUrl: string, faults: readonly Fault[]): Promise<void> {
    const url = new URL('/sandbox/faults', baseUrl.replace(/^ws/, 'http'))
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ faults }), signal })
    if (status !== 204) throw new Error(`the sandbox takes no faults: ${status}`)
  }

  try {
    // Prometheus sees a rise only where it has seen the counter before.
    await scrapedTwice()
    await fetch(`${server.url}/calls/answer`, { method: 'POST', signal })
    say('All slots are in use, and one caller more:')
    await Promise.all(['talks-over', 'bench-tools', 'talks-over', 'talks-over'].map(call))
    say('The model, the voice and speech-to-text fail once:')
    await faulty(sandbox.openaiUrl, [{ kind: 'status', status: 503 }])
    await faulty(sandbox.deepgramUrl, [{ kind: 'drop', afterMs: 6_000 }])
    await faulty(sandbox.cartesiaUrl, [{ kind: 'drop', afterMessages: 20 }])
    await Promise.all(['talks-over', 'bench-tools'].map(call))
    say('The model fails until the call is given up:')
    await faulty(sandbox.openaiUrl, [{ kind: 'status', status: 503, times: 100 }])
    await call('talks-over')
    // The last bar has the last call, too.
    await clock.sleep((BAR_S + 2 * SCRAPED_EVERY_S) * 1_000, signal)
    const toS = clock.wallTime().getTime() / 1_000
    const range = (promql: string, isBar: boolean): Promise<readonly Series[]> => {
      const filled = promql
        .replaceAll('$__rate_interval', `${isBar ? BAR_S + SCRAPED_EVERY_S : LINE_S}s`)
        .replaceAll('$__range', `${Math.round(toS - fromS)}s`)
      return prometheus.range(filled, fromS, toS, isBar ? BAR_S : STEP_S)
    }
    const problems: string[] = []
    for (const board of BOARDS) {
      const file = `${ROOT}helm/partyline/dashboards/${board.uid}.json`
      const { title, panels } = written.parse(JSON.parse(await readFile(file, 'utf8')))
      say(`\n${title}`)
      const shown: ShownPanel[] = []
      for (const [i, { title, targets }] of panels.entries()) {
        const series: Series[] = []
        for (const { expr, legendFormat } of targets) {
          const found = (await range(expr, board.panels[i]?.kind === 'bars')).filter(hasValues)
          if (found.length === 0) problems.push(`${board.uid}, "${title}" is empty: ${expr}`)
          series.push(...found.map(one => ({ ...one, labels: { ...one.labels, legend: legendOf(legendFormat, one) } })))
        }
        const panel = board.panels[i]
        if (!panel?.restsAtZero && !series.some(isAboveZero))
          problems.push(`${board.uid}, "${title}" shows nothing but zeros`)
        say(`  ${title.padEnd(52)} ${told(series)}`)
        if (panel) shown.push({ panel, series })
      }
      if (pictures !== undefined) {
        await mkdir(pictures, { recursive: true })
        await writeFile(join(pictures, `${board.uid}.html`), pictureOf(board, shown, { fromS, toS }))
      }
    }
    const marked = await prometheus.exemplars('partyline_turn_seconds_bucket', fromS, toS)
    say(`\n${marked} exemplars lead from answers to their calls.`)
    if (marked === 0) problems.push('no answer has an exemplar')
    for (const problem of problems) say(`EMPTY: ${problem}`)
    return problems.length === 0
  } finally {
    await prometheus.close()
    const { code, log } = await server.close()
    if (code !== 0) say(`the server ended with ${code}:\n${log}`)
    await sandbox.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const hasValues = ({ points }: Series): boolean => points.some(([, value]) => Number.isFinite(value))
const isAboveZero = ({ points }: Series): boolean => points.some(([, value]) => Number.isFinite(value) && value > 0)
const legendOf = (format: string, { labels }: Series): string =>
  format.replace(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '')

/** Each series with the last of its values. */
function told(series: readonly Series[]): string {
  const lasts = series.map(({ labels, points }) => {
    const last = points.findLast(([, value]) => Number.isFinite(value))?.[1] ?? Number.NaN
    return `${labels.legend} ${Number(last.toPrecision(3))}`
  })
  return lasts.length > 6 ? `${lasts.slice(0, 6).join(', ')} and ${lasts.length - 6} more` : lasts.join(', ')
}

const { values } = parseArgs({ options: { pictures: { type: 'string' } } })
const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
const isGood = await run(values.pictures && resolve(values.pictures), stop.signal).catch(error => {
  say(`The dashboards could not be tried: ${error instanceof Error ? error.message : error}`)
  return false
})
process.exit(isGood ? 0 : 1)
