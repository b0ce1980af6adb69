import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import { logText } from '../running/plain-text.ts'
import { LinkError } from './link-error.ts'

/** JSON-RPC: parse error, invalid request, method not found, invalid params. Nothing was run. */
const NOT_RUN: readonly number[] = [-32_700, -32_600, -32_601, -32_602]
/** Servers use these codes too when a tool's output does not match its schema: then it was run. */
const WAS_RUN = /\boutput (?:validation|schema)/i
export const saysItWasRun = (text: string): boolean => WAS_RUN.test(text)
/** The session is unknown or expired, so the request was not processed. */
const NO_SESSION = 404

/** Request timeout, content too large, too many requests. */
const NOT_OF_THE_SESSION: readonly number[] = [408, 413, 429]
const SESSION_GONE =
  /\bsession\b.*\b(?:not found|not exist|unknown|expired|invalid|terminated|missing|closed)|\b(?:no valid|invalid|unknown|expired|missing) session|not initialized/i

/**
 * Whether a server that gave a session may have forgotten it. The specification wants 404; many answer 400, 401 or 403, or
 * an error of JSON-RPC.
 */
export function mayHaveForgotten(error: unknown): boolean {
  if (SdkHttpError.isInstance(error)) {
    const { status = 0 } = error
    return status >= 400 && status < 500 && !NOT_OF_THE_SESSION.includes(status)
  }
  return ProtocolError.isInstance(error) && SESSION_GONE.test(error.message)
}

/** The LinkError for an error of the SDK. `hide` removes secrets from what the server said. */
export function linkErrorOf(error: unknown, hide: (text: string) => string): LinkError {
  if (error instanceof LinkError) return new LinkError(error.kind, hide(error.message))
  const why = logText(hide(String(error)))
  if (ProtocolError.isInstance(error))
    return new LinkError(NOT_RUN.includes(error.code) && !saysItWasRun(why) ? 'refused' : 'wrong', why)
  if (SdkHttpError.isInstance(error)) return new LinkError(kindOfStatus(error.status), why)
  if (SdkError.isInstance(error)) return new LinkError(kindOfCode(error.code), why)
  return new LinkError(why.includes('Not connected') ? 'unsent' : 'lost', why)
}

function kindOfStatus(status: number | undefined): LinkError['kind'] {
  if (status === NO_SESSION) return 'unsent'
  return status !== undefined && status >= 400 && status < 500 ? 'refused' : 'wrong'
}

function kindOfCode(code: string): LinkError['kind'] {
  if (code === SdkErrorCode.NotConnected) return 'unsent'
  return code === SdkErrorCode.ConnectionClosed || code === SdkErrorCode.RequestTimeout ? 'lost' : 'wrong'
}
