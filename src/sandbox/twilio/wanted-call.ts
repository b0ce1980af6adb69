import { z } from 'zod'

/** Why Twilio makes no call: its number of the error (https://www.twilio.com/docs/api/errors), and its words. */
export interface Refused {
  readonly code: number
  readonly message: string
  /** Of the answer; default 400. */
  readonly status?: number
}

/** A call that an application wants to be made. */
export interface WantedCall {
  readonly to: string
  readonly from: string
  readonly url: string
  readonly fallbackUrl: string | undefined
  readonly statusUrl: string | undefined
  /** Which of initiated, ringing, answered and completed are told. */
  readonly events: readonly string[]
  readonly ringMs: number
  readonly limitMs: number
}

const E164 = /^\+[1-9]\d{6,14}$/
const EVENTS = ['initiated', 'ringing', 'answered', 'completed']
const LONGEST_RING_S = 600
const LONGEST_CALL_S = 14_400

const method = z.enum(['GET', 'POST']).default('POST')
const form = z.object({
  ...{ To: z.string().optional(), From: z.string().optional() },
  ...{ Url: z.string().optional(), Twiml: z.string().optional(), ApplicationSid: z.string().optional() },
  ...{ Method: method, FallbackMethod: method, StatusCallbackMethod: method },
  ...{ FallbackUrl: z.string().optional(), StatusCallback: z.string().optional() },
  StatusCallbackEvent: z.union([z.string(), z.array(z.string())]).default('completed'),
  Timeout: z.coerce.number().int().min(1).max(LONGEST_RING_S).default(60),
  TimeLimit: z.coerce.number().int().min(1).max(LONGEST_CALL_S).default(LONGEST_CALL_S),
})

/** Checks what Twilio checks of a call before it looks at whose numbers these are. */
export function wantedCall(body: unknown): WantedCall | Refused {
  const read = form.safeParse(body ?? {})
  if (!read.success) {
    const [issue] = read.error.issues
    return { code: 20001, message: `Invalid parameter: ${issue?.path.join('.')}` }
  }
  const { To, From, Url, Twiml, ApplicationSid, FallbackUrl, StatusCallback, StatusCallbackEvent } = read.data
  if (!To) return { code: 21201, message: "No 'To' number is specified" }
  if (!From) return { code: 21213, message: "No 'From' number is specified" }
  if (Url === undefined && Twiml === undefined && ApplicationSid === undefined)
    return { code: 21218, message: 'Url, Twiml or ApplicationSid is required' }
  if (Url === undefined) return { code: 20001, message: 'The sandbox makes calls with a Url alone' }
  for (const url of [Url, FallbackUrl, StatusCallback])
    if (url !== undefined && !isAbsolute(url)) return { code: 21205, message: `Url is not a valid URL: ${url}` }
  if (!E164.test(To))
    return { code: 21211, message: `The phone number you are attempting to call, ${To}, is not valid.` }
  if (!E164.test(From)) return { code: 21212, message: `The source phone number provided, ${From}, is not valid.` }
  return {
    ...{ to: To, from: From, url: Url, fallbackUrl: FallbackUrl, statusUrl: StatusCallback },
    // Some send them in one field, with spaces: Twilio takes no event then but the last one.
    events: [StatusCallbackEvent].flat().filter(event => EVENTS.includes(event)),
    ...{ ringMs: read.data.Timeout * 1_000, limitMs: read.data.TimeLimit * 1_000 },
  }
}

const isAbsolute = (url: string): boolean => URL.canParse(url) && /^https?:/.test(url)
