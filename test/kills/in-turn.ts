import type { Moment } from './moments.ts'
import { type Killed, oneKill } from './one-kill.ts'
import type { Wish } from './person.ts'
import type { Rig } from './rig.ts'
import type { Strike } from './strike.ts'
import type { WishName } from './wishes.ts'

/** A round that the machine spoilt is run again so often. */
const MOST_VOIDS = 2

export interface RoundsParts {
  readonly rounds: readonly { readonly how: Strike; readonly moment: Moment; readonly seed: number }[]
  /** So many calls at a time, each with servers of its own. */
  readonly lanes: number
  readonly wishOf: (name: WishName) => Wish
  readonly open: () => Promise<Rig>
  /** Told of each kill. */
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Runs all of them; each has a caller's number of its own, as tasks are kept by it. */
export async function killedInTurn({
  rounds,
  lanes,
  wishOf,
  open,
  say,
  signal,
}: RoundsParts): Promise<readonly Killed[]> {
  const waiting = [...rounds]
  const killed: Killed[] = []
  let calls = 0

  async function lane(): Promise<void> {
    const rig = await open()
    try {
      for (let round = waiting.shift(); round; round = waiting.shift()) {
        let voids = 0
        let one = await run(rig, round)
        while (one.isVoid && voids++ < MOST_VOIDS) one = await run(rig, round)
        killed.push(one)
      }
    } finally {
      await rig.close()
    }
  }

  async function run(rig: Rig, round: RoundsParts['rounds'][number]): Promise<Killed> {
    const callSeed = round.seed * 1_000 + calls
    const from = `+1555${String(1_000_000 + calls++)}`
    const one = await oneKill(rig, { ...round, callSeed, from }, wishOf, signal)
    const words = one.wordsMs === undefined ? 'no words' : `words after ${one.wordsMs} ms`
    say(
      `${one.isVoid ? 'void ' : ''}${one.seed} ${one.how} at ${one.moment}: ${words}, stalled ${Math.round(one.stalledMs)} ms`,
    )
    for (const { about, what } of one.problems) say(`  ${about}: ${what}`)
    return one
  }

  await Promise.all(Array.from({ length: Math.min(lanes, rounds.length) }, lane))
  return killed.toSorted((one, other) => one.seed - other.seed)
}
