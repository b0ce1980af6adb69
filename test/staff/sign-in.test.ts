import { expect, test } from 'vitest'
import { ANY, PAGE, PASSWORDS, staffServer, told } from './staff-server.ts'

const signIn = (name: string, role: string, password: string) =>
  ['POST', '/staff/api/sign-in', { name, role, password }] as const
const HOURS = 3_600_000

test('who signs in with the password of a role gets a cookie for twelve hours, which a script cannot read', async () => {
  const { asking, rows, clock } = await staffServer()
  const before = await asking()('GET', '/staff/api/me')
  expect(before.status).toBe(401)
  expect(before.body).toMatchObject({
    error: { kind: 'signed-out' },
    ways: { oidc: false, password: true },
    help: null,
  })
  expect(before.headers.get('cache-control')).toBe('no-store')

  const made = await asking()(...signIn('Lea Listener', 'listener', PASSWORDS.listener))
  expect([made.status, made.body]).toEqual([200, { name: 'Lea Listener', role: 'listener' }])
  const set = made.headers.get('set-cookie') ?? ''
  expect(set).toMatch(/^__Host-partyline_staff=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/)

  const cookie = set.split(';')[0]
  const ask = asking(cookie)
  expect((await ask('GET', '/staff/api/me')).body).toEqual({ name: 'Lea Listener', role: 'listener' })
  clock.stall(12 * HOURS - 1_000)
  expect((await ask('GET', '/staff/api/me')).status).toBe(200)
  clock.stall(1_000)
  expect((await ask('GET', '/staff/api/me')).status).toBe(401)
  expect(told(await rows())).toEqual(['Lea Listener (listener) signed-in'])
})

test('after a sign-out the cookie opens nothing', async () => {
  const { asking, cookieOf, rows } = await staffServer()
  const cookie = await cookieOf('supervisor')
  const out = await asking(cookie)('POST', '/staff/api/sign-out')
  expect([out.status, out.headers.get('set-cookie')]).toEqual([
    204,
    '__Host-partyline_staff=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure',
  ])
  expect((await asking(cookie)('GET', '/staff/api/me')).status).toBe(401)
  expect(told(await rows())).toEqual(['Sam (supervisor) signed-out'])
})

test('neither password opens the other role, and an empty name is none', async () => {
  const { asking } = await staffServer()
  const ask = asking()
  expect((await ask(...signIn('Eve', 'supervisor', PASSWORDS.listener))).status).toBe(403)
  expect((await ask(...signIn('Eve', 'listener', PASSWORDS.supervisor))).status).toBe(403)
  const nameless = await ask(...signIn('  ', 'listener', PASSWORDS.listener))
  expect([nameless.status, nameless.body.error.message]).toEqual([400, 'name: must not be empty'])
  expect((await ask(...signIn('Eve', 'admin', PASSWORDS.supervisor))).status).toBe(400)
})

test('wrong tries make their address wait, ever longer, and all others a little', async () => {
  const { asking, clock, rows } = await staffServer()
  const from = (address: string, password: string) =>
    asking()(...signIn('Eve', 'supervisor', password), { 'x-forwarded-for': address })
  for (const _ of [1, 2, 3]) {
    expect((await from('203.0.113.1', 'wrong')).status).toBe(403)
    clock.stall(30_000)
  }
  const locked = await from('203.0.113.1', PASSWORDS.supervisor)
  expect([locked.status, locked.body.error.kind, locked.headers.get('retry-after')]).toEqual([429, 'limited', '30'])
  // Another address is let in again after seconds.
  expect((await from('203.0.113.2', 'wrong')).status).toBe(403)
  const slowed = await from('203.0.113.3', PASSWORDS.supervisor)
  expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '10'])
  clock.stall(10_000)
  expect((await from('203.0.113.3', PASSWORDS.supervisor)).status).toBe(200)
  // Who has waited and is wrong again waits longer.
  clock.stall(30_000)
  expect((await from('203.0.113.1', 'wrong')).status).toBe(403)
  expect((await from('203.0.113.1', 'wrong')).headers.get('retry-after')).toBe('300')
  const refused = told(await rows()).filter(row => row === 'Eve (supervisor) sign-in-refused')
  expect(refused).toHaveLength(5)
})

test('many tries at once get no more tries than one after the other', async () => {
  const { asking } = await staffServer()
  const tries = await Promise.all(Array.from({ length: 10 }, () => asking()(...signIn('Eve', 'supervisor', 'wrong'))))
  expect(tries.map(({ status }) => status).toSorted()).toEqual([403, 403, 403, ...Array(7).fill(429)])
})

test('a session by a password ends when the password is changed', async () => {
  const { asking, sessions, clock } = await staffServer()
  const { token } = await sessions.begin({ name: 'Old', role: 'supervisor' }, 'password of yesterday', clock.wallTime())
  expect((await asking(`__Host-partyline_staff=${token}`)('GET', '/staff/api/me')).status).toBe(401)
})

test('sessions that are over are deleted', async () => {
  const { sessions, clock } = await staffServer()
  for (const name of ['a', 'b', 'c']) await sessions.begin({ name, role: 'listener' }, ANY, clock.wallTime())
  clock.stall(6 * HOURS)
  const { token } = await sessions.begin({ name: 'd', role: 'listener' }, ANY, clock.wallTime())
  clock.stall(6 * HOURS)
  expect([await sessions.tidy(clock.wallTime(), 2), await sessions.tidy(clock.wallTime(), 2)]).toEqual([2, 1])
  expect(await sessions.read(token, clock.wallTime())).toMatchObject({ name: 'd' })
})

test('the database holds no token', async () => {
  const { cookieOf, database } = await staffServer()
  const token = (await cookieOf('listener')).split('=')[1] ?? ''
  const rows = await database.db
    .withTables<{ staff_sessions: object }>()
    .selectFrom('staff_sessions')
    .selectAll()
    .execute()
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(token)
})

test('a page of another site cannot sign anybody in or out', async () => {
  const { asking } = await staffServer()
  for (const origin of ['https://voice.example.evil', 'http://voice.example', 'null'])
    for (const path of ['sign-in', 'sign-out']) {
      const body = { name: 'Eve', role: 'supervisor', password: PASSWORDS.supervisor }
      expect((await asking()('POST', `/staff/api/${path}`, body, { origin })).status).toBe(403)
    }
  expect((await asking()('GET', '/staff/api/me', undefined, { origin: PAGE })).status).toBe(401)
})

test('where there is no way to sign in, `me` says how to make one, and nothing else is there', async () => {
  const help = 'Make a password first.'
  const { asking } = await staffServer({ isOpen: false, help }, undefined, false)
  const { status, body } = await asking()('GET', '/staff/api/me')
  expect([status, body.ways, body.help]).toEqual([401, { oidc: false, password: false }, help])
  expect((await asking()(...signIn('Eve', 'supervisor', ''))).status).toBe(400)
  expect((await asking()(...signIn('Eve', 'supervisor', 'anything'))).status).toBe(403)
  expect((await asking()('GET', '/staff/api/calls')).status).toBe(404)
})
