import { LLM } from '../../../src/providers/catalogue/language-models.ts'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openAnthropicStandIn } from '../../../src/sandbox/anthropic/stand-in.ts'
import { openAssemblyAiStandIn } from '../../../src/sandbox/assemblyai/stand-in.ts'
import { openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { openAzureStandIn } from '../../../src/sandbox/azure/stand-in.ts'
import { openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { openCompatibleStandIn } from '../../../src/sandbox/compatible/stand-in.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import { openGeminiStandIn } from '../../../src/sandbox/gemini/stand-in.ts'
import { openGoogleStandIn } from '../../../src/sandbox/google/stand-in.ts'
import { openGroqStandIn } from '../../../src/sandbox/groq/stand-in.ts'
import { openOpenAiStandIn } from '../../../src/sandbox/openai/stand-in.ts'
import { openOpenAiEarsStandIn } from '../../../src/sandbox/openai-ears/stand-in.ts'
import { openOpenAiRealtimeStandIn } from '../../../src/sandbox/openai-realtime/stand-in.ts'
import { openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'
import { openPollyStandIn } from '../../../src/sandbox/polly/stand-in.ts'
import { openGroqEarsStandIn } from '../../../src/sandbox/whisper/groq.ts'
import { openWhisperStandIn } from '../../../src/sandbox/whisper/stand-in.ts'
import type { Target } from '../target.ts'
import { providerTarget } from './providers.ts'

const blind = { read: async () => [], close: async () => undefined }

/** Every vendor of the catalogue, by the wire that it has. */
export const PROVIDER_TARGETS: readonly Target[] = [
  providerTarget('deepgram', 'STT', { entry: STT.deepgram, standIn: ({ options }) => openDeepgramStandIn(options) }),
  providerTarget('flux', 'STT', {
    ...{ entry: STT.deepgram, values: { model: 'flux-general-en' } },
    standIn: ({ options }) => openDeepgramStandIn(options),
  }),
  providerTarget('assemblyai', 'STT', {
    entry: STT.assemblyai,
    standIn: ({ options }) => openAssemblyAiStandIn(options),
  }),
  providerTarget('openai-ears', 'STT', { entry: STT.openai, standIn: ({ options }) => openOpenAiEarsStandIn(options) }),
  providerTarget('whisper', 'STT', { entry: STT.whisper, standIn: ({ options }) => openWhisperStandIn(options) }),
  providerTarget('groq-ears', 'STT', { entry: STT.groq, standIn: ({ options }) => openGroqEarsStandIn(options) }),
  providerTarget('azure-ears', 'STT', {
    entry: STT.azure,
    standIn: ({ options, flite }) => openAzureStandIn(options, flite),
  }),
  providerTarget('google', 'STT', { entry: STT.google, standIn: ({ options }) => openGoogleStandIn(options) }),
  providerTarget('openai', 'LLM', { entry: LLM.openai, standIn: ({ options }) => openOpenAiStandIn(options) }),
  providerTarget('responses', 'LLM', {
    ...{ entry: LLM.responses, values: { model: 'gpt-6-luna' } },
    standIn: ({ options }) => openOpenAiStandIn(options),
  }),
  providerTarget('anthropic', 'LLM', { entry: LLM.anthropic, standIn: ({ options }) => openAnthropicStandIn(options) }),
  providerTarget('gemini', 'LLM', { entry: LLM.gemini, standIn: ({ options }) => openGeminiStandIn(options, blind) }),
  providerTarget('groq', 'LLM', { entry: LLM.groq, standIn: ({ options }) => openGroqStandIn(options) }),
  providerTarget('compatible', 'LLM', {
    ...{ entry: LLM.compatible, values: { model: 'llama3.2' } },
    standIn: ({ options }) => openCompatibleStandIn(options, { kind: 'ollama' }),
  }),
  providerTarget('openai-realtime', 'LLM', {
    entry: LLM['openai-realtime'],
    standIn: ({ options, flite }) => openOpenAiRealtimeStandIn(options, flite),
  }),
  providerTarget('cartesia', 'TTS', {
    entry: TTS.cartesia,
    standIn: ({ options, flite }) => openCartesiaStandIn(options, flite),
  }),
  providerTarget('elevenlabs', 'TTS', {
    entry: TTS.elevenlabs,
    standIn: ({ options, flite }) => openElevenLabsStandIn(options, flite),
  }),
  providerTarget('openai-voice', 'TTS', {
    entry: TTS.openai,
    standIn: ({ options, flite }) => openOpenAiVoiceStandIn(options, flite),
  }),
  providerTarget('aura', 'TTS', {
    entry: TTS.deepgram,
    standIn: ({ options, flite }) => openAuraStandIn(options, flite),
  }),
  providerTarget('azure-voice', 'TTS', {
    entry: TTS.azure,
    standIn: ({ options, flite }) => openAzureStandIn(options, flite),
  }),
  providerTarget('polly', 'TTS', {
    entry: TTS.polly,
    standIn: ({ options, flite }) => openPollyStandIn(options, flite),
  }),
]
