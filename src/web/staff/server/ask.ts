import { refusalIn } from '../../server/ask.ts'

/** What the staff API answered. `status` is 0 where nothing was reached. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'failed'
      readonly status: number
      readonly why: string
      readonly message: string | undefined
      readonly body: unknown
    }
export type Failed = Extract<Answer<unknown>, { kind: 'failed' }>

const WITHIN_MS = 20_000

/**
 * Asks the staff API: `path` begins behind `/staff/api/`. Never throws, but when `signal` is aborted. `withinMs` is for
 * what may take long, such as a run of a whole call.
 */
export async function ask<T>(
  path: string,
  init: RequestInit,
  signal: AbortSignal,
  withinMs = WITHIN_MS,
): Promise<Answer<T>> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  try {
    const response = await fetch(`/staff/api/${path}`, {
      ...{ ...init, signal: limited, credentials: 'same-origin', cache: 'no-store' },
    })
    const body: unknown = response.status === 204 ? null : await response.json().catch(() => undefined)
    if (response.ok && body !== undefined) return { kind: 'ok', value: body as T }
    return { kind: 'failed', status: response.status, body, ...refusalIn(body, response.status) }
  } catch {
    signal.throwIfAborted()
    return { kind: 'failed', status: 0, why: limited.aborted ? 'slow' : 'offline', message: undefined, body: undefined }
  }
}

/** Why it could not be had, in words for who asked. The server's own words come first. */
export function toldOf({ status, why, message }: Failed): string {
  if (message !== undefined) return message
  if (why === 'offline') return 'The server cannot be reached. Look at your network, then try again.'
  if (why === 'slow') return 'The server took too long. Try again in a moment.'
  if (status === 401) return 'You are signed out. Sign in again.'
  if (status === 403) return 'Your role does not allow this.'
  if (status === 404) return 'It is not here. It may have been deleted.'
  if (status === 429) return 'Too many tries. Wait a minute, then try again.'
  return 'The server did not answer as it should. Try again in a moment.'
}

export const inCall = (callId: string, what = ''): string => `calls/${encodeURIComponent(callId)}${what}`
