import { SESSION_SECONDS } from './sessions.ts'

export const SESSION_COOKIE = 'partyline_staff'
/** What the browser must bring back from the OpenID Connect provider. */
export const OIDC_COOKIE = 'partyline_staff_oidc'
const OIDC_PATH = '/staff/api/oidc'
export const OIDC_SECONDS = 600

/** The values of a cookie in a Cookie header: a browser sends one for each path that it knows. */
export const cookieValues = (header: string | undefined, name: string): readonly string[] =>
  (header ?? '').split(';').flatMap(part => {
    const [key, value] = part.trim().split('=', 2)
    return key === name && value ? [value] : []
  })

/** The Set-Cookie headers. `secure` is for pages served over https. */
export function staffCookies(secure: boolean) {
  const cookie = (name: string, value: string, path: string, seconds: number, sameSite: 'Strict' | 'Lax'): string =>
    [
      `${name}=${value}`,
      `Path=${path}`,
      `Max-Age=${seconds}`,
      'HttpOnly',
      `SameSite=${sameSite}`,
      ...(secure ? ['Secure'] : []),
    ].join('; ')
  return {
    session: (token: string) => cookie(SESSION_COOKIE, token, '/staff', SESSION_SECONDS, 'Strict'),
    noSession: () => cookie(SESSION_COOKIE, '', '/staff', 0, 'Strict'),
    // Lax, because the browser comes back from the provider's site.
    oidc: (value: string) => cookie(OIDC_COOKIE, value, OIDC_PATH, OIDC_SECONDS, 'Lax'),
    noOidc: () => cookie(OIDC_COOKIE, '', OIDC_PATH, 0, 'Lax'),
  }
}

export type StaffCookies = ReturnType<typeof staffCookies>
