import type { Clock } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import { twilioSignature } from './signature.ts'

/** How long Twilio waits for the answer to a webhook. */
const ANSWER_MS = 15_000
/** A connection that cannot be made is tried once more, at once; whatever was sent is not sent again (`rc=1`, `rp=ct`). */
const TRIES = 2
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])

/** The application's configured URL, and the URL that reaches it from here. */
export interface Application {
  /** Origin (and path) that signatures cover, such as https://agent.example.com. */
  readonly publicUrl: string
  /** Used in its place for requests, such as http://127.0.0.1:8080. */
  readonly dialUrl: string
  readonly network: Network
}

export interface Webhook {
  readonly url: string
  readonly form: Readonly<Record<string, string>>
  readonly authToken: string
}

/** The URL to request: a URL under the public origin is moved to `dialUrl`, any other is unchanged. */
export function dialled(url: string, { publicUrl, dialUrl }: Omit<Application, 'network'>): string {
  const [wanted, open, dial] = [new URL(url), new URL(publicUrl), new URL(dialUrl)]
  if (wanted.host !== open.host) return url
  wanted.hostname = dial.hostname
  wanted.port = dial.port
  const secure = dial.protocol === 'https:'
  const socket = wanted.protocol === 'ws:' || wanted.protocol === 'wss:'
  return `${socket ? 'ws' : 'http'}${secure ? 's' : ''}:${wanted.href.slice(wanted.protocol.length)}`
}

/**
 * Posts a signed form. Resolves with the body of a 2xx answer; throws an Error otherwise, which begins with Twilio's number
 * for it and names URL and status (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export async function postWebhook(
  { url, form, authToken }: Webhook,
  application: Application,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const limit = new AbortController()
  const overdue = clock.sleep(ANSWER_MS, AbortSignal.any([signal, limit.signal])).then(() => {
    limit.abort(new Error(`11200: ${url} did not answer within ${ANSWER_MS / 1000} s`))
    throw limit.signal.reason
  })
  try {
    return await Promise.race([overdue, post()])
  } finally {
    limit.abort()
  }

  async function post(): Promise<string> {
    const request = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
        'User-Agent': 'TwilioProxy/1.1',
        'X-Twilio-Signature': twilioSignature(authToken, url, form),
      },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.any([signal, limit.signal]),
    }
    const response = await sent(request, TRIES)
    const body = await response.text()
    if (!response.ok) throw new Error(`11200: ${url} answered ${response.status}: ${body.slice(0, 200)}`)
    return body
  }

  async function sent(request: RequestInit & { signal: AbortSignal }, tries: number): Promise<Response> {
    try {
      return await application.network.fetch(dialled(url, application), request)
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason
      const isConnected = !NOT_CONNECTED.has(codeOf(cause))
      if (!isConnected && tries > 1) return sent(request, tries - 1)
      const [number, what] = isConnected ? ['11200', 'broke the request off'] : ['11205', 'cannot be reached']
      throw new Error(`${number}: ${url} ${what}: ${reason(cause)}`, { cause })
    }
  }
}

/** The system's name of what failed, such as ECONNREFUSED. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error ? String(error.code) : codeOf(error.cause)
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message : cause.message
}
