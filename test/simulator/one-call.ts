import { circumstancesOf } from './circumstances.ts'
import { countersOf } from './counters.ts'
import { courseOf } from './invariants/course.ts'
import { type Breach, breachesOf } from './invariants.ts'
import { type CallBreach, callBreachesOf } from './servers/call-invariants.ts'
import { type Parts, severalStreams } from './servers/several-streams.ts'
import { simulate } from './simulate.ts'

/** The result of one simulated call. */
export interface Outcome {
  readonly seed: number
  /** The journal's lines as written. */
  readonly journal: readonly string[]
  readonly breaches: readonly (Breach | CallBreach)[]
  readonly counters: ReadonlyMap<string, number>
}

/** Simulates the call with this seed and checks all invariants. */
export function oneCall(seed: number): Promise<Outcome> {
  const { breaks, storeFaults } = circumstancesOf(seed)
  return breaks.length + storeFaults.length > 0 ? brokenCall(seed) : plainCall(seed)
}

/** The call with this seed at several servers. `wrong` is what a test makes wrong on purpose. */
export async function brokenCall(seed: number, wrong: Partial<Parts> = {}): Promise<Outcome> {
  const call = await severalStreams(seed, wrong)
  const courses = call.streams.map(courseOf)
  const counters = new Map(call.ledger.counts)
  for (const course of courses)
    for (const [what, times] of countersOf(course)) counters.set(what, (counters.get(what) ?? 0) + times)
  return {
    seed,
    journal: call.streams.flatMap(({ journal }) => journal.lines),
    breaches: callBreachesOf(call, courses),
    counters,
  }
}

/** The call with this seed at one server, to which nothing happens. */
export async function plainCall(seed: number): Promise<Outcome> {
  const course = courseOf(await simulate(seed))
  return { seed, journal: course.journal.lines, breaches: breachesOf(course), counters: countersOf(course) }
}

const LAST_LINES = 30
const MOST_CHARACTERS = 400

/** A report on a call that broke an invariant: the seed, what broke, the journal's end, and how to repeat it. */
export function reportOf({ seed, journal, breaches }: Outcome): string {
  const lines = journal
    .slice(-LAST_LINES)
    .map(line => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line))
  return [
    `seed ${seed} breaks:`,
    ...breaches.map(({ invariant, why }) => `  ${invariant}: ${why}`),
    'the last lines of its journal:',
    ...lines.map(line => `  ${line}`),
    `again: npm run simulate -- --seed ${seed} --calls 1`,
    '',
  ].join('\n')
}
