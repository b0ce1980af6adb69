import { parseArgs } from 'node:util'
import { systemClock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import { openEars } from '../../../src/providers/local/ears.ts'
import { earsModel } from '../../models/ears-model.ts'
import { say } from '../figures.ts'
import { cpuMs, cpuMsOfAll, machineCpuMs, processesOf, residentBytes } from '../process-usage.ts'
import { type HeardSet, heardSet, openQuickSilero } from './heard-set.ts'
import { NOISES } from './noises.ts'
import { fixtureSets, humanSet, neuralSet, noisy, robotSets, type SpokenSet } from './spoken-sets.ts'

const USAGE = `npm run compare:ears -- [--model FOLDER] [--words] [--clear]
How well the local ears hear by telephone: word error rates by voice and noise, and what they take of the machine.
--model: another model than that of npm run models; --words prints what was heard; --clear leaves the noises out.`

/** On clear speech that is no robot's. */
const MOST_ERRORS = 0.15
const MOST_REAL_TIME = 0.1
const SNRS_DB = [20, 10]
/** Above this share of one processor, other programs take time from the ears. */
const MOST_FOREIGN_LOAD = 0.3

interface Options {
  readonly model: string | undefined
  readonly words: boolean
  readonly clear: boolean
}

async function compare(options: Options, signal: AbortSignal): Promise<boolean> {
  const modelFolder = options.model ?? (await earsModel(signal))
  const ears = openEars({ modelFolder, clock: systemClock, log: { warn: (_, message) => say(message) } })
  await ears.warm(signal)
  const silero = await openQuickSilero()
  // There is no other: its figures are those of the ears alone.
  const child = processesOf(process.pid).at(1) ?? 0
  const [human, neural] = [await humanSet(signal), await neuralSet(signal)]
  const sets = [human, neural, ...(await fixtureSets()), ...(await robotSets(signal))]
  const noises = SNRS_DB.flatMap(snrDb => NOISES.map(noise => ({ noise, snrDb })))
  if (!options.clear) for (const behind of noises) sets.push(await noisy(human, behind), await noisy(neural, behind))
  const all: HeardSet[] = []
  const used = () => ({
    atMs: systemClock.now(),
    ears: cpuMsOfAll(child),
    own: cpuMs(process.pid),
    machine: machineCpuMs(),
  })
  const before = used()
  say(HEADER)
  for (const set of sets) {
    const heard = await heardSet(set, ears, silero.voiceActivity, signal)
    all.push(heard)
    say(rowOf(heard))
    if (options.words) for (const one of heard.sentences) say(`    ${one.say}  →  ${one.heard}`)
  }
  const [after, bytes] = [used(), residentBytes(child)]
  const earsMs = after.ears - before.ears
  const foreignMs = after.machine - before.machine - earsMs - (after.own - before.own)
  const foreignLoad = foreignMs / (after.atMs - before.atMs)
  await ears.close()
  await silero.close()
  return report(all, { earsMs, bytes, foreignLoad })
}

const HEADER = `${'speech, by telephone'.padEnd(38)}  words     WER   RTF   p95  p50 ms  p95 ms`
const share = (value: number): string => `${(value * 100).toFixed(1)} %`.padStart(7)

const nameOf = ({ what, voice, behind }: SpokenSet): string =>
  `${what}, ${voice}${behind ? `, ${behind.noise} ${behind.snrDb} dB` : ''}`

function rowOf({ set, errors, rate, realTimeFactors, tookMs }: HeardSet): string {
  const mean = realTimeFactors.reduce((sum, one) => sum + one, 0) / realTimeFactors.length
  const ms = [0.5, 0.95].map(q => quantile(tookMs, q).toFixed(0).padStart(7)).join(' ')
  const factors = `${mean.toFixed(3)} ${quantile(realTimeFactors, 0.95).toFixed(3)}`
  return `${nameOf(set).padEnd(38)} ${String(errors.words).padStart(6)} ${share(rate)} ${factors} ${ms}`
}

interface Use {
  /** CPU time of the ears' process. */
  readonly earsMs: number
  readonly bytes: number
  /** The share of one processor that other programs used. */
  readonly foreignLoad: number
}

/** Prints the sums, and false where a target is missed or the machine was too busy to say. */
function report(all: readonly HeardSet[], { earsMs, bytes, foreignLoad }: Use): boolean {
  const factors = all.flatMap(one => one.realTimeFactors)
  const factor = factors.reduce((sum, one) => sum + one, 0) / factors.length
  const soundMs = all.reduce((sum, one) => sum + one.soundMs, 0)
  const asked = all.filter(({ set }) => set.kind !== 'robot' && !set.behind)
  const isHeard = asked.every(({ rate }) => rate <= MOST_ERRORS)
  const [isQuick, isQuiet] = [factor <= MOST_REAL_TIME, foreignLoad <= MOST_FOREIGN_LOAD]
  const row = (name: string, value: string): void => say(`${name.padEnd(52)} ${value}`)
  say('')
  row(
    `clear speech that is no robot's: most words wrong`,
    `${share(Math.max(...asked.map(({ rate }) => rate)))} (${verdict(isHeard)}: ${MOST_ERRORS * 100} %)`,
  )
  row('real-time factor, mean of all utterances', `${factor.toFixed(3)} (${verdict(isQuick)}: ${MOST_REAL_TIME})`)
  row('the same by CPU time', (earsMs / soundMs).toFixed(3))
  row(`memory of the ears' process`, `${(bytes / 1e6).toFixed(0)} MB`)
  if (!isQuiet) say(`VOID, as to times: other programs used ${(foreignLoad * 100).toFixed(0)} % of a processor.`)
  return isHeard && isQuick && isQuiet
}

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'NOT MET')

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
try {
  const options = {
    model: { type: 'string' },
    words: { type: 'boolean', default: false },
    clear: { type: 'boolean', default: false },
  } as const
  const { values } = parseArgs({ options })
  process.exit((await compare({ ...values, model: values.model }, stop.signal)) ? 0 : 1)
} catch (error) {
  process.stderr.write(`The comparison failed: ${error instanceof Error ? error.message : error}\n${USAGE}\n`)
  process.exit(1)
}
