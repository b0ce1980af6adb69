import { getEventListeners } from 'node:events'
import type { Course } from './course.ts'

/** After the end there are no sleeps, open streams, running tools or listeners, and nothing is written or sent. */
export function nothingIsLeftBehind({ leftovers, ledger, lines }: Course): readonly string[] {
  const left = Object.entries(leftovers).filter(([, count]) => count !== 0)
  const listeners = [...ledger.lifeSignals].reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0)
  const failed = lines.flatMap(line => ('noted' in line && line.noted.kind === 'work-failed' ? [line.noted] : []))
  return [
    ...left.map(([what, count]) => `${what}: ${count}`),
    ...(listeners > 0 ? [`listeners on the call's own signal: ${listeners}`] : []),
    ...failed.filter(({ why }) => !String(why).includes('simulated')).map(({ why }) => `a work failed: ${String(why)}`),
  ]
}
