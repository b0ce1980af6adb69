import { messagesOf } from '../conversation/history.ts'
import type { Clock } from '../conversation/ports.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Summary } from '../conversation/summary.ts'
import type { Summarise } from '../conversation/summing-up.ts'
import type { Step } from './attempts.ts'
import { keyOf } from './recorded-answers.ts'

/** A summary was asked for at most so long before it came. */
const LONGEST_MS = 30_000

/** Gives the summaries of a recorded call when they came, where the same was said. */
export function recordedSummaries(steps: readonly Step[], clock: Clock, startMs: number): Summarise {
  const left = steps.flatMap(({ event, before }) => (event.kind === 'summarised' ? [{ event, before }] : []))
  return async (state, _, signal) => {
    const next = left[0]
    if (!next || startMs + next.event.atMs - clock.now() > LONGEST_MS) return undefined
    left.shift()
    const { from, until, text, atMs } = next.event
    if (saidIn(state, next.event) !== saidIn(next.before, next.event)) return undefined
    const waitMs = startMs + atMs - clock.now()
    if (waitMs > 0) await clock.sleep(waitMs, signal)
    return { from, until, text }
  }
}

const saidIn = ({ history }: ConversationState, { from, until }: Summary): string =>
  keyOf(messagesOf(history.filter(({ exchange }) => exchange >= from && exchange <= until)))
