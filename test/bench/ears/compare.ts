import { parseArgs } from 'node:util'
import { systemClock } from '../../../src/clock.ts'
import { openEars } from '../../../src/providers/local/ears.ts'
import { earsModel } from '../../models/ears-model.ts'
import { quantile, say } from '../figures.ts'
import { cpuMsOfAll, processesOf, residentBytes } from '../process-usage.ts'
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
  const startedMs = cpuMsOfAll(child)
  const [human, neural] = [await humanSet(signal), await neuralSet(signal)]
  const sets = [human, neural, ...(await fixtureSets()), ...(await robotSets(signal))]
  const noises = SNRS_DB.flatMap(snrDb => NOISES.map(noise => ({ noise, snrDb })))
  if (!options.clear) for (const behind of noises) sets.push(await noisy(human, behind), await noisy(neural, behind))
  const all: HeardSet[] = []
  say(HEADER)
  for (const set of sets) {
    const heard = await heardSet(set, ears, silero.voiceActivity, signal)
    all.push(heard)
    say(rowOf(heard))
    if (options.words) for (const one of heard.sentences) say(`    ${one.say}  →  ${one.heard}`)
  }
  const [cpuMs, bytes] = [cpuMsOfAll(child) - startedMs, residentBytes(child)]
  await ears.close()
  await silero.close()
  return report(all, cpuMs, bytes)
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

/** Prints the sums, and false where a target is missed. */
function report(all: readonly HeardSet[], cpuMs: number, bytes: number): boolean {
  const tookMs = all.flatMap(one => one.tookMs)
  const sums = all.flatMap(one => one.realTimeFactors)
  const factor = sums.reduce((sum, one) => sum + one, 0) / sums.length
  const soundMs = all.reduce((sum, one) => sum + one.soundMs, 0)
  const asked = all.filter(({ set }) => set.kind !== 'robot' && !set.behind)
  const isHeard = asked.every(({ rate }) => rate <= MOST_ERRORS)
  say(
    `\nall: ${tookMs.length} utterances, p50 ${quantile(tookMs, 0.5).toFixed(0)} ms, p95 ${quantile(tookMs, 0.95).toFixed(0)} ms`,
  )
  say(
    `real-time factor, mean of all                   ${factor.toFixed(3)}   (at most ${MOST_REAL_TIME}: ${verdict(factor <= MOST_REAL_TIME)})`,
  )
  say(`CPU a second of line                            ${((cpuMs / soundMs) * 1_000).toFixed(0)} ms`)
  say(`memory of the ears' process                     ${(bytes / 1e6).toFixed(0)} MB`)
  say(`clear speech that is no robot's: at most ${MOST_ERRORS * 100} % of words wrong: ${verdict(isHeard)}`)
  return isHeard && factor <= MOST_REAL_TIME
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
