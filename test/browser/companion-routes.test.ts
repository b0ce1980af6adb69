import { TokenVerifier } from 'livekit-server-sdk'
import { expect, onTestFinished, test } from 'vitest'
import { ACCESS, ORIGIN, openBrowserServer } from './browser-server.ts'

async function open(options: Parameters<typeof openBrowserServer>[0] = {}) {
  const server = await openBrowserServer(options)
  onTestFinished(server.close)
  const now = (): Date => server.clock.wallTime()
  const redeem = (payload: unknown, remoteAddress = '192.0.2.1', origin = ORIGIN) =>
    server.app.inject({
      ...{ remoteAddress, method: 'POST', url: '/api/companion', headers: { origin } },
      payload: payload as object,
    })
  return { ...server, redeem, make: (callId: string) => server.codes.make(callId, now()) }
}

test('a code brings the way into the room of its call, with a token for a screen and texts alone', async () => {
  const { redeem, make, rooms } = await open()
  const answer = await redeem({ code: await make('CA1') })
  const { url, token } = answer.json<{ url: string; token: string }>()
  expect([answer.statusCode, url, answer.headers['cache-control']]).toEqual([200, ACCESS.url, 'no-store'])
  const claims = await new TokenVerifier(ACCESS.apiKey, ACCESS.apiSecret).verify(token)
  expect(claims).toMatchObject({
    sub: 'companion',
    video: { room: 'screen-CA1', roomJoin: true, canPublishSources: ['screen_share'], canUpdateOwnMetadata: false },
  })
  expect(claims.video).not.toHaveProperty('roomAdmin')
  expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(600)
  // The server that holds the call is in the room; this one need not be.
  expect(rooms.size).toBe(0)
})

test('at two servers with one store a code is good once', async () => {
  const one = await open()
  const other = await open({ codes: one.codes })
  const code = await one.make('CA1')
  expect((await other.redeem({ code })).statusCode).toBe(200)
  const again = await one.redeem({ code })
  expect([again.statusCode, again.json()]).toMatchObject([404, { error: { kind: 'wrong' } }])
})

test('one who guesses is refused after five wrong codes, at every server, and others are not', async () => {
  const one = await open()
  const other = await open({ codes: one.codes })
  const code = await one.make('CA1')
  const wrong = code === '000000' ? '000001' : '000000'
  for (let i = 0; i < 5; i++) expect((await one.redeem({ code: wrong })).statusCode).toBe(404)
  const refused = await other.redeem({ code })
  expect([refused.statusCode, refused.json()]).toMatchObject([429, { error: { kind: 'limited' } }])
  expect((await other.redeem({ code }, '192.0.2.2')).statusCode).toBe(200)
})

test('an address that asks too often is refused before its codes are looked at', async () => {
  const { redeem, codes } = await open()
  const statuses: number[] = []
  for (let i = 0; i < 21; i++) statuses.push((await redeem({ code: '12' })).statusCode)
  expect([statuses[0], statuses.at(-1)]).toEqual([400, 429])
  expect(await codes.tidy(new Date('2100-01-01'), 10)).toBe(0)
})

test.each([{}, { code: 123456 }, { code: '12345' }, { code: '１２３４５６' }, { code: '123456', more: 1 }, ['123456']])(
  'a body that is none (%j) is refused, and is no wrong code',
  async body => {
    const { redeem, codes } = await open()
    expect((await redeem(body)).statusCode).toBe(400)
    expect(await codes.tidy(new Date('2100-01-01'), 10)).toBe(0)
  },
)

test('a page of another site is refused', async () => {
  const { redeem, make } = await open()
  expect((await redeem({ code: await make('CA1') }, '192.0.2.1', 'https://evil.example')).statusCode).toBe(403)
})
