import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import { type Network, systemNetwork } from '../../../src/network.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { isProfileName, type ProfileName } from '../../../src/sandbox/delays.ts'
import { ring } from '../../../src/sandbox/ringing/ring.ts'
import type { CallEvent } from '../../../src/sandbox/twilio/call-event.ts'
import { say } from '../figures.ts'
import { type FinishedCall, gapsOf, isValid, type Load, openTestBed, type TestBed } from '../load.ts'
import { lateFrames } from '../local.ts'
import { runPinned } from '../pinned.ts'

const USAGE = `npm run bench:overload -- [--calls 20] [--rounds 2] [--profile fast|typical|peer]
Rings as many callers at once as the server has places (100 %), then the same with half as many more, who want to be answered
all the time: they wait in the queue, hear that all lines are busy, ring again, and come in when a place is free (150 %).
Prints how soon the answer webhook was answered, and the figures of the calls that had their places, beside one another.`

/** Twilio's caller hears nothing until the answer webhook is answered. */
const MOST_ANSWER_MS = 200
/** By so much the admitted calls may answer later at the 95th percentile: what two runs without overload differ by. */
const MOST_SLOWER_MS = 60
/** The line bridges it. */
const LEAD_MS = 200
const REDIALS_AFTER_MS = 1_000
/** The places are taken by then. */
const PRESSURE_AFTER_MS = 3_000
/** Callers in the queue are more patient than it lasts. */
const PATIENCE_MS = 240_000

/** What became of the calls beyond the places. */
interface Pressure {
  rings: number
  busy: number
  waited: number
  admitted: number
}

interface Run {
  readonly finished: readonly FinishedCall[]
  readonly loads: readonly Load[]
  readonly answersMs: readonly number[]
  readonly mostStreams: number
  readonly pressure: Pressure
}

/** The network, with the time that each answer webhook takes. */
function timed(answersMs: number[]): Network {
  return {
    async fetch(input, init) {
      if (!String(input).includes('/calls/answer')) return systemNetwork.fetch(input, init)
      const fromMs = clock.now()
      const response = await systemNetwork.fetch(input, init)
      answersMs.push(clock.now() - fromMs)
      return response
    },
  }
}

async function run(
  bed: TestBed,
  script: Script,
  { calls, rounds, more }: { readonly calls: number; readonly rounds: number; readonly more: number },
  signal: AbortSignal,
): Promise<Run> {
  const answersMs: number[] = []
  const network = timed(answersMs)
  const pressure: Pressure = { rings: 0, busy: 0, waited: 0, admitted: 0 }
  let streams = 0
  let mostStreams = 0
  function count(event: CallEvent): void {
    if (event.kind === 'say' && /You are number/.test(event.text)) pressure.waited++
    if (event.kind === 'stream-started') mostStreams = Math.max(mostStreams, ++streams)
    if (event.kind === 'stream-ended') streams--
  }
  async function place(one: Script, seed: number) {
    let zeroWallMs = Number.POSITIVE_INFINITY
    const onEvent = (event: CallEvent): void => {
      count(event)
      if (event.kind === 'utterance') zeroWallMs = Math.min(zeroWallMs, clock.wallTime().getTime() - event.atMs - 20)
    }
    const options = { ...bed.server.rungBy(one), network, seed, ticker: bed.ticker, onEvent, patienceMs: PATIENCE_MS }
    const record = await ring(options, signal)
    return { record, callId: record.callSid, zeroWallMs }
  }

  /** One who rings again and again until it is enough. Their last call goes on to its end: a line that breaks keeps its place. */
  async function presses(nth: number, enough: AbortSignal): Promise<void> {
    await clock.sleep(PRESSURE_AFTER_MS, signal)
    for (let turn = 0; !enough.aborted; turn++) {
      const seed = 100_000 + nth * 1_000 + turn
      const options = { ...bed.server.rungBy(script), network, seed, ticker: bed.ticker, onEvent: count }
      pressure.rings++
      const record = await ring({ ...options, patienceMs: PATIENCE_MS }, signal)
      if (record.streams.length > 0) pressure.admitted++
      else pressure.busy++
      await clock.sleep(REDIALS_AFTER_MS, signal)
    }
  }

  const finished: FinishedCall[] = []
  const loads: Load[] = []
  for (let round = 0; round < rounds; round++) {
    const enough = new AbortController()
    const pressing = Array.from({ length: more }, (_, i) => presses(round * more + i, enough.signal))
    const one = await bed.roundBy(
      place,
      Array.from({ length: calls }, () => script),
    )
    finished.push(...one.finished)
    loads.push(one.load)
    enough.abort()
    await Promise.all(pressing)
  }
  return { finished, loads, answersMs, mostStreams, pressure }
}

