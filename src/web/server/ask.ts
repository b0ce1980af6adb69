/** What the server answered, or why it could not. `kind` is the server's word for it, or one of ours. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly why: string; readonly message: string | undefined }

/** A server that takes longer has other troubles, and the person should hear of them. */
const WITHIN_MS = 10_000

/**
 * Asks our own server. Never throws, but when `signal` is aborted. `why` is `error.kind` of the server's answer,
 * `offline` if nothing was reached, or `unavailable`.
 */
export async function ask<T>(path: string, init: RequestInit, signal: AbortSignal): Promise<Answer<T>> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
  try {
    const response = await fetch(path, { ...init, signal: limited, credentials: 'same-origin', cache: 'no-store' })
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok && body !== undefined) return { kind: 'ok', value: body as T }
    return { kind: 'failed', ...refusalIn(body, response.status) }
  } catch {
    signal.throwIfAborted()
    return { kind: 'failed', why: 'offline', message: undefined }
  }
}

export const asJson = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** What `{ error: { kind, message } }` says. Other parts of a server, or a proxy, answer in other shapes. */
export function refusalIn(body: unknown, status: number): { why: string; message: string | undefined } {
  const error = isObject(body) ? body.error : undefined
  const why =
    isObject(error) && typeof error.kind === 'string' ? error.kind : status === 429 ? 'limited' : 'unavailable'
  const message = isObject(error) && typeof error.message === 'string' ? error.message : undefined
  return { why, message }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
