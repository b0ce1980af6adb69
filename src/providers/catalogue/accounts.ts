import { type AzurePlace, voicesAddressOf } from '../azure/address.ts'
import type { KeyTest } from '../entry.ts'

interface Account {
  readonly apiKey: string
  readonly baseUrl: string
}

const HTTP = ['https:', 'http:'] as const

/** Of one key several ports can be served. */
export const OPENAI_ACCOUNT = {
  apiKey: { name: 'OPENAI_API_KEY', kind: 'secret' },
  baseUrl: { name: 'OPENAI_BASE_URL', kind: 'url', default: 'https://api.openai.com/v1', protocols: HTTP },
} as const

export const GROQ_ACCOUNT = {
  apiKey: { name: 'GROQ_API_KEY', kind: 'secret' },
  baseUrl: { name: 'GROQ_BASE_URL', kind: 'url', default: 'https://api.groq.com/openai/v1', protocols: HTTP },
} as const

/** OpenAI and those of its kind list their models for nothing. */
export const modelsKeyTest = ({ baseUrl, apiKey }: Account): KeyTest => ({
  url: `${baseUrl}/models`,
  headers: { authorization: `Bearer ${apiKey}` },
})

export const DEEPGRAM_ACCOUNT = {
  apiKey: { name: 'DEEPGRAM_API_KEY', kind: 'secret' },
  baseUrl: {
    name: 'DEEPGRAM_BASE_URL',
    kind: 'url',
    default: 'wss://api.deepgram.com',
    protocols: ['wss:', 'ws:', 'https:', 'http:'],
  },
} as const

export const deepgramKeyTest = ({ baseUrl, apiKey }: Account): KeyTest => ({
  url: `${baseUrl.replace(/^ws/, 'http')}/v1/auth/token`,
  headers: { authorization: `Token ${apiKey}` },
})

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
