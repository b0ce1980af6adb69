import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets/all.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const names = values.only?.split(',')
const targets = TARGETS.filter(({ name }) => names === undefined || names.includes(name))
if (targets.length === 0) throw new Error(`--only is one of ${TARGETS.map(({ name }) => name).join(', ')}`)

/** So many sessions of a target at a time: then the next one has its turn. */
const RUNS = 200
const MOST_FINDINGS = 20
const MINUTE_MS = 60_000
const beganMs = performance.now()
const endMs = beganMs + Number(values.minutes) * MINUTE_MS
const rssMb = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024)
const findings: string[] = []
const sums = { runs: 0, messages: 0, changed: 0 }
let firstMb: number | undefined

process.stdout.write(`${targets.length} targets, ${values.minutes} minutes, seed ${values.seed}\n`)
for (let round = 0; performance.now() < endMs && findings.length < MOST_FINDINGS; round++) {
  for (const target of targets) {
    if (performance.now() >= endMs) break
    const opened = await target.open()
    const fromMs = performance.now()
    const done = await fuzz(target, opened, { seed: Number(values.seed) + round, runs: RUNS })
    const seconds = (performance.now() - fromMs) / 1_000
    await opened.close().catch(error => process.stdout.write(`${target.name} cannot be closed: ${error}\n`))
    sums.runs += done.runs
    sums.messages += done.messages
    sums.changed += done.changed
    const rates = `${Math.round(done.runs / seconds)} runs/s, ${Math.round(done.messages / seconds)} messages/s`
    process.stdout.write(`${target.name}: ${rates}, slowest ${Math.round(done.slowestMs)} ms, ${rssMb()} MB\n`)
    if (!done.finding) continue
    const { why, ...kept } = done.finding
    findings.push(`${JSON.stringify(kept)}\n${why}`)
    process.stdout.write(`FOUND ${JSON.stringify(kept)}\n${why}\n`)
  }
  firstMb ??= rssMb()
}
const seconds = (performance.now() - beganMs) / 1_000
const hourly = Math.round((sums.messages / seconds) * 3_600)
process.stdout.write(
  `${sums.runs} sessions, ${sums.messages} messages in them (${hourly} an hour), ${sums.changed} of them edited; ` +
    `${findings.length} findings; RSS ${firstMb} MB after the first round, ${rssMb()} MB at the end\n`,
)
process.exitCode = findings.length > 0 ? 1 : 0
