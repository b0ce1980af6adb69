import type { VoiceRateHz } from '../../conversation/ports.ts'
import { provider } from '../entry.ts'
import { DEFAULT_VOICE, languagesOf } from '../polly/default-voices.ts'
import {
  AZURE_ACCOUNT,
  azureKeyTest,
  DEEPGRAM_ACCOUNT,
  deepgramKeyTest,
  modelsKeyTest,
  OPENAI_ACCOUNT,
} from './accounts.ts'

/** With which the key is tried. */
const CARTESIA_VERSION = '2025-04-16'

type PollyCall = { readonly language: string; readonly rateHz: VoiceRateHz; readonly traceparent?: string | undefined }

const HTTP = ['https:', 'http:'] as const
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
        delivers: ['speed', 'manner'],
        forCall: call => cartesia({ ...values, ...call }, clock, call.signal, network),
        forPhrases: call => cartesiaOverHttp({ ...values, ...call }, clock, network),
      })
    },
    async loadVoices() {
      const { cartesiaVoices } = await import('../cartesia-voices.ts')
      return (values, { clock, network }, search, signal) => cartesiaVoices(values, search, clock, signal, network)
    },
  }),

  /** Its multi-context socket. The voice may be one that was made of a person's own: `npm run voices -- --clone`. */
  elevenlabs: provider({
    port: 'TTS',
    title: 'ElevenLabs',
    standIn: 'elevenlabs',
    settings: {
      apiKey: { name: 'ELEVENLABS_API_KEY', kind: 'secret' },
      baseUrl: { name: 'ELEVENLABS_BASE_URL', kind: 'url', default: 'wss://api.elevenlabs.io', protocols: SOCKETS },
      model: { name: 'ELEVENLABS_TTS_MODEL', kind: 'text', default: 'eleven_flash_v2_5' },
      voiceId: { name: 'ELEVENLABS_VOICE_ID', kind: 'text', default: 'EXAVITQu4vr4xnSDxMaL' },
    },
    keyTest: ({ baseUrl, apiKey, voiceId }) => ({
      url: `${baseUrl.replace(/^ws/, 'http')}/v1/voices/${encodeURIComponent(voiceId)}`,
      headers: { 'xi-api-key': apiKey },
      notFound: `there is no voice ${voiceId}: \`npm run voices -- --of elevenlabs\` lists those for ELEVENLABS_VOICE_ID`,
    }),
    async load() {
      const { elevenLabs } = await import('../elevenlabs/elevenlabs.ts')
      return (values, { clock, network }) => ({
        delivers: ['speed'],
        forCall: call => elevenLabs({ ...values, ...call }, clock, call.signal, network),
      })
    },
    loadVoices: async () => (await import('../elevenlabs/voices.ts')).elevenLabsVoices,
    loadCloning: async () => (await import('../elevenlabs/cloned-voice.ts')).clonedVoice,
  }),

  /** Its speech endpoint, and that of compatible servers. */
  openai: provider({
    port: 'TTS',
    title: 'OpenAI',
    standIn: 'openai-voice',
    settings: {
      ...OPENAI_ACCOUNT,
      model: { name: 'OPENAI_TTS_MODEL', kind: 'text', default: 'gpt-4o-mini-tts' },
      voiceId: { name: 'OPENAI_VOICE_ID', kind: 'text', default: 'marin' },
    },
    keyTest: modelsKeyTest,
    async load() {
      const [{ openAiVoice }, { deliversOf }] = await Promise.all([
        import('../openai-voice/openai-voice.ts'),
        import('../openai-voice/as-asked.ts'),
      ])
      return (values, { clock, network }) => ({
        delivers: deliversOf(values.model),
        forCall: call => openAiVoice({ ...values, ...call }, clock, network),
      })
    },
    loadVoices: async () => (await import('../openai-voice/voices.ts')).openAiVoices,
  }),

  /** Aura. A voice is a model there, and speaks one language. */
  deepgram: provider({
    port: 'TTS',
    title: 'Deepgram',
    standIn: 'aura',
    settings: {
      ...DEEPGRAM_ACCOUNT,
      voiceId: { name: 'DEEPGRAM_VOICE_ID', kind: 'text', default: 'aura-2-thalia-en' },
    },
    keyTest: deepgramKeyTest,
    async load() {
      const [{ aura }, { takesSpeed }] = await Promise.all([import('../aura/aura.ts'), import('../aura/voices.ts')])
      return (values, { clock, network }) => ({
        delivers: takesSpeed(values.voiceId) ? ['speed'] : [],
        forCall: call => aura({ ...values, ...call }, clock, call.signal, network),
      })
    },
    loadVoices: async () => (await import('../aura/voices.ts')).auraVoices,
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
    keyTest: azureKeyTest,
    async load() {
      const { azureVoice } = await import('../azure/azure-voice.ts')
      return (values, { clock, network }) => ({
        delivers: ['speed'],
        forCall: call => azureVoice({ ...values, ...call }, clock, call.signal, network),
        forPhrases: call => azureVoice({ ...values, ...call }, clock, call.signal, network, { lazy: true }),
      })
    },
    loadVoices: async () => (await import('../azure/voices.ts')).azureVoices,
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
        protocols: HTTP,
      },
      region: { name: 'AWS_REGION', kind: 'text', default: 'us-east-1' },
      model: {
        ...{ name: 'POLLY_ENGINE', kind: 'text', default: 'neural' },
        oneOf: ['neural', 'generative', 'long-form', 'standard'],
      },
      voiceId: { name: 'POLLY_VOICE_ID', kind: 'text', default: DEFAULT_VOICE },
    },
    languagesOf: ({ voiceId, model }) => languagesOf(voiceId, model),
    async load() {
      const { polly, takesSpeed } = await import('../polly/polly.ts')
      return ({ apiKey: secretAccessKey, model: engine, ...values }, { clock, network }) => {
        const voice = (call: PollyCall) => polly({ ...values, secretAccessKey, engine, ...call }, clock, network)
        return { delivers: takesSpeed(engine) ? ['speed'] : [], forCall: voice, forPhrases: voice }
      }
    },
    async loadVoices() {
      const { pollyVoices } = await import('../polly/voices.ts')
      return ({ apiKey: secretAccessKey, model: engine, ...values }, parts, search, signal) =>
        pollyVoices({ ...values, secretAccessKey, engine }, parts, search, signal)
    },
  }),

  /** This machine itself, with a plain voice. */
  local: provider({
    port: 'TTS',
    title: 'Local voice',
    settings: {},
    languagesOf: () => ['en'],
    async load() {
      const { localVoice } = await import('../local/local-voice.ts')
      return (_none, { local: { voice } }) => {
        if (!voice) throw new Error('the local voice was not opened')
        return { delivers: ['speed'], forCall: ({ rateHz }) => localVoice(voice, rateHz) }
      }
    },
  }),
} as const
