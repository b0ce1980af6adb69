/** Settings of vendors that have more than one port. */

/** The region is that of the key. A base URL other than the default is a resource's own, or a container's. */
export const AZURE_ACCOUNT = {
  apiKey: { name: 'AZURE_SPEECH_API_KEY', kind: 'secret' },
  baseUrl: {
    name: 'AZURE_SPEECH_BASE_URL',
    kind: 'url',
    default: 'wss://speech.microsoft.com',
    protocols: ['wss:', 'ws:', 'https:', 'http:'],
  },
  region: { name: 'AZURE_SPEECH_REGION', kind: 'text', default: 'eastus' },
} as const
