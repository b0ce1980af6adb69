import { provider } from '../entry.ts'
import {
  AZURE_ACCOUNT,
  azureKeyTest,
  DEEPGRAM_ACCOUNT,
  deepgramKeyTest,
  GROQ_ACCOUNT,
  modelsKeyTest,
  OPENAI_ACCOUNT,
} from './accounts.ts'

const HTTP = ['https:', 'http:'] as const
const SOCKETS = ['wss:', 'ws:', 'https:', 'http:'] as const

const interimsOf = (value: string): 'on' | 'once' | 'off' => (value === 'once' || value === 'off' ? value : 'on')

/** What STT can name. A vendor's code is loaded where it was chosen. */
export const STT = {
  deepgram: provider({
    port: 'STT',
    title: 'Deepgram',
    standIn: 'deepgram',
    settings: {
      ...DEEPGRAM_ACCOUNT,
      model: {
        ...{ name: 'DEEPGRAM_MODEL', kind: 'text', default: 'nova-3' },
        oneOf: ['nova-3', 'flux-general-en'],
      },
    },
    languagesOf: ({ model }) => (model === 'flux-general-en' ? ['en'] : undefined),
    keyTest: deepgramKeyTest,
    async load() {
      const [{ deepgram }, { flux }] = await Promise.all([import('../deepgram.ts'), import('../flux.ts')])
      return ({ model, ...account }, { clock, network }) => ({
        tellsSpeakers: model === 'nova-3',
        forCall: call => (model === 'nova-3' ? deepgram : flux)({ ...account, ...call }, clock, network),
      })
    },
  }),

  assemblyai: provider({
    port: 'STT',
    title: 'AssemblyAI',
    standIn: 'assemblyai',
    settings: {
      apiKey: { name: 'ASSEMBLYAI_API_KEY', kind: 'secret' },
      /** In Europe it is wss://streaming.eu.assemblyai.com. */
      baseUrl: {
        ...{ name: 'ASSEMBLYAI_BASE_URL', kind: 'url', default: 'wss://streaming.assemblyai.com', protocols: SOCKETS },
      },
      model: { name: 'ASSEMBLYAI_STT_MODEL', kind: 'text', default: 'universal-streaming-english' },
    },
    keyTest: ({ baseUrl, apiKey }) => ({
      url: `${baseUrl.replace(/^ws/, 'http')}/v3/token?expires_in_seconds=60`,
      headers: { authorization: apiKey },
    }),
    async load() {
      const { assemblyAi } = await import('../assemblyai/assemblyai.ts')
      return (account, { clock, network }) => ({
        forCall: call => assemblyAi({ ...account, ...call }, clock, network),
      })
    },
  }),

  /** Realtime transcription. */
  openai: provider({
    port: 'STT',
    title: 'OpenAI',
    standIn: 'openai-ears',
    settings: {
      ...OPENAI_ACCOUNT,
      model: { name: 'OPENAI_STT_MODEL', kind: 'text', default: 'gpt-live-transcribe' },
    },
    keyTest: modelsKeyTest,
    async load() {
      const { openAiEars } = await import('../openai-ears/openai-ears.ts')
      return (account, { clock, network }) => ({
        forCall: call => openAiEars({ ...account, ...call }, clock, network),
      })
    },
  }),

  /** Any server with OpenAI's `/audio/transcriptions`, an utterance at a time. */
  whisper: provider({
    port: 'STT',
    title: 'Whisper',
    standIn: 'whisper',
    settings: {
      apiKey: { name: 'WHISPER_API_KEY', kind: 'secret', optional: true },
      baseUrl: { name: 'WHISPER_BASE_URL', kind: 'url', default: 'http://127.0.0.1:8000/v1', protocols: HTTP },
      model: { name: 'WHISPER_STT_MODEL', kind: 'text', default: 'whisper-1' },
      interims: { name: 'WHISPER_INTERIMS', kind: 'text', default: 'on', oneOf: ['on', 'once', 'off'] },
    },
    async load() {
      const { whisper } = await import('../whisper/whisper-ears.ts')
      return ({ interims, ...access }, { clock, network, voiceActivity }) =>
        whisper({ title: 'Whisper', ...access }, { voiceActivity, network, interims: interimsOf(interims) }, clock)
    },
  }),

  /** The same. Words are told once while they are spoken: Groq charges ten seconds for each request at least. */
  groq: provider({
    port: 'STT',
    title: 'Groq',
    standIn: 'groq-ears',
    settings: {
      ...GROQ_ACCOUNT,
      model: { name: 'GROQ_STT_MODEL', kind: 'text', default: 'whisper-large-v3-turbo' },
    },
    keyTest: modelsKeyTest,
    async load() {
      const { whisper } = await import('../whisper/whisper-ears.ts')
      return (access, { clock, network, voiceActivity }) =>
        whisper({ title: 'Groq', ...access }, { voiceActivity, network, interims: 'once' }, clock)
    },
  }),

  azure: provider({
    port: 'STT',
    title: 'Azure Speech',
    standIn: 'azure',
    settings: AZURE_ACCOUNT,
    keyTest: azureKeyTest,
    async load() {
      const { azureEars } = await import('../azure/azure-ears.ts')
      return (values, { clock, network }) => ({
        forCall: call => azureEars({ ...values, ...call }, clock, network),
      })
    },
  }),

  google: provider({
    port: 'STT',
    title: 'Google Cloud Speech',
    standIn: 'google',
    settings: {
      // The path of a service account's JSON, that JSON itself, or an API key.
      credentials: { name: 'GOOGLE_APPLICATION_CREDENTIALS', kind: 'secret' },
      baseUrl: {
        ...{ name: 'GOOGLE_SPEECH_BASE_URL', kind: 'url', default: 'https://speech.googleapis.com' },
        protocols: ['https:', 'http:'],
      },
      // That of the service account, if it is not set.
      projectId: { name: 'GOOGLE_CLOUD_PROJECT', kind: 'text', optional: true },
      region: { name: 'GOOGLE_SPEECH_REGION', kind: 'text', default: 'global' },
      model: { name: 'GOOGLE_STT_MODEL', kind: 'text', default: 'telephony' },
    },
    async load() {
      const { openGoogleEars } = await import('../google/open-google.ts')
      return (values, { clock, network }) => openGoogleEars(values, clock, network)
    },
  }),

  /** This machine itself. */
  local: provider({
    port: 'STT',
    title: 'Local ears',
    settings: {},
    languagesOf: () => ['en'],
    async load() {
      const { localEars } = await import('../local/local-ears.ts')
      return (_none, { clock, voiceActivity, local: { ears } }) => {
        if (!ears) throw new Error('the local ears were not opened')
        return { forCall: ({ rateHz }) => localEars({ ears, rateHz, voiceActivity }, clock) }
      }
    },
  }),
} as const
