import type { Flite } from '../flite/flite.ts'
import type { AnnouncedCalls } from './announced-calls.ts'
import type { StandIn, StandInOptions } from './stand-in.ts'

/** What a stand-in may need besides. */
export interface StandInTools {
  /** Speaks. */
  readonly flite: Flite
  /** Knows what callers are about to say. */
  readonly announced: AnnouncedCalls
}

type Open = (options: StandInOptions, tools: StandInTools) => Promise<StandIn>

/**
 * The stand-ins that are opened where they are asked for, by the name that a provider's entry has for its own (`standIn`).
 * Those of the usual providers are always there: see `main.ts`.
 */
export const STAND_INS: Readonly<Record<string, () => Promise<Open>>> = {
  'openai-realtime': async () => {
    const { openOpenAiRealtimeStandIn } = await import('./openai-realtime/stand-in.ts')
    return async (options, { flite, announced }) => {
      const standIn = await openOpenAiRealtimeStandIn({ ...options, announced }, flite)
      return { ...standIn, url: `${standIn.url}/v1` }
    }
  },
}
