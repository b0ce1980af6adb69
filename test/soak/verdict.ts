import type { Sample } from './samples.ts'

/** By so much the second half's memory may be above the first half's. */
export const MOST_GROWN_BYTES = 5 * 1024 * 1024

/** Of the calls that are wanted so many are there, on average: one ends every second or two, and the next must be answered. */
const LEAST_CALLS = 0.6

export interface Verdict {
  readonly firstBytes: number
  readonly secondBytes: number
  readonly grownBytes: number
  /** What is not as it should be; empty when nothing is. */
  readonly faults: readonly string[]
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.length % 2 === 0 ? sorted.slice(middle - 1) : [sorted[middle], sorted[middle]]
  return (low + high) / 2
}

type Held = Pick<Sample, 'files' | 'sockets' | 'listeners' | 'resources'>

/** What the server holds at rest, by name. Requests that are under way, such as `FSReqPromise`, are work and nothing held. */
export function heldAtRest({ files, sockets, listeners, resources }: Held): Readonly<Record<string, number>> {
  const { Timeout: timers = 0, Immediate: _now, ...others } = resources
  const kept = Object.entries(others).filter(([name]) => !name.includes('Req'))
  return { files, sockets, timers, listeners, ...Object.fromEntries(kept) }
}

/** What is held at rest after the calls and was not before, or the other way round. */
export function differences(before: Held, after: Held): readonly string[] {
  const [was, is] = [heldAtRest(before), heldAtRest(after)]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap(name =>
    (was[name] ?? 0) === (is[name] ?? 0) ? [] : [`${name}: ${was[name] ?? 0} before, ${is[name] ?? 0} after`],
  )
}

/**
 * Judges a run by what memory no file is behind. Each sample was taken after a collection of the garbage, and memory is compared by the medians of the halves:
 * how much the calls of one moment hold moves both alike, and a few samples that were taken at an odd moment move neither.
 */
export function verdictOf(
  before: Held,
  samples: readonly Pick<Sample, 'ownBytes' | 'calls'>[],
  after: Held,
  wantedCalls: number,
): Verdict {
  const middle = Math.floor(samples.length / 2)
  const bytes = samples.map(({ ownBytes }) => ownBytes)
  const [firstBytes, secondBytes] = [median(bytes.slice(0, middle)), median(bytes.slice(middle))]
  const grownBytes = secondBytes - firstBytes
  const grown =
    grownBytes > MOST_GROWN_BYTES ? [`memory: ${mb(grownBytes)} MB more in the second half (5 at most)`] : []
  const enough = samples.length >= 8 ? [] : [`only ${samples.length} samples were taken`]
  // A server that is late takes no more calls, so on a machine that is too busy there are few.
  const calls = samples.reduce((sum, one) => sum + one.calls, 0) / samples.length
  const loaded =
    calls >= wantedCalls * LEAST_CALLS ? [] : [`only ${calls.toFixed(1)} calls of ${wantedCalls} at once, on average`]
  return {
    firstBytes,
    secondBytes,
    grownBytes,
    faults: [...enough, ...loaded, ...grown, ...differences(before, after)],
  }
}

export const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
