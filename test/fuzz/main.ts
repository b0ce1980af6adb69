import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import type { Target } from './target.ts'
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
/** Of all the time: each target is run before it is measured, so that everything is loaded and caches are full. */
const WARM_SHARE = 0.1
/** Of all the time: it is shared evenly. The rest goes to targets by how many messages they take a second. */
const EVEN_SHARE = 0.5
const totalMs = Number(values.minutes) * MINUTE_MS
const collect = globalThis.gc
if (!collect) throw new Error('run it with --expose-gc: memory is looked at when all that is unused has been freed')

/** What is held when all that is unused has been freed. */
function heldMb(): number {
  for (let time = 0; time < 3; time++) collect?.()
  return process.memoryUsage.rss() / 1024 / 1024
}
/** Of this process on whatever cores: others that share them make it no slower. */
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
const anHour = (messages: number, seconds: number): string => `${Math.round((messages * 3_600) / seconds)} an hour`

let findings = 0
let nextSeed = Number(values.seed) * 100_000

interface Sums {
  runs: number
  messages: number
  changed: number
  slowestMs: number
  cpuS: number
}

/** Runs sessions of this target for so long, once it is open. */
async function runFor(target: Target, shareMs: number): Promise<Sums> {
  const sums: Sums = { runs: 0, messages: 0, changed: 0, slowestMs: 0, cpuS: 0 }
  let opened = await target.open()
  const fromMs = performance.now()
  const fromCpu = cpuSeconds()
  const isOver = (): boolean => performance.now() - fromMs > shareMs
  while (!isOver() && findings < MOST_FINDINGS) {
    const done = await fuzz(target, opened, { seed: nextSeed++, runs: RUNS, isOver })
    opened = done.opened
    sums.runs += done.runs
    sums.messages += done.messages
    sums.changed += done.changed
    sums.slowestMs = Math.max(sums.slowestMs, done.slowestMs)
    if (!done.finding) continue
    findings++
    const { why, ...kept } = done.finding
    process.stdout.write(`FOUND ${JSON.stringify(kept)}\n${why}\n`)
  }
  sums.cpuS = cpuSeconds() - fromCpu
  await opened.close().catch(error => process.stdout.write(`${target.name} cannot be closed: ${error}\n`))
  return sums
}

process.stdout.write(`${targets.length} targets, ${values.minutes} minutes, seed ${values.seed}\n`)
const warm: { readonly target: Target; readonly rate: number }[] = []
for (const target of targets) {
  const { messages, cpuS } = await runFor(target, (totalMs * WARM_SHARE) / targets.length)
  warm.push({ target, rate: messages / cpuS })
}
const rates = warm.reduce((sum, { rate }) => sum + rate, 0)
const atFirstMb = heldMb()

const all: Sums = { runs: 0, messages: 0, changed: 0, slowestMs: 0, cpuS: 0 }
const beganMs = performance.now()
for (const { target, rate } of warm) {
  const share = EVEN_SHARE / targets.length + (1 - EVEN_SHARE) * (rate / rates)
  const own = await runFor(target, totalMs * (1 - WARM_SHARE) * share)
  all.runs += own.runs
  all.messages += own.messages
  all.changed += own.changed
  all.cpuS += own.cpuS
  process.stdout.write(
    `${target.name}: ${own.runs} sessions, ${own.messages} messages in ${own.cpuS.toFixed(1)} s of a core ` +
      `(${Math.round(own.messages / own.cpuS)}/s), the slowest session ${Math.round(own.slowestMs)} ms, ` +
      `RSS ${Math.round(heldMb())} MB\n`,
  )
}
const atLastMb = heldMb()
process.stdout.write(
  `${all.runs} sessions, ${all.messages} messages in them, ${all.changed} of them edited, ${findings} findings; ` +
    `${anHour(all.messages, all.cpuS)} of a core, ${anHour(all.messages, (performance.now() - beganMs) / 1_000)} here; ` +
    `RSS ${Math.round(atFirstMb)} MB when warm, ${Math.round(atLastMb)} MB at the end\n`,
)
process.exitCode = findings > 0 ? 1 : 0
