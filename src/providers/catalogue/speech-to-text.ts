import { provider } from '../entry.ts'

const SOCKETS = ['wss:', 'ws:', 'https:', 'http:'] as const

/** What STT can name. A vendor's code is loaded where it was chosen. */
export const STT = {
  deepgram: provider({
    port: 'STT',
    title: 'Deepgram',
    standIn: 'deepgram',
    settings: {
      apiKey: { name: 'DEEPGRAM_API_KEY', kind: 'secret' },
      baseUrl: { name: 'DEEPGRAM_BASE_URL', kind: 'url', default: 'wss://api.deepgram.com', protocols: SOCKETS },
      model: {
        ...{ name: 'DEEPGRAM_MODEL', kind: 'text', default: 'nova-3' },
        oneOf: ['nova-3', 'flux-general-en'],
      },
    },
    keyTest: ({ baseUrl, apiKey }) => ({
      url: `${baseUrl.replace(/^ws/, 'http')}/v1/auth/token`,
      headers: { authorization: `Token ${apiKey}` },
    }),
    async load() {
      const [{ deepgram }, { flux }] = await Promise.all([import('../deepgram.ts'), import('../flux.ts')])
      return ({ model, ...account }, { clock, network }) => ({
        forCall: call => (model === 'nova-3' ? deepgram : flux)({ ...account, ...call }, clock, network),
      })
    },
  }),

  /** This machine itself. */
  local: provider({
    port: 'STT',
    title: 'Local ears',
    settings: {},
    async load() {
      const { localEars } = await import('../local/local-ears.ts')
      return (_none, { clock, voiceActivity, local: { ears } }) => {
        if (!ears) throw new Error('the local ears were not opened')
        return { forCall: ({ rateHz }) => localEars({ ears, rateHz, voiceActivity }, clock) }
      }
    },
  }),
} as const
