import { createHash } from 'node:crypto'
import type * as OpenId from 'openid-client'
import { z } from 'zod'
import { isAskable } from '../../network.ts'
import type { Role } from '../api-shapes.ts'
import { type Claims, nameOf, type RoleRules, roleOf } from './claims.ts'
import { OIDC_SECONDS } from './cookies.ts'
import { sealedWith } from './sealed.ts'

export interface OidcParts {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly rules: RoleRules
  /** Where the provider sends the browser back to. */
  readonly backUrl: string
  readonly fetch: typeof globalThis.fetch
  readonly wallTime: () => Date
}

export type OidcAnswer =
  | { readonly kind: 'right'; readonly name: string; readonly role: Role }
  /** The provider knows them, but they may not look. */
  | { readonly kind: 'no-role'; readonly name: string }
  | { readonly kind: 'failed'; readonly why: string }

/** Sign-in by OpenID Connect: the code flow with PKCE, state and nonce. */
export interface Oidc {
  /** What a session rests on that began at the provider: it ends when the settings name other people or another provider. */
  readonly proof: string
  /** Where the browser is sent, and what it must keep until it is back. Rejects when the provider cannot be reached. */
  start(): Promise<{ readonly url: string; readonly kept: string }>
  /** Reads the provider's answer in `query`. It counts only with what `start` gave the same browser to keep. */
  finish(query: string, kept: string | undefined): Promise<OidcAnswer>
}

interface Provider {
  readonly client: typeof OpenId
  readonly config: OpenId.Configuration
}

const ANSWERS_WITHIN_S = 10
const SCOPES = ['openid', 'profile', 'email']
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no URL')
const kept = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), untilMs: z.number() })

export function oidcOf(parts: OidcParts): Oidc {
  const { issuer, clientId, clientSecret, rules, backUrl, wallTime } = parts
  const { seal, open } = sealedWith(clientSecret, 'staff sign-in')
  let known: Promise<Provider> | undefined

  /** Asks the provider for its addresses and keys once, and again after a failure. */
  function provider(): Promise<Provider> {
    known ??= discovered().catch(error => {
      known = undefined
      throw error
    })
    return known
  }

  /** The provider names its other addresses itself: they are asked where they are outside, or its own. */
  async function asked(url: string, options: RequestInit): Promise<Response> {
    if (!isAskable(url, issuer)) throw new Error(`the provider names an address that is not asked: ${hostOf(url)}`)
    return parts.fetch(url, options)
  }

  async function discovered(): Promise<Provider> {
    // Loaded at the first sign-in: most servers have no provider.
    const client = await import('openid-client')
    const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      timeout: ANSWERS_WITHIN_S,
      execute: [
        // Without it the signature of an ID token is not looked at, as it came over TLS.
        client.enableNonRepudiationChecks,
        // The settings take http for a provider on this machine alone.
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
      [client.customFetch]: (url, options) => asked(url, options as RequestInit),
    })
    return { client, config }
  }

  /** The claims of the ID token, and those that the provider tells only when it is asked. */
  async function claimsOf(query: string, checks: OpenId.AuthorizationCodeGrantChecks): Promise<Claims> {
    const { client, config } = await provider()
    const url = new URL(backUrl)
    url.search = query
    const tokens = await client.authorizationCodeGrant(config, url, { ...checks, idTokenExpected: true })
    const claims: Claims = { ...tokens.claims() }
    if (config.serverMetadata().userinfo_endpoint === undefined) return claims
    const more = await client.fetchUserInfo(config, tokens.access_token, String(claims.sub))
    return { ...more, ...claims }
  }

  const rests = [issuer, clientId, ...rules.supervisors, '', ...rules.listeners]

  return {
    proof: `oidc ${createHash('sha256').update(JSON.stringify(rests)).digest('base64url')}`,
    async start() {
      const { client, config } = await provider()
      const verifier = client.randomPKCECodeVerifier()
      const [state, nonce] = [client.randomState(), client.randomNonce()]
      const offered: readonly string[] = config.serverMetadata().scopes_supported ?? []
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: backUrl,
        scope: [...SCOPES, ...(offered.includes('groups') ? ['groups'] : [])].join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      const untilMs = wallTime().getTime() + OIDC_SECONDS * 1_000
      return { url: url.href, kept: seal(JSON.stringify({ state, nonce, verifier, untilMs })) }
    },
    async finish(query, sealed) {
      const text = sealed && open(sealed)
      const known = text ? kept.safeParse(JSON.parse(text)) : undefined
      if (!known?.success) return { kind: 'failed', why: 'this browser did not begin a sign-in here' }
      const { state, nonce, verifier, untilMs } = known.data
      if (untilMs <= wallTime().getTime()) return { kind: 'failed', why: 'it took too long' }
      try {
        const claims = await claimsOf(query, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        })
        const role = roleOf(claims, rules)
        const name = nameOf(claims)
        return role ? { kind: 'right', name, role } : { kind: 'no-role', name }
      } catch (error) {
        return { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}
