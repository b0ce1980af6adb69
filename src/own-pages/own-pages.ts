/** The part of a request that tells whose page sent it. */
interface Asked {
  readonly method: string
  readonly headers: { readonly origin?: string | undefined; readonly 'sec-fetch-site'?: string | string[] | undefined }
}

const READS = new Set(['GET', 'HEAD'])
/** What browsers say of a page's own requests, and of an address that somebody typed. No page can write this header. */
const OWN_SITES = new Set<unknown>([undefined, 'same-origin', 'none'])

/**
 * Whether a request must be refused because it does not come from one of our pages. `origins` are those of our pages.
 * Who changes something, or opens a WebSocket, must name one; who reads need not, as browsers then name none.
 *
 * A browser sends cookies with what pages of another site make it ask. SameSite withholds most of them, but not from a
 * page of a sibling host, and not where a page reached us under its own name (DNS rebinding).
 */
export function isNotOurPage({ method, headers }: Asked, origins: readonly string[], changes = !READS.has(method)) {
  const { origin, 'sec-fetch-site': site } = headers
  if (!OWN_SITES.has(site)) return true
  return origin === undefined ? changes : !origins.includes(origin)
}
