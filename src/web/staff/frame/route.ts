/** Where somebody is in the console. Everything that can be shared or gone back to is in the address. */
export type Route =
  | { readonly kind: 'calls'; readonly search: string }
  | { readonly kind: 'call'; readonly callId: string; readonly atMs: number | undefined }
  | { readonly kind: 'audit'; readonly search: string }
  | { readonly kind: 'live' }
  | { readonly kind: 'live-call'; readonly callId: string }
  | { readonly kind: 'nowhere' }

/** Reads an address such as `/staff/calls/CA1?at=12000`. */
export function routeOf(path: string, search: string): Route {
  const [, , first, second, ...more] = path.replace(/\/+$/, '').split('/')
  if (more.length > 0) return { kind: 'nowhere' }
  const callId = decoded(second)
  if (first === undefined) return { kind: 'calls', search }
  if (first === 'calls' && callId !== undefined) return { kind: 'call', callId, atMs: momentIn(search) }
  if (first === 'audit' && second === undefined) return { kind: 'audit', search }
  if (first === 'live') return callId === undefined ? { kind: 'live' } : { kind: 'live-call', callId }
  return { kind: 'nowhere' }
}

export const callPath = (callId: string): string => `/staff/calls/${encodeURIComponent(callId)}`
export const livePath = (callId: string): string => `/staff/live/${encodeURIComponent(callId)}`

function momentIn(search: string): number | undefined {
  const at = new URLSearchParams(search).get('at')
  return at !== null && /^\d{1,9}$/.test(at) ? Number(at) : undefined
}

/** An address that somebody typed may hold a lone `%`. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined || part === '' ? undefined : decodeURIComponent(part)
  } catch {
    return undefined
  }
}
