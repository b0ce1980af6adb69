import { type AzurePlace, voicesAddressOf } from '../azure/address.ts'
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
export const azureKeyTest = ({ apiKey, ...place }: AzurePlace & { readonly apiKey: string }): KeyTest => ({
  url: voicesAddressOf(place).toString(),
  headers: { 'Ocp-Apim-Subscription-Key': apiKey },
})
