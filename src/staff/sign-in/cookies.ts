import { ownCookie } from '../../own-pages/cookie.ts'
import { SESSION_SECONDS } from './sessions.ts'

export const OIDC_SECONDS = 600

/** The cookies of support staff. `secure` is for pages served over https. */
export function staffCookies(secure: boolean) {
  const session = ownCookie('partyline_staff', secure, 'Strict')
  // Lax, because the browser comes back from the provider's site.
  const oidc = ownCookie('partyline_staff_oidc', secure, 'Lax')
  return {
    sessionName: session.name,
    sessions: session.values,
    session: (token: string) => session.set(token, SESSION_SECONDS),
    noSession: session.unset,
    /** What the browser must bring back from the OpenID Connect provider. */
    keptForOidc: (header: string | undefined): string | undefined => oidc.values(header)[0],
    oidc: (value: string) => oidc.set(value, OIDC_SECONDS),
    noOidc: oidc.unset,
  }
}

export type StaffCookies = ReturnType<typeof staffCookies>
