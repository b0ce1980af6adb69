import { provider } from '../entry.ts'

const SOCKETS = ['wss:', 'ws:', 'https:', 'http:'] as const
const HTTP = ['https:', 'http:'] as const

/** What LLM can name. */
export const LLM = {
  /** Chat completions. */
  openai: provider({
    port: 'LLM',
    title: 'OpenAI',
    standIn: 'openai',
    settings: {
      apiKey: { name: 'OPENAI_API_KEY', kind: 'secret' },
      baseUrl: { name: 'OPENAI_BASE_URL', kind: 'url', default: 'https://api.openai.com/v1', protocols: HTTP },
      model: { name: 'OPENAI_MODEL', kind: 'text', default: 'gpt-4o-mini' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({ url: `${baseUrl}/models`, headers: { authorization: `Bearer ${apiKey}` } }),
    async load() {
      const { openAi } = await import('../openai.ts')
      return (values, { clock, network }) => {
        // One for all calls: it remembers which options the server refuses.
        const model = openAi(values, clock, network)
        return { forCall: () => model }
      }
    },
  }),

  /** OpenAI's Responses API, with the same settings. */
  responses: provider({
    port: 'LLM',
    title: 'OpenAI',
    standIn: 'openai',
    settings: {
      apiKey: { name: 'OPENAI_API_KEY', kind: 'secret' },
      baseUrl: { name: 'OPENAI_BASE_URL', kind: 'url', default: 'https://api.openai.com/v1', protocols: HTTP },
      model: { name: 'OPENAI_MODEL', kind: 'text', default: 'gpt-4o-mini' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({ url: `${baseUrl}/models`, headers: { authorization: `Bearer ${apiKey}` } }),
    async load() {
      const { responses } = await import('../responses/responses.ts')
      return (values, { clock, network }) => {
        const model = responses(values, clock, network)
        return { forCall: () => model }
      }
    },
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
    async load() {
      const { anthropic } = await import('../anthropic/anthropic.ts')
      return (values, { clock, network }) => {
        const model = anthropic(values, clock, network)
        return { forCall: () => model }
      }
    },
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
    async load() {
      const { geminiModel } = await import('../gemini/model.ts')
      return (values, { clock, network }) => {
        const model = geminiModel(values, clock, network)
        return { forCall: () => model }
      }
    },
  }),

  groq: provider({
    port: 'LLM',
    title: 'Groq',
    standIn: 'groq',
    settings: {
      apiKey: { name: 'GROQ_API_KEY', kind: 'secret' },
      baseUrl: { name: 'GROQ_BASE_URL', kind: 'url', default: 'https://api.groq.com/openai/v1', protocols: HTTP },
      model: { name: 'GROQ_MODEL', kind: 'text', default: 'openai/gpt-oss-120b' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({ url: `${baseUrl}/models`, headers: { authorization: `Bearer ${apiKey}` } }),
    async load() {
      const { groq } = await import('../groq/groq.ts')
      return (values, { clock, network }) => {
        const model = groq(values, clock, network)
        return { forCall: () => model }
      }
    },
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
    async load() {
      const { compatible } = await import('../compatible/compatible.ts')
      return (values, { clock, network }) => {
        const model = compatible(values, clock, network)
        return { forCall: () => model }
      }
    },
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
