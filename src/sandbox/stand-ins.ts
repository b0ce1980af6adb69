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
  async aura() {
    const { openAuraStandIn } = await import('./aura/stand-in.ts')
    return (options, { flite }) => openAuraStandIn(options, flite)
  },
  async elevenlabs() {
    const { openElevenLabsStandIn } = await import('./elevenlabs/stand-in.ts')
    return (options, { flite }) => openElevenLabsStandIn(options, flite)
  },
  async 'openai-voice'() {
    const { openOpenAiVoiceStandIn } = await import('./openai-voice/stand-in.ts')
    return (options, { flite }) => openOpenAiVoiceStandIn(options, flite)
  },
}