function row(name: string, values: readonly number[]): void {
  const figures = [0.5, 0.95, 0.99, 1].map(q => quantile(values, q).toFixed(1).padStart(8)).join(' ')
  say(`${name.padEnd(44)} ${String(values.length).padStart(6)} ${figures}`)
}

function report(usual: Run, over: Run, calls: number): boolean {
  say(`\n${''.padEnd(44)}      n      p50      p95      p99     most   (ms)`)
  for (const [name, one] of [
    ['100 %', usual],
    ['150 %', over],
  ] as const) {
    row(`${name}: answer webhook`, one.answersMs)
    row(`${name}: latency of admitted calls`, one.finished.flatMap(gapsOf))
    row(
      `${name}: own latency`,
      one.finished.flatMap(({ ownMs }) => ownMs),
    )
    const late = lateFrames(one.finished)
    say(`${name}: late frames, and the latest        ${late.count} of ${late.of}, ${late.mostMs} ms`)
    say(`${name}: most streams at once               ${one.mostStreams}`)
  }
  const { rings, busy, waited, admitted } = over.pressure
  say(`beyond the places: ${rings} rang, ${waited} waited in the queue, ${admitted} came in, ${busy} were turned away`)
  const slower = quantile(over.finished.flatMap(gapsOf), 0.95) - quantile(usual.finished.flatMap(gapsOf), 0.95)
  const checks: readonly (readonly [string, boolean])[] = [
    [`answers within ${MOST_ANSWER_MS} ms (p99)`, quantile(over.answersMs, 0.99) <= MOST_ANSWER_MS],
    [`never more than ${calls} calls at once`, Math.max(usual.mostStreams, over.mostStreams) <= calls],
    [`admitted calls keep their p95 (${slower.toFixed(0)} ms later)`, slower <= MOST_SLOWER_MS],
    [`no frame that the carrier had not in time (${LEAD_MS} ms)`, lateFrames(over.finished).mostMs < LEAD_MS],
  ]
  for (const [what, isMet] of checks) say(`${what}: ${isMet ? 'met' : 'NOT MET'}`)
  const isGood = isValid([...usual.finished, ...over.finished], [...usual.loads, ...over.loads], calls)
  return isGood && checks.every(([, isMet]) => isMet)
}

async function overload(calls: number, rounds: number, profile: ProfileName, signal: AbortSignal): Promise<boolean> {
  const more = Math.ceil(calls / 2)
  const env = { MAX_CALLS: String(calls), QUEUE_CALLS: String(Math.ceil(more / 2)) }
  const bed = await openTestBed(profile, env, signal)
  const script = await loadNamedFixture('bench')
  say(`Partyline under too many calls: ${calls} places, profile ${profile}. Warming up …`)
  await bed.round([script])
  const usual = await run(bed, script, { calls, rounds, more: 0 }, signal)
  say(`  100 %: ${usual.finished.flatMap(gapsOf).length} complete turns`)
  const over = await run(bed, script, { calls, rounds, more }, signal)
  say(`  150 %: ${over.finished.flatMap(gapsOf).length} complete turns`)
  const closed = await bed.close()
  return report(usual, over, calls) && closed
}

await runPinned('bench of overload', async signal => {
  const options = { calls: { type: 'string' }, rounds: { type: 'string' }, profile: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const calls = Number(values.calls ?? 20)
  const rounds = Number(values.rounds ?? 2)
  if (!Number.isInteger(calls) || calls < 2 || calls > 100)
    throw new Error(`--calls ${values.calls}: 2 to 100\n${USAGE}`)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: 1 or more\n${USAGE}`)
  const profile = values.profile ?? 'fast'
  if (!isProfileName(profile)) throw new Error(`--profile ${profile} is not known\n${USAGE}`)
  return overload(calls, rounds, profile, signal)
})
