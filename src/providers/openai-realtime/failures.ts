import { ProviderError } from '../../errors.ts'
import { PROVIDER, type ResponseEnd, type ServerError } from './events.ts'

/** They are called invalid, and go well in another session. */
const PASSING = /session_expired|already_has|input_audio_buffer_commit_empty/
/** The same request cannot succeed a moment later. */
const LASTING = /insufficient_quota|invalid_api_key|billing|model_not_found|invalid_value|unknown_parameter|missing_/
/** The session goes on after all other errors. */
const ENDS_SESSION = /session_expired|insufficient_quota|invalid_api_key|account_deactivated/

const inWords = ({ message, type, code }: Pick<ServerError, 'message' | 'type' | 'code'>): string =>
  [code ?? type, message].filter(Boolean).join(': ') || 'an error without words'

/** A response or an event was refused. Its code stays in the message. */
export function errorOf(error: Pick<ServerError, 'message' | 'type' | 'code'>): ProviderError {
  const isRefused = error.type === 'invalid_request_error' && !PASSING.test(error.code ?? '')
  const retryable = !LASTING.test(error.code ?? '') && !isRefused
  return new ProviderError(PROVIDER, inWords(error), { retryable })
}

/** Whether nothing more can come of the session, such as at its 60 minutes. */
export const endsSession = ({ code, type }: ServerError): boolean => ENDS_SESSION.test(`${code ?? ''} ${type ?? ''}`)

/** Why the response is not what was asked for; undefined where it is, or where it was only cut short at its end. */
export function failureOf(end: ResponseEnd, hasSaidAnything: boolean): ProviderError | undefined {
  const { status, status_details: details } = end
  const failed = (why: string): ProviderError => new ProviderError(PROVIDER, why, { retryable: true })
  switch (status) {
    case 'failed':
      return details?.error ? errorOf(details.error) : failed('the response failed')
    case 'cancelled':
      return failed(`the response was cancelled by the server (${details?.reason ?? 'no reason'})`)
    case 'incomplete':
      return hasSaidAnything ? undefined : failed(`the response is incomplete (${details?.reason ?? 'no reason'})`)
    default:
      return undefined
  }
}
