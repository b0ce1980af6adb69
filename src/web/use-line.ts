import { useCallback, useEffect, useState } from 'react'
import { askLine, type Line } from './server/line.ts'
import { type Problem, problemOf } from './state/problems.ts'

export type Found =
  | { readonly kind: 'asking' }
  | { readonly kind: 'line'; readonly line: Line }
  | { readonly kind: 'failed'; readonly problem: Problem }

/** What can be had at the other end, and a way to ask again. */
export function useLine(): readonly [Found, () => void] {
  const [found, setFound] = useState<Found>({ kind: 'asking' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks again.
  useEffect(() => {
    const unmounted = new AbortController()
    askLine(unmounted.signal)
      .then(answer =>
        setFound(
          answer.kind === 'ok'
            ? { kind: 'line', line: answer.value }
            : { kind: 'failed', problem: problemOf(answer.why, answer.message) },
        ),
      )
      .catch(() => undefined)
    return () => unmounted.abort()
  }, [tries])
  return [found, useCallback(() => setTries(count => count + 1), [])]
}
