/** More of one name than a path takes a browser does not send. */
const MOST_VALUES = 5

/** A cookie that our pages alone bring, and no script reads. */
export interface OwnCookie {
  readonly name: string
  /** Its values in a Cookie header: five at most, as a browser may have several. */
  values(header: string | undefined): readonly string[]
  /** The Set-Cookie header. */
  set(value: string, seconds: number): string
  /** The Set-Cookie header that takes it away. */
  unset(): string
}

/**
 * `secure` is for pages served over https. Their cookies are named `__Host-…`: no page of a sibling host, and nobody on
 * an http connection, can put a cookie of that name in the place of ours.
 */
export function ownCookie(plainName: string, secure: boolean, sameSite: 'Strict' | 'Lax'): OwnCookie {
  const name = secure ? `__Host-${plainName}` : plainName
  const set = (value: string, seconds: number): string =>
    [
      `${name}=${value}`,
      'Path=/',
      `Max-Age=${seconds}`,
      'HttpOnly',
      `SameSite=${sameSite}`,
      ...(secure ? ['Secure'] : []),
    ].join('; ')
  return {
    name,
    values: header =>
      (header ?? '')
        .split(';')
        .flatMap(part => {
          const [key, value] = part.trim().split('=', 2)
          return key === name && value ? [value] : []
        })
        .slice(0, MOST_VALUES),
    set,
    unset: () => set('', 0),
  }
}
