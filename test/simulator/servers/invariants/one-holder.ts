import { faultBetween } from '../breaks.ts'
import type { SeveralStreams } from '../several-streams.ts'

/** A server looks every three seconds who else has its calls; then the call ends, but for a change that is being made. */
const KNOWS_WITHIN_MS = 3_500
const TOOL_MS = 9_500

/** An earlier stream ends soon after a later one has its pass in the store, and makes no change after it. */
export function oneHolder(call: SeveralStreams): readonly string[] {
  const { streams, witness } = call
  return streams.flatMap(({ attempt, overMs, wasKilled, ledger, stalledMs, circumstances }) => {
    const laterMs = Math.min(
      ...[...witness.passes].filter(([other]) => other > attempt).map(([, { atMs }]) => atMs),
      Number.POSITIVE_INFINITY,
    )
    if (laterMs === Number.POSITIVE_INFINITY) return []
    const late = ledger.toolRuns.filter(
      ({ changes, begunMs }) => changes && begunMs > laterMs + 20 * circumstances.storeMs,
    )
    const mostMs = KNOWS_WITHIN_MS + 20 * circumstances.storeMs + TOOL_MS + stalledMs
    const isAway = faultBetween(call.faults, laterMs, laterMs + mostMs)
    const heldMs = (overMs ?? Number.POSITIVE_INFINITY) - laterMs
    return [
      ...late.map(({ name, key }) => `stream ${attempt} ran ${name} (${key}) after a later one had begun`),
      ...(!wasKilled && !isAway && heldMs > mostMs
        ? [`stream ${attempt} was held for ${heldMs} ms after a later one`]
        : []),
    ]
  })
}
