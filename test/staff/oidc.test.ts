import { expect, test } from 'vitest'
import { roleOf } from '../../src/staff/sign-in/claims.ts'
import { type OidcParts, oidcOf } from '../../src/staff/sign-in/oidc.ts'
import { sealedWith } from '../../src/staff/sign-in/sealed.ts'
import { CLIENT, openProvider } from './provider.ts'
import { PAGE, staffServer, told } from './staff-server.ts'

const BACK = `${PAGE}/staff/api/oidc/back`
const RULES = { supervisors: ['leads', 'email=anna@example.com'], listeners: ['support'] }

async function opened(changed: Partial<OidcParts> = {}) {
  const provider = await openProvider(BACK)
  let nowMs = Date.now()
  const oidc = oidcOf({
    ...{ issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, rules: RULES, backUrl: BACK },
    ...{ fetch: globalThis.fetch, wallTime: () => new Date(nowMs) },
    ...changed,
  })
  const server = await staffServer({}, oidc, false)
  const ask = server.asking()

  /** Begins at our page; gives the provider's URL and what the browser keeps. */
  async function start() {
    const begun = await ask('GET', '/staff/api/oidc/start')
    const kept = begun.headers.get('set-cookie') ?? ''
    return { status: begun.status, url: begun.headers.get('location') ?? '', kept, cookie: kept.split(';')[0] ?? '' }
  }
  /** Comes back from the provider. */
  async function back(search: string, cookie?: string) {
    const { status, headers } = await server.asking(cookie)('GET', `/staff/api/oidc/back${search}`)
    const session = headers.getSetCookie().find(set => set.startsWith('__Host-partyline_staff='))
    return { status, to: headers.get('location'), session, set: headers.getSetCookie() }
  }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { ...server, provider, start, back, pass, oidc }
}

test('somebody whom the provider knows signs in with the role that their groups give them', async () => {
  const { provider, start, back, asking, rows } = await opened()
  expect((await asking()('GET', '/staff/api/me')).body.ways).toEqual({ oidc: true, password: false })
  for (const [who, name, role] of [
    ['anna', 'anna@example.com', 'supervisor'],
    ['bert', 'bert@example.com', 'listener'],
  ] as const) {
    const { status, url, kept, cookie } = await start()
    expect(status).toBe(302)
    expect(kept).toMatch(/^__Host-partyline_staff_oidc=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/)
    const asked = new URL(url).searchParams
    expect([asked.get('code_challenge_method'), asked.get('scope')]).toEqual(['S256', 'openid profile email groups'])
    const { search } = await provider.signIn(url, who)
    const { status: done, to, session, set } = await back(search, cookie)
    expect([done, to]).toEqual([302, '/staff'])
    expect(session).toMatch(/HttpOnly; SameSite=Strict; Secure$/)
    expect(set.some(one => one.startsWith('__Host-partyline_staff_oidc=; '))).toBe(true)
    expect((await asking(session?.split(';')[0])('GET', '/staff/api/me')).body).toEqual({ name, role })
    // The code is good once.
    expect(await back(search, cookie)).toMatchObject({ to: '/staff?problem=failed', session: undefined })
  }
  expect(told(await rows())).toEqual([
    'anna@example.com (supervisor) signed-in',
    'bert@example.com (listener) signed-in',
  ])
})

test('who has no role is let in nowhere, even with the unverified address of a supervisor', async () => {
  const { provider, start, back, rows } = await opened()
  const { url, cookie } = await start()
  const { search } = await provider.signIn(url, 'eve')
  expect(await back(search, cookie)).toMatchObject({ to: '/staff?problem=not-allowed', session: undefined })
  expect(told(await rows())).toEqual(['Anna (none) sign-in-refused'])
})

