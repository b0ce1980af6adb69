import { writeFile } from 'node:fs/promises'
import { systemClock } from '../clock.ts'
import type { Prompt } from '../conversation/ports.ts'
import { pricesOfOther } from '../costs/prices.ts'
import { readEnvFile } from '../env-file.ts'
import type { Port } from '../providers/entry.ts'
import { listFixtures, loadNamedFixture, SAVED_VOICE } from '../sandbox/caller/fixture.ts'
import { type Candidate, openCandidates } from './candidates.ts'
import { answeredBy, heardBy, type Sentence, spokenBy } from './measured.ts'
import { type Chart, plotted } from './plot.ts'
import { quantile } from './quantile.ts'
import { summed, wordErrorRate } from './word-errors.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const QUESTIONS = ['What do you have for dessert?', 'Hello, who is speaking?', 'Are you open on Sunday?']
const TEXTS = [
  'Good morning, this is the Task Manager.',
  'You have two tasks due today, and one tomorrow.',
  'Anything else?',
]

/** A row of the table. `figures` are what the JSON has. */
interface Row {
  readonly name: string
  readonly as: Candidate['as']
  readonly model: string | undefined
  readonly figures: Readonly<Record<string, number | undefined>>
  readonly failed: string | undefined
}

const two = (values: readonly (number | undefined)[], name: string): Record<string, number> => {
  const known = values.filter(value => value !== undefined)
  return { [`${name}P50`]: quantile(known, 0.5), [`${name}P95`]: quantile(known, 0.95) }
}

async function sentences(count: number): Promise<readonly Sentence[]> {
  const scripts = await Promise.all((await listFixtures()).map(({ name }) => loadNamedFixture(name)))
  const spoken = scripts
    .filter(({ voice }) => voice !== SAVED_VOICE)
    .flatMap(({ utterances }) => utterances.filter(one => one.kind === 'speech' && one.say.split(' ').length > 3))
  // Spread over all calls, and the same each time.
  return Array.from({ length: count }, (_, i) => spoken[Math.floor((i * spoken.length) / count)] as Sentence)
}

const prompt = (text: string): Prompt => ({
  instructions: 'You answer the telephone of a restaurant, in one short sentence.',
  history: [{ role: 'caller', text }],
  tools: [],
})

/** What each port is measured by. */
type Measure<P extends Port> = (one: Candidate<P>) => Promise<Row['figures']>

function measures(announceUrl: string, said: readonly Sentence[]): { readonly [P in Port]: Measure<P> } {
  return {
    async STT({ provider, paidBy }) {
      const all = []
      for (const sentence of said) all.push(await heardBy(provider, sentence, announceUrl))
      const price = pricesOfOther({ model: paidBy }).second
      return {
        wordErrorRate: wordErrorRate(summed(all.map(({ errors }) => errors))),
        ...two(
          all.map(({ firstWordsMs }) => firstWordsMs),
          'firstWordsMs',
        ),
        ...two(
          all.map(({ finalWordsMs }) => finalWordsMs),
          'finalWordsMs',
        ),
        usdAnHour: price && price.unit === 'second' ? (price.usd / price.per) * 3_600 : undefined,
      }
    },
    async LLM({ provider, model }) {
      const all = []
      for (const question of QUESTIONS) all.push(await answeredBy(provider, model, prompt(question)))
      const usd = all.flatMap(one => one.usd ?? [])
      return {
        ...two(
          all.map(({ firstTokenMs }) => firstTokenMs),
          'firstTokenMs',
        ),
        ...two(
          all.map(({ tokensASecond }) => tokensASecond),
          'tokensASecond',
        ),
        usdAThousandAnswers:
          usd.length === 0 ? undefined : (usd.reduce((sum, one) => sum + one, 0) / usd.length) * 1_000,
      }
    },
    async TTS({ provider, paidBy }) {
      const all = []
      // A program that speaks has to be loaded first.
      await spokenBy(provider, 'Hello.').catch(() => undefined)
      for (const text of TEXTS) all.push(await spokenBy(provider, text))
      const price = pricesOfOther({ model: paidBy }).character
      return {
        ...two(
          all.map(({ firstSoundMs }) => firstSoundMs),
          'firstSoundMs',
        ),
        ...two(
          all.map(({ realTimeFactor }) => realTimeFactor),
          'realTimeFactor',
        ),
        tellsWords: all.every(({ hasWords }) => hasWords) ? 1 : 0,
        usdAMillionCharacters: price && (price.usd / price.per) * 1e6,
      }
    },
  }
}

