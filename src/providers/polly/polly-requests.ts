import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { beginningOf, broken, jsonIn } from '../http-answer.ts'
import { unstalled } from '../stall.ts'
import { type AwsKeys, signedHeaders } from './signed.ts'

export const POLLY = 'Amazon Polly'
/** The service makes the whole clause before its first sound. */
const FIRST_MS = 4_000
const NEXT_MS = 2_500
/** Some minutes of a clause. */
const MOST_BYTES = 16 * 1024 * 1024
/** The service refuses more. */
const LONGEST_TEXT = 3_000
/** What it says with 400 although another try may do. */
const PASSING =
  /^(?:Throttling|ThrottledException|TooManyRequests|RequestLimitExceeded|ServiceUnavailable|ServiceFailure)/

const refusal = z.object({ message: z.string().optional(), Message: z.string().optional() })

export interface PollyAccess extends AwsKeys {
  readonly baseUrl: string
  readonly region: string
  readonly traceparent?: string | undefined
}

/** One request of `SynthesizeSpeech`, by the names of the service. */
export interface SynthesizeSpeech {
  readonly Engine: string
  readonly VoiceId: string
  readonly Text: string
  readonly TextType: 'text' | 'ssml'
  readonly OutputFormat: 'pcm' | 'json'
  readonly SampleRate?: string
  readonly SpeechMarkTypes?: readonly ['word']
}

/** The default address is that of no region: it gets the settings' one. */
export function addressOf({ baseUrl, region }: Pick<PollyAccess, 'baseUrl' | 'region'>, path: string): URL {
  const url = new URL(baseUrl)
  if (url.hostname === 'polly.amazonaws.com') {
    url.hostname = `polly.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  }
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`
  return url
}

/**
 * Asks for a speech or its marks, and passes on the answer's bytes as they come. By fetch: the vendor's SDK keeps time and
 * opens connections by itself. Throws ProviderError.
 */
export async function* synthesized(
  access: PollyAccess,
  asked: SynthesizeSpeech,
  clock: Clock,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (asked.Text.length > LONGEST_TEXT) {
    throw new ProviderError(POLLY, `a clause of ${asked.Text.length} letters: it takes ${LONGEST_TEXT} at most`, {
      retryable: false,
    })
  }
  let bytes = 0
  const limits = { firstMs: FIRST_MS, nextMs: NEXT_MS }
  for await (const chunk of unstalled(requested(access, asked, clock, network, signal), limits, POLLY, clock, signal)) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new ProviderError(POLLY, 'more sound than can be taken', { retryable: true })
    yield chunk
  }
}

async function* requested(
  access: PollyAccess,
  asked: SynthesizeSpeech,
  clock: Clock,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const body = JSON.stringify(asked)
  const { region, traceparent } = access
  const url = addressOf(access, '/v1/speech')
  const headers = {
    'content-type': 'application/json',
    ...(traceparent !== undefined && { traceparent }),
    ...signedHeaders(access, { method: 'POST', url, region, body, now: clock.wallTime() }),
  }
  let response: Response
  try {
    response = await network.fetch(url, { method: 'POST', headers, body, signal })
  } catch (cause) {
    throw broken(POLLY, cause)
  }
  if (!response.ok) throw await refused(response)
  try {
    for await (const chunk of response.body ?? []) yield chunk
  } catch (cause) {
    throw broken(POLLY, cause)
  }
}

async function refused(response: Response): Promise<ProviderError> {
  const { status, headers } = response
  const told = await beginningOf(response).catch(() => '')
  const read = refusal.safeParse(jsonIn(told)).data
  // "ThrottlingException:http://internal.amazon.com/…"
  const kind = headers.get('x-amzn-errortype')?.split(':')[0] ?? ''
  const why = [kind, read?.message ?? read?.Message ?? told.slice(0, 200)].filter(Boolean).join(': ')
  const isPassing = status === 408 || status === 429 || status >= 500 || PASSING.test(kind)
  return new ProviderError(POLLY, `${status} ${why}`.trim(), { retryable: isPassing })
}
