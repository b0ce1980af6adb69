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
  async azure() {
    const { openAzureStandIn } = await import('./azure/stand-in.ts')
    return (options, { flite }) => openAzureStandIn(options, flite)
  },
  async google() {
    const { openGoogleStandIn } = await import('./google/stand-in.ts')
    return options => openGoogleStandIn(options)
  },
  async polly() {
    const { openPollyStandIn } = await import('./polly/stand-in.ts')
    return (options, { flite }) => openPollyStandIn(options, flite)
  },
}
