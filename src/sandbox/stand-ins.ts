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
  anthropic: async () => (await import('./anthropic/stand-in.ts')).openAnthropicStandIn,
  groq: async () => below('/openai/v1', (await import('./groq/stand-in.ts')).openGroqStandIn),
  compatible: async () => below('/v1', (await import('./compatible/stand-in.ts')).openCompatibleStandIn),
}

/** The same at the path that the address of its provider has. */
const below =
  (path: string, open: (options: StandInOptions) => Promise<StandIn>): Open =>
  async options => {
    const standIn = await open(options)
    return { ...standIn, url: `${standIn.url}${path}` }
  }
