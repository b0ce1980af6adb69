import { provider } from '../entry.ts'
import { AZURE_ACCOUNT } from './accounts.ts'

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

  azure: provider({
    port: 'STT',
    title: 'Azure Speech',
    standIn: 'azure',
    settings: AZURE_ACCOUNT,
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
    async load() {
      const { localEars } = await import('../local/local-ears.ts')
      return (_none, { clock, voiceActivity, local: { ears } }) => {
        if (!ears) throw new Error('the local ears were not opened')
        return { forCall: ({ rateHz }) => localEars({ ears, rateHz, voiceActivity }, clock) }
      }
    },
  }),
} as const
