import { useCallback, useEffect, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { askMe, signOut, waysIn } from '../server/session.ts'
import type { Me, Ways } from '../server/shapes.ts'

export type Session =
  | { readonly kind: 'asking' }
  | { readonly kind: 'out'; readonly ways: Ways }
  | { readonly kind: 'in'; readonly me: Me }
  | { readonly kind: 'failed'; readonly told: string }

/** Who is signed in here. `again` asks anew: after signing in, and when the server has forgotten the session. */
export function useSession() {
  const [session, setSession] = useState<Session>({ kind: 'asking' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks again.
  useEffect(() => {
    const stale = new AbortController()
    askMe(stale.signal)
      .then(answer => {
        if (answer.kind === 'ok') setSession({ kind: 'in', me: answer.value })
        else if (answer.status === 401) setSession({ kind: 'out', ways: waysIn(answer.body) })
        else setSession({ kind: 'failed', told: toldOf(answer) })
      })
      .catch(() => undefined)
    return () => stale.abort()
  }, [tries])
  const again = useCallback(() => setTries(count => count + 1), [])
  const leave = useCallback(async () => {
    await signOut(new AbortController().signal)
    again()
  }, [again])
  return { session, again, leave }
}
