import type { VoiceRateHz } from '../../conversation/ports.ts'
import { provider } from '../entry.ts'
import { AZURE_ACCOUNT } from './accounts.ts'

/** With which the key is tried. */
const CARTESIA_VERSION = '2025-04-16'

type PollyCall = { readonly language: string; readonly rateHz: VoiceRateHz; readonly traceparent?: string | undefined }

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

  azure: provider({
    port: 'TTS',
    title: 'Azure Speech',
    standIn: 'azure',
    settings: {
      ...AZURE_ACCOUNT,
      // It speaks the languages of all agents; one of its voices of a single language speaks that one better.
      voiceId: { name: 'AZURE_SPEECH_VOICE_ID', kind: 'text', default: 'en-US-AvaMultilingualNeural' },
    },
    async load() {
      const { azureVoice } = await import('../azure/azure-voice.ts')
      return (values, { clock, network }) => ({
        forCall: call => azureVoice({ ...values, ...call }, clock, call.signal, network),
        forPhrases: call => azureVoice({ ...values, ...call }, clock, call.signal, network, { lazy: true }),
      })
    },
  }),

  polly: provider({
    port: 'TTS',
    title: 'Amazon Polly',
    standIn: 'polly',
    settings: {
      apiKey: { name: 'AWS_SECRET_ACCESS_KEY', kind: 'secret' },
      accessKeyId: { name: 'AWS_ACCESS_KEY_ID', kind: 'secret' },
      sessionToken: { name: 'AWS_SESSION_TOKEN', kind: 'secret', optional: true },
      baseUrl: {
        ...{ name: 'POLLY_BASE_URL', kind: 'url', default: 'https://polly.amazonaws.com' },
        protocols: ['https:', 'http:'],
      },
      region: { name: 'AWS_REGION', kind: 'text', default: 'us-east-1' },
      model: {
        ...{ name: 'POLLY_ENGINE', kind: 'text', default: 'neural' },
        oneOf: ['neural', 'generative', 'long-form', 'standard'],
      },
      voiceId: { name: 'POLLY_VOICE_ID', kind: 'text', default: 'Joanna' },
    },
    async load() {
      const { polly } = await import('../polly/polly.ts')
      return ({ apiKey: secretAccessKey, model: engine, ...values }, { clock, network }) => {
        const voice = (call: PollyCall) => polly({ ...values, secretAccessKey, engine, ...call }, clock, network)
        return { forCall: voice, forPhrases: voice }
      }
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
