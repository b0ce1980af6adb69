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
if (targets.length === 0) throw new Error(`--only takes some of ${TARGETS.map(({ name }) => name).join(',')}`)

const MINUTE_MS = 60_000
/** So many sessions at a time, each time with another seed. */
const RUNS = 200
const MOST_FINDINGS = 20
/** Of a target's time: until then everything has been loaded, and caches are full. */
const WARM_SHARE = 0.3
const shareMs = (Number(values.minutes) * MINUTE_MS) / targets.length
const rssMb = (): number => process.memoryUsage.rss() / 1024 / 1024

const beganMs = performance.now()
const sums = { runs: 0, messages: 0, changed: 0, findings: 0, mostGrowthMb: 0 }
process.stdout.write(`${targets.length} targets, ${values.minutes} minutes, seed ${values.seed}\n`)
for (const target of targets) {
  const fromMs = performance.now()
  const own = { runs: 0, messages: 0, changed: 0, slowestMs: 0 }
  let warmMb: number | undefined
  let opened = await target.open()
  const isOver = (): boolean => performance.now() - fromMs > shareMs
  for (let round = 0; !isOver() && sums.findings < MOST_FINDINGS; round++) {
    const done = await fuzz(target, opened, { seed: Number(values.seed) * 100_000 + round, runs: RUNS, isOver })
    own.runs += done.runs
    own.messages += done.messages
    own.changed += done.changed
    own.slowestMs = Math.max(own.slowestMs, done.slowestMs)
    if (performance.now() - fromMs > shareMs * WARM_SHARE) warmMb ??= rssMb()
    if (!done.finding) continue
    sums.findings++
    const { why, ...kept } = done.finding
    process.stdout.write(`FOUND ${JSON.stringify(kept)}\n${why}\n`)
    // What it broke may stay broken.
    await opened.close().catch(() => undefined)
    opened = await target.open()
  }
  const seconds = (performance.now() - fromMs) / 1_000
  const grownMb = warmMb === undefined ? 0 : rssMb() - warmMb
  await opened.close().catch(error => process.stdout.write(`${target.name} cannot be closed: ${error}\n`))
  sums.runs += own.runs
  sums.messages += own.messages
  sums.changed += own.changed
  sums.mostGrowthMb = Math.max(sums.mostGrowthMb, grownMb)
  process.stdout.write(
    `${target.name}: ${own.runs} sessions (${Math.round(own.runs / seconds)}/s), ${own.messages} messages ` +
      `(${Math.round(own.messages / seconds)}/s), the slowest session ${Math.round(own.slowestMs)} ms, ` +
      `RSS ${Math.round(rssMb())} MB (${grownMb >= 0 ? '+' : ''}${Math.round(grownMb)})\n`,
  )
}
const hours = (performance.now() - beganMs) / MINUTE_MS / 60
process.stdout.write(
  `${sums.runs} sessions, ${sums.messages} messages in them (${Math.round(sums.messages / hours)} an hour), ` +
    `${sums.changed} of them edited, ${sums.findings} findings, RSS of a warm target grew by ${Math.round(sums.mostGrowthMb)} MB at most\n`,
)
process.exitCode = sums.findings > 0 ? 1 : 0
