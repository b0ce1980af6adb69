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

/** Opens a stand-in that listens. */
export type OpenStandIn = (options: StandInOptions, tools: StandInTools) => Promise<StandIn>

/** A base URL of these vendors ends with a path. */
const below = (path: string, standIn: StandIn): StandIn => ({ ...standIn, url: `${standIn.url}${path}` })

/**
 * The stand-ins that are opened where they are asked for, by the name that a provider's entry has for its own (`standIn`).
 * Those of the usual providers are always there: see `main.ts`.
 */
export const STAND_INS: Readonly<Record<string, () => Promise<OpenStandIn>>> = {
  async assemblyai() {
    const { openAssemblyAiStandIn } = await import('./assemblyai/stand-in.ts')
    return (options, { announced }) => openAssemblyAiStandIn({ ...options, announced })
  },
  async 'openai-ears'() {
    const { openOpenAiEarsStandIn } = await import('./openai-ears/stand-in.ts')
    return async (options, { announced }) => below('/v1', await openOpenAiEarsStandIn({ ...options, announced }))
  },
  async whisper() {
    const { openWhisperStandIn } = await import('./whisper/stand-in.ts')
    return async (options, { announced }) => below('/v1', await openWhisperStandIn({ ...options, announced }))
  },
  async 'groq-ears'() {
    const { openGroqEarsStandIn } = await import('./whisper/groq.ts')
    return async (options, { announced }) => below('/openai/v1', await openGroqEarsStandIn({ ...options, announced }))
  },
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
  async anthropic() {
    return (await import('./anthropic/stand-in.ts')).openAnthropicStandIn
  },
  async groq() {
    const { openGroqStandIn } = await import('./groq/stand-in.ts')
    return async options => below('/openai/v1', await openGroqStandIn(options))
  },
  async compatible() {
    const { openCompatibleStandIn } = await import('./compatible/stand-in.ts')
    return async options => below('/v1', await openCompatibleStandIn(options))
  },
  async azure() {
    const { openAzureStandIn } = await import('./azure/stand-in.ts')
    return (options, { flite, announced }) => openAzureStandIn({ ...options, announced }, flite)
  },
  async google() {
    const { openGoogleStandIn } = await import('./google/stand-in.ts')
    return (options, { announced }) => openGoogleStandIn({ ...options, announced })
  },
  async polly() {
    const { openPollyStandIn } = await import('./polly/stand-in.ts')
    return (options, { flite }) => openPollyStandIn(options, flite)
  },
  async 'openai-realtime'() {
    const { openOpenAiRealtimeStandIn } = await import('./openai-realtime/stand-in.ts')
    return async (options, { flite, announced }) =>
      below('/v1', await openOpenAiRealtimeStandIn({ ...options, announced }, flite))
  },
}
