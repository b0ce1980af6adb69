import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../src/clock.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { say } from '../bench/figures.ts'
import { type Callers, soakingCallers } from './callers.ts'
import { plotOf } from './plot.ts'
import { type Sample, sampled } from './samples.ts'
import { differences, heldAtRest, mb, verdictOf } from './verdict.ts'

const USAGE = `npm run soak -- [--minutes 60] [--calls 40] [--seed 1] [--pictures FOLDER] [--leak MB_A_MINUTE]
A real server, with the sandbox for its vendors, holds so many calls for so many minutes: each caller hangs up after 20 to 90 s,
interrupts now and then, and rings again; some more hear that lines are busy, and a stranger sends forged webhooks. A fifth of the
time, two to five minutes, is a warm-up that is not counted. Fails if memory that no file is behind grows by more than 5 MB from the first half to the
second, or if the server at rest has more or fewer files, sockets, timers or listeners than before; and if it has held too few of the calls,
as it does on a machine that is too busy. --leak makes the server lose memory.`

const SAMPLE_EVERY_MS = 5_000
/** The first calls have all begun, and the shortest ended, before the first sample counts. */
const RAMP_MS = 25_000
const RESTS_WITHIN_MS = 240_000
/** So many samples must be the same for a server to be at rest: connections that are kept alive are closed after 72 s. */
const RESTS_FOR = 16
const MOST_FAILED = 0.02

interface Options {
  readonly minutes: number
  readonly calls: number
  readonly seed: number
  readonly pictures: string
  readonly leakMbAMinute: number
}

async function soak({ minutes, calls, seed, pictures, leakMbAMinute }: Options, signal: AbortSignal): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-soak-'))
  const figures = join(dataDir, 'figures.json')
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  const env = {
    ...{
      MAX_CALLS: String(calls),
      QUEUE_CALLS: '1',
      NODE_OPTIONS: `--import=${new URL('diagnose.ts', import.meta.url).href}`,
    },
    ...{ SOAK_FIGURES: figures, SOAK_LEAK_BYTES: String(Math.round((leakMbAMinute * 1024 * 1024) / 60)) },
  }
  const server = await startServer({ sandbox, dataDir, authToken: 'soak-auth-token', env }, clock, signal)
  const ticker = openTicker(clock)
  const beganMs = clock.now()
  const all: Sample[] = []
  const sample = async (live: number): Promise<Sample> => {
    const atS = (clock.now() - beganMs) / 1_000
    const one = await sampled({ pid: server.pid, figures }, { atS, calls: live }, clock, signal)
    all.push(one)
    return one
  }

  /** Holds calls for a while; returns the samples of that time. */
  async function load(ms: number, loadSeed: number): Promise<readonly [readonly Sample[], Callers['counts']]> {
    const enough = new AbortController()
    const until = AbortSignal.any([enough.signal, signal])
    const callers = await soakingCallers(server, ticker, { calls, seed: loadSeed, dataDir }, until)
    const failed = callers.gone.then(() => undefined)
    const samples: Sample[] = []
    const fromMs = clock.now()
    try {
      for (const endMs = fromMs + ms; clock.now() < endMs; ) {
        await Promise.race([clock.sleep(SAMPLE_EVERY_MS, signal), failed])
        const one = await sample(callers.live())
        if (clock.now() - fromMs > RAMP_MS) samples.push(one)
      }
    } finally {
      enough.abort(new Error('it is enough'))
    }
    await callers.gone
    return [samples, callers.counts]
  }

  /** Waits until what the server holds is `like` that, or stays the same. */
  async function rest(like?: Sample): Promise<Sample> {
    let last = await sample(0)
    let same = 0
    for (const untilMs = clock.now() + RESTS_WITHIN_MS; clock.now() < untilMs; ) {
      await clock.sleep(SAMPLE_EVERY_MS, signal)
      const next = await sample(0)
      same = differences(last, next).length === 0 ? same + 1 : 0
      last = next
      if (same >= RESTS_FOR || (like !== undefined && differences(like, last).length === 0)) break
    }
    return last
  }

  const wholeMs = minutes * 60_000
  // Code is compiled and phrases are read in the first minutes. Half the time is measured, however short it is.
  const warmUpMs = Math.min(wholeMs / 2, Math.max(wholeMs / 5, 2 * 60_000), 5 * 60_000)
  say(
    `Soak: ${calls} calls for ${minutes} minutes, of which ${(warmUpMs / 60_000).toFixed(1)} to warm up. Server ${server.pid}.`,
  )
  await load(warmUpMs, seed)
  const before = await rest()
  say(`  at rest before: ${told(heldAtRest(before))}`)
  const [samples, counts] = await load(wholeMs - warmUpMs, seed + 1)
  const after = await rest(before)
  say(`  at rest after:  ${told(heldAtRest(after))}`)
  const closed = await server.close()
  await sandbox.close()
  await mkdir(pictures, { recursive: true })
  const picture = join(pictures, 'soak.svg')
  await writeFile(picture, plotOf(all, `${calls} calls`))
  await rm(dataDir, { recursive: true, force: true })

  const { firstBytes, secondBytes, grownBytes, faults } = verdictOf(before, samples, after, calls)
  const { placed, talked, busy, failed } = counts
  table(samples)
  say(`calls: ${placed} rang, ${talked} talked, ${busy} waited or were turned away, ${failed} failed`)
  say(`memory: ${mb(firstBytes)} MB in the first half, ${mb(secondBytes)} in the second: ${mb(grownBytes)} more`)
  say(`memory at rest: ${mb(before.ownBytes)} MB before, ${mb(after.ownBytes)} after`)
  say(`plot: ${picture}`)
  const wrong = [
    ...faults,
    ...(closed.code === 0 ? [] : [`the server ended with ${closed.code}:\n${closed.log.slice(-4_000)}`]),
    ...(talked > 0 && failed <= placed * MOST_FAILED ? [] : [`${failed} of ${placed} calls failed`]),
  ]
  for (const fault of wrong) say(`FAULT: ${fault}`)
  return wrong.length === 0
}

