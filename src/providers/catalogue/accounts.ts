import type { KeyTest } from '../entry.ts'

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

/** The list of the region's voices costs nothing. */
export function azureKeyTest({
  apiKey,
  baseUrl,
  region,
}: {
  readonly apiKey: string
  readonly baseUrl: string
  readonly region: string
}): KeyTest {
  const url = new URL(baseUrl.replace(/^ws/, 'http'))
  const isRegions = url.hostname === 'speech.microsoft.com'
  if (isRegions) url.hostname = `${region}.tts.${url.hostname}`
  url.pathname = isRegions ? '/cognitiveservices/voices/list' : '/tts/cognitiveservices/voices/list'
  return { url: url.toString(), headers: { 'Ocp-Apim-Subscription-Key': apiKey } }
}
