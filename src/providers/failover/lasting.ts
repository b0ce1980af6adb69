import { ProviderError } from '../../errors.ts'

/** Of HTTP and of a socket's handshake: the key, the account, the model or the address. One 429 is none that passes. */
const STATUSES: ReadonlySet<string> = new Set(['401', '402', '403', '404', '429'])
const STATUS = /^(?:refused with |closed with )?([45]\d\d)\b/
/** Some tell it with a 400: Gemini "API key not valid". */
const IN_ANY_CASE = /insufficient_quota|api.?key|billing|deactivated/i
/** For those that tell no status, as where a socket closes. */
const IN_WORDS =
  /authori[sz]|authenticat|forbidden|permission|quota|payment|funds|credits?\b|subscription|not.?found|does not exist/i

/**
 * Whether all other requests will fail as well: a wrong key, a spent quota, a model that there is not. What only this
 * request can be blamed for, such as text that a filter refuses or that is too long, says nothing of other calls.
 */
export function isLasting(error: unknown): boolean {
  if (!(error instanceof ProviderError) || error.retryable) return false
  const why = error.message.slice(error.provider.length + 2)
  if (IN_ANY_CASE.test(why)) return true
  const status = STATUS.exec(why)?.[1]
  return status === undefined ? IN_WORDS.test(why) : STATUSES.has(status)
}
