import { useCallback, useEffect, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { askCall, askCost, askLines } from '../server/calls.ts'
import type { Call, CostReport } from '../server/shapes.ts'
import { linesIn } from '../timeline/lines.ts'
import { type Timeline, timelineOf } from '../timeline/timeline.ts'

export interface OpenCall {
  readonly call: Call
  readonly timeline: Timeline
  readonly cost: CostReport | undefined
}
export type Opened =
  | { readonly kind: 'opening' }
  | { readonly kind: 'failed'; readonly told: string }
  | { readonly kind: 'open'; readonly opened: OpenCall }

/** One call with all that is known of it. `change` is for what somebody wrote onto it: notes and tags. */
export function useCall(callId: string, onOut: () => void) {
  const [opened, setOpened] = useState<Opened>({ kind: 'opening' })
  useEffect(() => {
    const left = new AbortController()
    open(callId, left.signal)
      .then(next => (next === 'out' ? onOut() : setOpened(next)))
      .catch(() => undefined)
    return () => left.abort()
  }, [callId, onOut])
  const change = useCallback(
    (more: Partial<Pick<Call, 'notes' | 'tags'>>) =>
      setOpened(now =>
        now.kind === 'open' ? { kind: 'open', opened: { ...now.opened, call: { ...now.opened.call, ...more } } } : now,
      ),
    [],
  )
  return { opened, change }
}

async function open(callId: string, signal: AbortSignal): Promise<Opened | 'out'> {
  const [call, lines, cost] = await Promise.all([
    askCall(callId, signal),
    askLines(callId, signal),
    askCost(callId, signal),
  ])
  for (const answer of [call, lines])
    if (answer.kind === 'failed') return answer.status === 401 ? 'out' : { kind: 'failed', told: toldOf(answer) }
  if (call.kind === 'failed' || lines.kind === 'failed') return 'out'
  const startsMs = [...call.value.attempts].sort((a, b) => a.attempt - b.attempt).map(({ startMs }) => startMs)
  return {
    kind: 'open',
    opened: {
      ...{ call: call.value, timeline: timelineOf(linesIn(lines.value), startsMs) },
      // A call whose cost cannot be had is a call all the same.
      cost: cost.kind === 'ok' ? cost.value : undefined,
    },
  }
}
