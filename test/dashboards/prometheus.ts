import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { systemClock as clock } from '../../src/clock.ts'

const READY_WITHIN_MS = 30_000
const values = z.array(z.tuple([z.number(), z.string()]))
const answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), values })) }),
})
const exemplars = z.object({ data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.looseObject({}) })) })) })

/** One series of an answer: seconds since 1970 and values, of which NaN is none. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

export interface Prometheus {
  /** Throws with Prometheus' own words when it refuses the query. */
  range(promql: string, fromS: number, toS: number, stepS: number): Promise<readonly Series[]>
  /** How many exemplars with a call's id these series have. */
  exemplars(promql: string, fromS: number, toS: number): Promise<number>
  close(): Promise<void>
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Starts a real Prometheus that scrapes this URL under the job `partyline`, with these rules. */
export async function startPrometheus(
  metricsUrl: string,
  rulesFile: string,
  everyS: number,
  signal: AbortSignal,
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-prometheus-'))
  const { host, pathname } = new URL(metricsUrl)
  const port = await freePort()
  const config = {
    global: { scrape_interval: `${everyS}s`, evaluation_interval: `${everyS}s` },
    rule_files: [rulesFile],
    scrape_configs: [{ job_name: 'partyline', metrics_path: pathname, static_configs: [{ targets: [host] }] }],
  }
  // JSON is YAML, too.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const options = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ]
  const child = spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', data => {
    said = (said + String(data)).slice(-10_000)
  })
  child.on('error', error => {
    said += String(error)
  })
  const ended = once(child, 'close').catch(() => undefined)
  const base = `http://127.0.0.1:${port}`

  async function close(): Promise<void> {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }

  async function ask(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(parameters), signal })
    if (!response.ok) throw new Error(`Prometheus refuses ${parameters.query}: ${await response.text()}`)
    return response.json()
  }

  const untilMs = clock.now() + READY_WITHIN_MS
  while (
    !(await fetch(`${base}/-/ready`, { signal }).then(
      response => response.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || clock.now() > untilMs) {
      await close()
      throw new Error(`Prometheus does not start:\n${said}`)
    }
    await clock.sleep(100, signal)
  }
  return {
    async range(query, fromS, toS, stepS) {
      const told = await ask('/api/v1/query_range', { query, start: `${fromS}`, end: `${toS}`, step: `${stepS}` })
      return answer.parse(told).data.result.map(({ metric, values: points }) => ({
        labels: metric,
        points: points.map(([seconds, value]) => [seconds, Number(value)] as const),
      }))
    },
    async exemplars(query, fromS, toS) {
      const told = await ask('/api/v1/query_exemplars', { query, start: `${fromS}`, end: `${toS}` })
      const all = exemplars.parse(told).data.flatMap(series => series.exemplars)
      return all.filter(({ labels }) => typeof labels.call_id === 'string').length
    },
    close,
  }
}
