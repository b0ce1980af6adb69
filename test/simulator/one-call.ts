import { countersOf } from './counters.ts'
import { courseOf } from './invariants/course.ts'
import { type Breach, breachesOf } from './invariants.ts'
import { simulate } from './simulate.ts'

/** What one call came to. */
export interface Outcome {
  readonly seed: number
  /** The journal, to the byte. */
  readonly journal: readonly string[]
  readonly breaches: readonly Breach[]
  readonly counters: ReadonlyMap<string, number>
}

/** Simulates the call of this seed and looks at it by all invariants. */
export async function oneCall(seed: number): Promise<Outcome> {
  const course = courseOf(await simulate(seed))
  return { seed, journal: course.journal.lines, breaches: breachesOf(course), counters: countersOf(course) }
}

const LAST_LINES = 30
const MOST_LETTERS = 400

/** Tells of a call on which something broke: seed, invariants, the journal's end, and how to see it again. */
export function reportOf({ seed, journal, breaches }: Outcome): string {
  const lines = journal
    .slice(-LAST_LINES)
    .map(line => (line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line))
  return [
    `seed ${seed} breaks:`,
    ...breaches.map(({ invariant, why }) => `  ${invariant}: ${why}`),
    'the last lines of its journal:',
    ...lines.map(line => `  ${line}`),
    `again: npm run simulate -- --seed ${seed} --calls 1`,
    '',
  ].join('\n')
}
