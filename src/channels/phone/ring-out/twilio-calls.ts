import { z } from 'zod'
import type { Clock } from '../../../conversation/ports.ts'
import { within } from '../../../conversation/scope.ts'

export interface TwilioAccess {
  /** Such as `https://api.twilio.com`. */
  readonly apiUrl: string
  readonly accountSid: string
  readonly authToken: string
  readonly network: { readonly fetch: typeof globalThis.fetch }
  readonly clock: Clock
}

/** A call to be made. URLs are asked by POST. */
export interface NewCall {
  readonly to: string
  readonly from: string
  /** Asked for TwiML when somebody answers, and once more if it gives no answer. */
  readonly url: string
  readonly statusUrl: string
  readonly ringS: number
  /** The call ends after so long, whatever becomes of us. */
  readonly mostS: number
}

/** What Twilio said. `unknown`: no answer that can be read came, so the call may have been made. */
export type Created =
  | { readonly kind: 'created'; readonly callId: string }
  | { readonly kind: 'refused'; readonly status: number; readonly code: number | undefined }
  | { readonly kind: 'unknown'; readonly why: string }

/** Twilio queues calls beyond one a second, and answers at once all the same. */
const CREATED_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 5_000
const TRIES = 3
const RETRY_MS = 1_000
const MOST_ANSWER = 64 * 1024

const created = z.object({ sid: z.string().regex(/^CA[0-9a-f]{32}$/) })
const refused = z.object({ code: z.number().int() })
const found = z.object({ status: z.string() })

/** Calls by Twilio's REST. Source: Twilio, "Call resource". */
export function twilioCalls({ apiUrl, accountSid, authToken, network, clock }: TwilioAccess) {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const base = `${apiUrl}/2010-04-01/Accounts/${accountSid}/Calls`

  async function ask(url: string, fields: readonly (readonly [string, string])[] | undefined, signal: AbortSignal) {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await network.fetch(url, {
      ...(fields ? { method: 'POST', body: new URLSearchParams(fields.map(([...pair]) => pair)).toString() } : {}),
      headers: { authorization, ...(fields && form) },
      ...{ redirect: 'error', signal },
    })
    const text = await answer.text()
    return { status: answer.status, json: text.length > MOST_ANSWER ? undefined : jsonOf(text) }
  }

  /** Asks once: a call whose answer is lost may ring, and must not ring twice. Never rejects. */
  async function create(call: NewCall, signal: AbortSignal): Promise<Created> {
    const fields = [
      ...[['To', call.to] as const, ['From', call.from] as const],
      ...[['Url', call.url] as const, ['Method', 'POST'] as const],
      ...[['FallbackUrl', call.url] as const, ['FallbackMethod', 'POST'] as const],
      ...[['StatusCallback', call.statusUrl] as const, ['StatusCallbackMethod', 'POST'] as const],
      ...['initiated', 'completed'].map(event => ['StatusCallbackEvent', event] as const),
      ...[['Timeout', `${call.ringS}`] as const, ['TimeLimit', `${call.mostS}`] as const],
    ]
    try {
      const asked = (limit: AbortSignal) => ask(`${base}.json`, fields, limit)
      const { status, json } = await within(CREATED_WITHIN_MS, "Twilio's answer", clock, asked, signal)
      const { data: made } = created.safeParse(json)
      if (status < 300 && made) return { kind: 'created', callId: made.sid }
      if (status < 400 || status >= 500) return { kind: 'unknown', why: `status ${status}` }
      return { kind: 'refused', status, code: refused.safeParse(json).data?.code }
    } catch (error) {
      return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** How a call stands, in Twilio's word; undefined where Twilio does not say. Never rejects, but on abort. */
  async function statusOf(callId: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const asked = (limit: AbortSignal) => ask(`${base}/${callId}.json`, undefined, limit)
      const { status, json } = await within(ANSWER_WITHIN_MS, "Twilio's answer", clock, asked, signal)
      return status < 300 ? found.safeParse(json).data?.status : undefined
    } catch {
      signal.throwIfAborted()
      return undefined
    }
  }

  /** Ends a call, whether it is queued, rings or was answered. False where Twilio did not say that it is over. Never rejects. */
  async function end(callId: string, signal: AbortSignal): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        const asked = (limit: AbortSignal) => ask(`${base}/${callId}.json`, [['Status', 'completed']], limit)
        const { status } = await within(ANSWER_WITHIN_MS, "Twilio's answer", clock, asked, signal)
        // 400 with code 21220, and 404: it is over already.
        if (status < 300 || status === 400 || status === 404) return true
        if (status === 401 || status === 403) return false
      } catch {
        if (signal.aborted) return false
      }
      if (tries >= TRIES) return false
      try {
        await clock.sleep(RETRY_MS, signal)
      } catch {
        return false
      }
    }
  }

  return { create, statusOf, end }
}

export type TwilioCalls = ReturnType<typeof twilioCalls>

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