const told = (held: Readonly<Record<string, number>>): string =>
  Object.entries(held)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

/** Ten rows of the samples. */
function table(samples: readonly Sample[]): void {
  say('    s   calls   RSS MB    own MB   heap MB   buffers MB   files   sockets   timers   listeners')
  const every = Math.max(1, Math.ceil(samples.length / 10))
  for (const one of samples.filter((_, i) => i % every === 0)) {
    const { timers = 0 } = heldAtRest(one)
    const cells = [
      [one.atS.toFixed(0), 5],
      [one.calls, 8],
      [mb(one.residentBytes), 9],
      [mb(one.ownBytes), 10],
      [mb(one.heapBytes), 10],
      [mb(one.arrayBytes), 13],
      [one.files, 8],
      [one.sockets, 10],
      [timers, 9],
      [one.listeners, 12],
    ] as const
    say(cells.map(([text, width]) => String(text).padStart(width)).join(''))
  }
}

function optionsOf(): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { minutes: text, calls: text, seed: text, pictures: text, leak: text } })
  const [minutes, calls, seed] = [Number(values.minutes ?? 60), Number(values.calls ?? 40), Number(values.seed ?? 1)]
  const leakMbAMinute = Number(values.leak ?? 0)
  if (!(minutes >= 2 && minutes <= 600)) throw new Error(`--minutes ${values.minutes}: 2 to 600\n${USAGE}`)
  if (!Number.isInteger(calls) || calls < 1 || calls > 200)
    throw new Error(`--calls ${values.calls}: 1 to 200\n${USAGE}`)
  if (!Number.isInteger(seed) || !(leakMbAMinute >= 0)) throw new Error(USAGE)
  const pictures = values.pictures ?? fileURLToPath(new URL('pictures', import.meta.url))
  return { minutes, calls, seed, pictures, leakMbAMinute }
}

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
try {
  process.exit((await soak(optionsOf(), stop.signal)) ? 0 : 1)
} catch (error) {
  process.stderr.write(`The soak failed: ${error instanceof Error ? error.message : error}\n`)
  stop.abort()
  process.exit(1)
}
