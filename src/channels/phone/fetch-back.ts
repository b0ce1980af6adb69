import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'

/** What the carrier said of a call that was asked for: it asks `/calls/next` now, or there is no such call any more. */
export type FetchedBack = 'asked' | 'over'

/** By the settings; undefined where the account is not known. */
export const fetchBackOf = (
  { TWILIO_API_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, PUBLIC_URL }: TwilioSettings,
  network: FetchBackParts['network'],
  clock: Clock,
) =>
  TWILIO_ACCOUNT_SID === undefined
    ? undefined
    : fetchBack({
        ...{ apiUrl: TWILIO_API_URL, accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN },
        ...{ publicUrl: PUBLIC_URL, network, clock },
      })

interface TwilioSettings {
  readonly TWILIO_API_URL: string
  readonly TWILIO_ACCOUNT_SID?: string | undefined
  readonly TWILIO_AUTH_TOKEN: string
  readonly PUBLIC_URL: string
}

export interface FetchBackParts {
  /** Such as `https://api.twilio.com`. */
  readonly apiUrl: string
  readonly accountSid: string
  readonly authToken: string
  readonly publicUrl: string
  readonly network: { readonly fetch: typeof globalThis.fetch }
  readonly clock: Clock
}

const ANSWER_WITHIN_MS = 5_000
const TRIES = 3
const RETRY_MS = 1_000

/**
 * Takes a live call back from wherever its stream leads: Twilio breaks the stream and asks `/calls/next`. Source: Twilio,
 * "Call resource", update a call in progress with `Url` and `Method`. Throws an Error when Twilio does not do so.
 */
export function fetchBack({ apiUrl, accountSid, authToken, publicUrl, network, clock }: FetchBackParts) {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const body = new URLSearchParams({ Url: `${publicUrl}/calls/next`, Method: 'POST' }).toString()

  async function ask(callSid: string, signal: AbortSignal): Promise<number> {
    const url = `${apiUrl}/2010-04-01/Accounts/${accountSid}/Calls/${callSid}.json`
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await network.fetch(url, { method: 'POST', headers, body, redirect: 'error', signal })
    await answer.body?.cancel()
    return answer.status
  }

  return async (callSid: string, signal: AbortSignal): Promise<FetchedBack> => {
    for (let left = TRIES - 1; ; left--) {
      const asked = (limit: AbortSignal): Promise<number> => ask(callSid, limit)
      const status = await within(ANSWER_WITHIN_MS, "Twilio's answer", clock, asked, signal).catch(error => {
        signal.throwIfAborted()
        if (left === 0) throw error
        return undefined
      })
      if (status !== undefined && status < 300) return 'asked'
      // 400 with code 21220: the call is not in progress. 404: it is of long ago.
      if (status === 400 || status === 404) return 'over'
      if (left === 0 || status === 401 || status === 403)
        throw new Error(`Twilio refuses to redirect a call (${status})`)
      await clock.sleep(RETRY_MS, signal)
    }
  }
}
