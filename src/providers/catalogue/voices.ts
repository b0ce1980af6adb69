import { provider } from '../entry.ts'

/** With which the key is tried. */
const CARTESIA_VERSION = '2025-04-16'

const SOCKETS = ['wss:', 'ws:', 'https:', 'http:'] as const

/** What TTS can name. */
export const TTS = {
  cartesia: provider({
    port: 'TTS',
    title: 'Cartesia',
    standIn: 'cartesia',
    settings: {
      apiKey: { name: 'CARTESIA_API_KEY', kind: 'secret' },
      baseUrl: { name: 'CARTESIA_BASE_URL', kind: 'url', default: 'wss://api.cartesia.ai', protocols: SOCKETS },
      voiceId: { name: 'CARTESIA_VOICE_ID', kind: 'text', default: 'f786b574-daa5-4673-aa0c-cbe3e8534c02' },
    },
    keyTest: ({ baseUrl, apiKey, voiceId }) => ({
      url: `${baseUrl.replace(/^ws/, 'http')}/voices/${encodeURIComponent(voiceId)}`,
      headers: { authorization: `Bearer ${apiKey}`, 'cartesia-version': CARTESIA_VERSION },
      notFound: `there is no voice ${voiceId}: \`npm run voices\` lists those for CARTESIA_VOICE_ID`,
    }),
    async load() {
      const [{ cartesia }, { cartesiaOverHttp }] = await Promise.all([
        import('../cartesia.ts'),
        import('../cartesia-http.ts'),
      ])
      return (values, { clock, network }) => ({
        forCall: call => cartesia({ ...values, ...call }, clock, call.signal, network),
        forPhrases: ({ rateHz }) => cartesiaOverHttp({ ...values, rateHz }, clock, network),
      })
    },
  }),

  /** This machine itself, with a plain voice. */
  local: provider({
    port: 'TTS',
    title: 'Local voice',
    settings: {},
    async load() {
      const { localVoice } = await import('../local/local-voice.ts')
      return (_none, { local: { voice } }) => {
        if (!voice) throw new Error('the local voice was not opened')
        return { forCall: ({ rateHz }) => localVoice(voice, rateHz) }
      }
    },
  }),
} as const
