import { useCallback, useEffect, useState } from 'react'
import { type Answer, toldOf } from '../server/ask.ts'

export interface Paged<Page> {
  /** The last page that came; it stays while the next one is asked for. */
  readonly page: Page | undefined
  readonly isAsking: boolean
  readonly failed: string | undefined
}

/** One page of a list, and how to ask for it anew. `ask` is the same each time. `onOut`: the session is over. */
export function usePage<Page>(
  ask: (query: string, signal: AbortSignal) => Promise<Answer<Page>>,
  query: string,
  onOut: () => void,
): readonly [Paged<Page>, () => void] {
  const [paged, setPaged] = useState<Paged<Page>>({ page: undefined, isAsking: true, failed: undefined })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks again.
  useEffect(() => {
    const stale = new AbortController()
    setPaged(({ page }) => ({ page, isAsking: true, failed: undefined }))
    ask(query, stale.signal)
      .then(answer => {
        if (answer.kind === 'ok') return setPaged({ page: answer.value, isAsking: false, failed: undefined })
        if (answer.status === 401) return onOut()
        setPaged({ page: undefined, isAsking: false, failed: toldOf(answer) })
      })
      .catch(() => undefined)
    return () => stale.abort()
  }, [ask, query, tries, onOut])
  return [paged, useCallback(() => setTries(count => count + 1), [])]
}
