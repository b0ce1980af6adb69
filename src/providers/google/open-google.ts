import type { Clock } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import type { SpeechToTextProvider } from '../entry.ts'
import { googleCredentials } from './credentials.ts'
import { addressOf, googleEars } from './google-ears.ts'

interface Values {
  readonly credentials: string
  readonly baseUrl: string
  readonly projectId: string | undefined
  readonly region: string
  readonly model: string
}

/** A server of another's does not ask for a project. */
const ANY_PROJECT = 'any'

/** Reads the credentials once, for all calls. Throws an Error that says which setting is wrong. */
export async function openGoogleEars(values: Values, clock: Clock, network: Network): Promise<SpeechToTextProvider> {
  const { baseUrl, region, model } = values
  const credentials = await googleCredentials(values.credentials)
  const projectId = values.projectId ?? credentials.projectId ?? ANY_PROJECT
  const { hostname } = new URL(addressOf(values))
  if (projectId === ANY_PROJECT && hostname.endsWith('.googleapis.com')) {
    throw new Error('GOOGLE_CLOUD_PROJECT: is missing, and an API key does not tell the project')
  }
  return {
    forCall: call => googleEars({ credentials, baseUrl, region, model, projectId, ...call }, clock, network),
  }
}
