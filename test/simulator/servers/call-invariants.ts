import type { Course } from '../invariants/course.ts'
import { type Breach, breachesOf } from '../invariants.ts'
import { nothingCommittedIsLost } from './invariants/nothing-committed-is-lost.ts'
import { oneHolder } from './invariants/one-holder.ts'
import { theCallerHearsSoon } from './invariants/the-caller-hears-soon.ts'
import { theLastTurnIsKept } from './invariants/the-last-turn-is-kept.ts'
import type { SeveralStreams } from './several-streams.ts'

const INVARIANTS = {
  'the caller hears words again soon': theCallerHearsSoon,
  'the last finished turn is kept': theLastTurnIsKept,
  'nothing committed is lost': nothingCommittedIsLost,
  'no call is held twice': oneHolder,
  'an earlier stream commits nothing': ({ witness }: SeveralStreams): readonly string[] => witness.late,
  'no key has two effects': ({ made }: SeveralStreams): readonly string[] =>
    [...made].filter(([, times]) => times > 1).map(([key, times]) => `${key} was made ${times} times`),
  'servers leave nothing behind': ({ leftovers, ledger }: SeveralStreams): readonly string[] => [
    ...Object.entries(leftovers).flatMap(([what, count]) => (count === 0 ? [] : [`${what}: ${count}`])),
    ...ledger.broken,
  ],
} as const

export interface CallBreach {
  readonly invariant: keyof typeof INVARIANTS
  readonly why: string
}

/** What of a call and of each of its streams is not as it must be. */
export function callBreachesOf(call: SeveralStreams, courses: readonly Course[]): readonly (Breach | CallBreach)[] {
  const names = Object.keys(INVARIANTS).filter((name): name is CallBreach['invariant'] => name in INVARIANTS)
  const ofStreams = courses.flatMap((course, index) => {
    const { attempt = 0, wasKilled = false } = call.streams[index] ?? {}
    return breachesOf(course, wasKilled).map(({ invariant, why }) => ({ invariant, why: `stream ${attempt}: ${why}` }))
  })
  return [...ofStreams, ...names.flatMap(invariant => INVARIANTS[invariant](call).map(why => ({ invariant, why })))]
}
