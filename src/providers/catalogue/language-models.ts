import type { Clock } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import type { StreamedModel } from '../chat/streamed-model.ts'
import { type LanguageModelProvider, type ProviderParts, provider } from '../entry.ts'
import { GROQ_ACCOUNT, modelsKeyTest, OPENAI_ACCOUNT } from './accounts.ts'

const SOCKETS = ['wss:', 'ws:', 'https:', 'http:'] as const
const HTTP = ['https:', 'http:'] as const

/** One for all calls: it remembers which options its server refuses. */
const forAllCalls =
  <V>(open: (values: V, clock: Clock, network: Network) => StreamedModel) =>
  (values: V, { clock, network }: ProviderParts): LanguageModelProvider => {
    const model = open(values, clock, network)
    return {
      forCall({ signal }) {
        model.connect(signal)
        return model
      },
    }
  }

/** What LLM can name. */
export const LLM = {
  /** Chat completions. */
  openai: provider({
    port: 'LLM',
    title: 'OpenAI',
    standIn: 'openai',
    settings: {
      ...OPENAI_ACCOUNT,
      model: { name: 'OPENAI_MODEL', kind: 'text', default: 'gpt-4o-mini' },
    },
    keyTest: modelsKeyTest,
    load: async () => forAllCalls((await import('../openai.ts')).openAi),
  }),

  /** OpenAI's Responses API, with the same settings. */
  responses: provider({
    port: 'LLM',
    title: 'OpenAI',
    standIn: 'openai',
    settings: {
      ...OPENAI_ACCOUNT,
      model: { name: 'OPENAI_MODEL', kind: 'text', default: 'gpt-4o-mini' },
    },
    keyTest: modelsKeyTest,
    load: async () => forAllCalls((await import('../responses/responses.ts')).responses),
  }),

  anthropic: provider({
    port: 'LLM',
    title: 'Anthropic',
    standIn: 'anthropic',
    settings: {
      apiKey: { name: 'ANTHROPIC_API_KEY', kind: 'secret' },
      baseUrl: { name: 'ANTHROPIC_BASE_URL', kind: 'url', default: 'https://api.anthropic.com', protocols: HTTP },
      model: { name: 'ANTHROPIC_MODEL', kind: 'text', default: 'claude-haiku-5-5' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({
      url: `${baseUrl}/v1/models?limit=1000`,
      headers: { 'x-api-key': apiKey, 'anthropic-version': '2026-10-21' },
    }),
    load: async () => forAllCalls((await import('../anthropic/anthropic.ts')).anthropic),
  }),

  /** Another model may look at shared screens: that is GEMINI_MODEL. */
  gemini: provider({
    port: 'LLM',
    title: 'Gemini',
    standIn: 'gemini',
    settings: {
      apiKey: { name: 'GEMINI_API_KEY', kind: 'secret' },
      baseUrl: {
        ...{ name: 'GEMINI_BASE_URL', kind: 'url', protocols: HTTP },
        default: 'https://generativelanguage.googleapis.com',
      },
      model: { name: 'GEMINI_LLM_MODEL', kind: 'text', default: 'gemini-3.5-flash-lite' },
    },
    keyTest: ({ baseUrl, apiKey, model }) => ({
      url: `${baseUrl.replace(/\/v1beta$/, '')}/v1beta/models/${encodeURIComponent(model)}`,
      headers: { 'x-goog-api-key': apiKey },
      notFound: `there is no model ${model}: choose another GEMINI_LLM_MODEL`,
    }),
    load: async () => forAllCalls((await import('../gemini/model.ts')).geminiModel),
  }),

  groq: provider({
    port: 'LLM',
    title: 'Groq',
    standIn: 'groq',
    settings: {
      ...GROQ_ACCOUNT,
      model: { name: 'GROQ_MODEL', kind: 'text', default: 'openai/gpt-oss-120b' },
    },
    keyTest: modelsKeyTest,
    load: async () => forAllCalls((await import('../groq/groq.ts')).groq),
  }),

  /** Any server of chat completions. Its default is Ollama's on this machine. */
  compatible: provider({
    port: 'LLM',
    title: 'Compatible server',
    settings: {
      apiKey: { name: 'COMPATIBLE_API_KEY', kind: 'secret', optional: true },
      baseUrl: { name: 'COMPATIBLE_BASE_URL', kind: 'url', default: 'http://127.0.0.1:11434/v1', protocols: HTTP },
      model: { name: 'COMPATIBLE_MODEL', kind: 'text' },
    },
    load: async () => forAllCalls((await import('../compatible/compatible.ts')).compatible),
  }),

  /** Speech to speech: it hears and speaks the call, too. */
  'openai-realtime': provider({
    port: 'LLM',
    title: 'OpenAI Realtime',
    standIn: 'openai-realtime',
    hearsAndSpeaks: true,
    settings: {
      apiKey: { name: 'OPENAI_API_KEY', kind: 'secret' },
      baseUrl: {
        ...{ name: 'OPENAI_REALTIME_BASE_URL', kind: 'url' },
        ...{ default: 'wss://api.openai.com/v1', protocols: SOCKETS },
      },
      model: { name: 'OPENAI_REALTIME_MODEL', kind: 'text', default: 'gpt-realtime-2.1-mini' },
      voiceId: { name: 'OPENAI_REALTIME_VOICE_ID', kind: 'text', default: 'marin' },
      transcriptionModel: { name: 'OPENAI_REALTIME_STT_MODEL', kind: 'text', default: 'gpt-realtime-whisper' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({
      ...{ url: `${baseUrl.replace(/^ws/, 'http')}/models`, headers: { authorization: `Bearer ${apiKey}` } },
    }),
    async load() {
      const { openAiRealtime } = await import('../openai-realtime/provider.ts')
      return openAiRealtime
    },
  }),
} as const
