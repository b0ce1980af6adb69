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