async function rowOf<P extends Port>(one: Candidate<P>, measure: Measure<P>): Promise<Row> {
  const { name, as, model } = one
  try {
    return { name, as, model, figures: await measure(one), failed: undefined }
  } catch (error) {
    return { name, as, model, figures: {}, failed: error instanceof Error ? error.message : String(error) }
  }
}

const shown = (name: string, value: number | undefined): string => {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (name === 'wordErrorRate') return `${(value * 100).toFixed(1)} %`
  return /Ms/.test(name) ? value.toFixed(0) : value.toPrecision(3)
}

function table(port: Port, rows: readonly Row[]): void {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  say(`\n${port.padEnd(18)} ${'as'.padEnd(9)} ${names.map(name => name.padStart(18)).join(' ')}`)
  for (const { name, as, figures, failed } of rows) {
    const cells = names.map(figure => shown(figure, figures[figure]).padStart(18)).join(' ')
    say(`${name.padEnd(18)} ${as.padEnd(9)} ${failed === undefined ? cells : `failed: ${failed}`}`)
  }
}

const CHARTS: Readonly<
  Record<Port, readonly (readonly [title: string, value: string, high: string | undefined, unit: string])[]>
> = {
  STT: [
    ['words that were wrong', 'wordErrorRate', undefined, '%'],
    ['from the last sound to the final words, median and p95', 'finalWordsMsP50', 'finalWordsMsP95', 'ms'],
  ],
  LLM: [['the first token, median and p95', 'firstTokenMsP50', 'firstTokenMsP95', 'ms']],
  TTS: [['the first sound, median and p95', 'firstSoundMsP50', 'firstSoundMsP95', 'ms']],
}

const chartsOf = (port: Port, rows: readonly Row[]): readonly Chart[] =>
  CHARTS[port].map(([title, value, high, unit]) => ({
    title: `${port}: ${title}`,
    unit,
    bars: rows.map(({ name, as, figures }) => {
      const of = (figure: string): number => (figures[figure] ?? Number.NaN) * (unit === '%' ? 100 : 1)
      const top = high === undefined || figures[high] === undefined ? undefined : of(high)
      const label = as === 'stand-in' ? `${name} (stand-in)` : name
      return { label, kind: as, value: of(value), ...(top !== undefined && { high: top }) }
    }),
  }))

export interface CompareOptions {
  /** Names of providers. Empty: all. */
  readonly only: readonly string[]
  /** How many sentences. */
  readonly count: number
  readonly json?: string | undefined
  readonly svg?: string | undefined
}

/** Compares the providers of these ports, or of all if none is named, and prints a table. Rejects when a file cannot be written. */
export async function compare(wanted: readonly Port[], options: CompareOptions): Promise<void> {
  const ports = (['STT', 'LLM', 'TTS'] as const).filter(port => wanted.length === 0 || wanted.includes(port))
  const { only, count, json, svg } = options
  readEnvFile()
  const lifetime = new AbortController()
  const candidates = await openCandidates(process.env, lifetime.signal)
  const measure = measures(candidates.announceUrl, await sentences(count))
  const found: Partial<Record<Port, readonly Row[]>> = {}
  const charts: Chart[] = []
  async function comparePort<P extends Port>(port: P): Promise<void> {
    const { candidates: all, absent } = await candidates.of(port, only)
    const rows: Row[] = []
    for (const one of all) rows.push(await rowOf(one, measure[port] as Measure<P>))
    table(port, rows)
    for (const { name, why } of absent) say(`${name.padEnd(18)} takes no part: ${why}`)
    found[port] = rows
    charts.push(...chartsOf(port, rows))
  }
  for (const port of ports) await comparePort(port)
  if (Object.values(found).some(rows => rows?.some(({ as }) => as === 'stand-in')))
    say(
      '\nStand-ins have their words from the script and their times from the profile "typical": they say nothing of the vendor.',
    )
  const made = { madeOn: systemClock.wallTime().toISOString(), sentences: count, ports: found }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(made, null, 2)}\n`)
  if (svg !== undefined) await writeFile(svg, plotted(charts))
  await candidates.close()
}