test('an answer counts only in the browser that began, with its own state, in time', async () => {
  const { provider, start, back, pass } = await opened()
  const [mine, other] = [await start(), await start()]
  const { searchParams } = await provider.signIn(mine.url, 'anna')
  const code = searchParams.get('code') ?? ''
  const withState = (state: string) => `?${new URLSearchParams({ ...Object.fromEntries(searchParams), code, state })}`
  const state = searchParams.get('state') ?? ''
  const forged = `__Host-partyline_staff_oidc=${sealedWith('another secret', 'staff sign-in').seal('{}')}`
  const tries: readonly (readonly [string, string | undefined])[] = [
    [withState(state), undefined],
    [withState(state), '__Host-partyline_staff_oidc=x'],
    [withState(state), forged],
    [withState(state), other.cookie],
    [withState('made up'), mine.cookie],
    ['?error=access_denied', mine.cookie],
    ['', mine.cookie],
  ]
  for (const [search, cookie] of tries)
    expect(await back(search, cookie)).toMatchObject({ status: 302, to: '/staff?problem=failed', session: undefined })
  pass(601_000)
  expect(await back(withState(state), mine.cookie)).toMatchObject({ to: '/staff?problem=failed', session: undefined })
})

test('an ID token for another sign-in, or of another key, is refused', async () => {
  let spoiled: (token: string) => string = token => token
  const { provider, start, back } = await opened({
    async fetch(input, init) {
      const response = await fetch(input, init)
      if (!String(input).endsWith('/token')) return response
      const { id_token: token, ...rest } = (await response.json()) as { id_token: string }
      return Response.json({ ...rest, id_token: spoiled(token) })
    },
  })
  const withClaims = (token: string, changed: object): string => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...changed }
    return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  }
  const spoilers: readonly ((token: string) => string)[] = [
    token => withClaims(token, { nonce: 'another' }),
    token => withClaims(token, { aud: 'another' }),
    token => withClaims(token, { iss: 'https://another.example' }),
    token => withClaims(token, { exp: 1 }),
    token => withClaims(token, { sub: 'somebody else' }),
    token => `${token.split('.').slice(0, 2).join('.')}.${Buffer.alloc(256).toString('base64url')}`,
    () => 'no token',
  ]
  for (const spoil of spoilers) {
    spoiled = spoil
    const { url, cookie } = await start()
    const { search } = await provider.signIn(url, 'anna')
    expect(await back(search, cookie)).toMatchObject({ to: '/staff?problem=failed', session: undefined })
  }
})

test('a provider that cannot be reached is asked again at the next sign-in', async () => {
  let isThere = false
  const { start } = await opened({
    fetch: (input, init) => (isThere ? fetch(input, init) : Promise.reject(new TypeError('fetch failed'))),
  })
  const { url, kept } = await start()
  expect([url, kept]).toEqual(['/staff?problem=not-reached', ''])
  isThere = true
  expect((await start()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth\?/)
})

test('roles come from groups, roles, or a claim that is named', () => {
  const rules = {
    supervisors: ['leads', 'https://x.example/role=boss', 'email=a@example.com'],
    listeners: ['roles=desk'],
  }
  const role = (claims: object) => roleOf({ ...claims }, rules)
  expect(role({ groups: ['leads'] })).toBe('supervisor')
  expect(role({ roles: 'leads' })).toBe('supervisor')
  expect(role({ 'https://x.example/role': 'boss' })).toBe('supervisor')
  expect(role({ email: 'a@example.com', email_verified: true })).toBe('supervisor')
  expect(role({ roles: ['desk'] })).toBe('listener')
  expect(role({ email: 'a@example.com' })).toBeUndefined()
  expect(role({ groups: ['desk'], name: 'leads', sub: 'boss' })).toBeUndefined()
  expect(roleOf({ sub: 'anybody' }, { supervisors: [], listeners: ['*'] })).toBe('listener')
  expect(roleOf({}, { supervisors: ['toString=x', 'constructor=y'], listeners: [] })).toBeUndefined()
})

test('sessions end when the settings name other people', async () => {
  const one = await opened()
  const { url, cookie } = await one.start()
  const { session } = await one.back((await one.provider.signIn(url, 'anna')).search, cookie)
  const parts = { issuer: one.provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, backUrl: BACK }
  const made = (rules: typeof RULES) => oidcOf({ ...parts, rules, fetch, wallTime: () => new Date() }).proof
  expect((await one.asking(session?.split(';')[0])('GET', '/staff/api/me')).status).toBe(200)
  expect(made(RULES)).toBe(one.oidc.proof)
  expect(made({ supervisors: ['leads'], listeners: ['email=anna@example.com', 'support'] })).not.toBe(one.oidc.proof)
})
