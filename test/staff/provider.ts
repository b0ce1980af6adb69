import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { onTestFinished } from 'vitest'

export const CLIENT = { id: 'partyline', secret: 'a secret that the provider knows' } as const

/** Whom the provider knows, by what they sign in with there. */
const PEOPLE: Readonly<Record<string, Record<string, unknown>>> = {
  anna: { email: 'anna@example.com', email_verified: true, preferred_username: 'anna', groups: ['support', 'leads'] },
  bert: { email: 'bert@example.com', email_verified: true, preferred_username: 'bert', groups: ['support'] },
  eve: { email: 'anna@example.com', email_verified: false, name: 'Anna', groups: [] },
}

/** A real OpenID Connect provider on a port of this machine. `backUrl` is where it may send browsers. */
export async function openProvider(backUrl: string) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [backUrl] },
        ...{ response_types: ['code'], grant_types: ['authorization_code'] },
      },
    ],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'profile', 'email', 'groups'],
    pkce: { required: () => true },
    cookies: { keys: ['only for this test'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
  })
  server.on('request', provider.callback())
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Signs somebody in at the provider as a browser does, and gives the URL that it sends the browser back to. */
  async function signIn(url: string, who: string): Promise<URL> {
    const cookies = new Map<string, string>()
    async function go(at: URL, form?: Record<string, string>): Promise<URL> {
      if (at.href.startsWith(backUrl)) return at
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      })
      for (const set of response.headers.getSetCookie()) {
        const [name = '', value = ''] = set.split(';')[0]?.split('=', 2) ?? []
        cookies.set(name, value)
      }
      const next = response.headers.get('location')
      if (next !== null) return go(new URL(next, at))
      const page = await response.text()
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
      const action = /action="([^"]+)"/.exec(page)?.[1]
      if (!prompt || !action) throw new Error(`the provider says: ${response.status} ${page.slice(0, 500)}`)
      return go(new URL(action, at), { prompt, ...(prompt === 'login' && { login: who, password: 'any' }) })
    }
    return go(new URL(url))
  }
  return { issuer, signIn }
}
