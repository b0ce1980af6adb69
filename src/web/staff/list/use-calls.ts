import { useCallback, useEffect, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { askCalls } from '../server/calls.ts'
import type { CallPage } from '../server/shapes.ts'

export interface Calls {
  /** The last page that came; it stays while the next one is asked for. */
  readonly page: CallPage | undefined
  readonly isAsking: boolean
  readonly failed: string | undefined
}

/** One page of the list. `onOut` is called when the session is over. */
export function useCalls(query: string, onOut: () => void): readonly [Calls, () => void] {
  const [calls, setCalls] = useState<Calls>({ page: undefined, isAsking: true, failed: undefined })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks again.
  useEffect(() => {
    const stale = new AbortController()
    setCalls(({ page }) => ({ page, isAsking: true, failed: undefined }))
    askCalls(query, stale.signal)
      .then(answer => {
        if (answer.kind === 'ok') return setCalls({ page: answer.value, isAsking: false, failed: undefined })
        if (answer.status === 401) return onOut()
        setCalls({ page: undefined, isAsking: false, failed: toldOf(answer) })
      })
      .catch(() => undefined)
    return () => stale.abort()
  }, [query, tries, onOut])
  return [calls, useCallback(() => setTries(count => count + 1), [])]
}
