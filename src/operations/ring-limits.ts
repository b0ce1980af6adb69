import type { Clock } from '../conversation/ports.ts'
import { callerCalls } from './caller-calls.ts'

/** Whom one caller may have rung in an hour, and how often one number is rung for all callers together. */
const MOST_AN_HOUR = 6

/** Counts whom this server rings: for which caller, and which number. */
export function ringLimits(clock: Clock) {
  const byCaller = callerCalls({ mostAtOnce: Number.POSITIVE_INFINITY, mostAnHour: MOST_AN_HOUR }, clock)
  const byNumber = callerCalls({ mostAtOnce: 1, mostAnHour: MOST_AN_HOUR }, clock)
  return {
    /** Counts one more, or gives in plain words what is too many. `caller`: for whom; undefined where it is for no call. */
    take(ring: string, caller: string | undefined, number: string): string | undefined {
      if (caller !== undefined && byCaller.isTooMany(caller, ring))
        return 'too many people were rung for this caller within an hour'
      if (byNumber.isTooMany(number, ring))
        return 'this number is being rung already, or was rung too often within an hour'
      if (caller !== undefined) byCaller.began(caller, ring)
      byNumber.cameIn(number, ring)
      byNumber.began(number, ring)
      return undefined
    },
    /** It rings no more, and is held no more. */
    left(ring: string): void {
      byNumber.left(ring)
    },
  }
}

export type RingLimits = ReturnType<typeof ringLimits>
