import type { Server } from './server.ts'

/** As the webhooks have it. */
const MOST_BREAKS = 3
const BREAKS_APART_MS = 5_000

export type Answer =
  | { readonly kind: 'connect'; readonly attempt: number; readonly pauseMs: number }
  | { readonly kind: 'over'; readonly how: string }

/** What a server answers when the carrier asks what comes next: as POST /calls/next does, without HTTP. Throws where the store is away. */
export async function whatComesNext({ store, clock }: Server, callId: string): Promise<Answer> {
  const facts = await store.factsOf(callId)
  if (facts.next !== undefined) return { kind: 'over', how: facts.next }
  const { streams, times, sinceMs = BREAKS_APART_MS } = await store.broke(callId, clock.wallTime())
  if (times > MOST_BREAKS) return { kind: 'over', how: 'unavailable' }
  return { kind: 'connect', attempt: streams + 1, pauseMs: Math.max(0, BREAKS_APART_MS - sinceMs) }
}
