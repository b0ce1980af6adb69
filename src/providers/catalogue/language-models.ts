import { provider } from '../entry.ts'

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
} as const
