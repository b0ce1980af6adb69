import { createHash } from 'node:crypto'
import { AccessToken, TokenVerifier } from 'livekit-server-sdk'
import { expect, onTestFinished, test } from 'vitest'
import { ACCESS, ORIGIN, openBrowserServer } from './browser-server.ts'
import { caller } from './memory-rooms.ts'

async function open(options: Parameters<typeof openBrowserServer>[0] = {}) {
  const server = await openBrowserServer(options)
  onTestFinished(server.close)
  return server
}

test('a page is told where its room is, with a token for it alone', async () => {
  const server = await open()
  const answer = await server.ask()
  const { url, token } = answer.json<{ url: string; token: string }>()
  expect(url).toBe(ACCESS.url)
  expect(answer.headers['cache-control']).toBe('no-store')
  const claims = await new TokenVerifier(ACCESS.apiKey, ACCESS.apiSecret).verify(token)
  expect(claims).toMatchObject({
    sub: 'caller',
    video: {
      room: [...server.rooms.keys()][0],
      roomJoin: true,
      canPublishSources: ['microphone', 'screen_share'],
      canUpdateOwnMetadata: false,
    },
  })
  expect(claims.video).not.toHaveProperty('roomAdmin')
  expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(600)
})

test('a page of another site, and one too many from an address, are refused', async () => {
  const server = await open()
  expect((await server.ask({}, { origin: 'https://evil.example' })).statusCode).toBe(403)
  expect((await server.ask({}, { 'x-owner': 'nobody' })).json()).toMatchObject({ error: { kind: 'limited' } })
  const answers = []
  for (let i = 0; i < 21; i++) answers.push((await server.ask()).statusCode)
  expect(answers.at(-1)).toBe(429)
  expect((await server.ask({}, {}, '192.0.2.2')).statusCode).toBe(200)
})

test.each([{ back: 5 }, { back: 'x'.repeat(2_001) }, { more: 'fields' }, [] as unknown as object])(
  'a body that is none is refused: %j',
  async body => {
    const server = await open()
    expect((await server.ask(body)).statusCode).toBe(400)
    expect(server.rooms.size).toBe(0)
  },
)

test('where all lines are busy the page is told so, and nothing is joined', async () => {
  const server = await open({ maxCalls: 1 })
  await server.opened()
  const answer = await server.ask()
  expect([answer.statusCode, answer.json()]).toMatchObject([503, { error: { kind: 'busy' } }])
  expect(server.rooms.size).toBe(1)
})

test('a page that comes while the server shuts down is told so', async () => {
  const server = await open()
  server.calls.stop()
  const answer = await server.ask()
  expect([answer.statusCode, answer.json()]).toMatchObject([503, { error: { kind: 'stopping' } }])
})

test('where LiveKit refuses the page is told so, and the place is free again', async () => {
  const server = await open({ maxCalls: 1, joinFails: new Error('401') })
  for (let i = 0; i < 3; i++) expect((await server.ask()).json()).toMatchObject({ error: { kind: 'no-livekit' } })
  expect(server.sessions.size).toBe(0)
  expect(server.clock.pending).toBe(0)
})

/** A webhook as LiveKit sends it. */
async function webhook(event: object, { secret = ACCESS.apiSecret, body = JSON.stringify(event) } = {}) {
  const token = new AccessToken(ACCESS.apiKey, secret)
  token.sha256 = createHash('sha256').update(JSON.stringify(event)).digest('base64')
  return {
    method: 'POST' as const,
    url: '/livekit/webhook',
    headers: { 'content-type': 'application/webhook+json', authorization: await token.toJwt() },
    payload: body,
  }
}
const sipJoined = (room: string, id = 'EV1') => ({
  event: 'participant_joined',
  id,
  room: { name: room },
  participant: { identity: 'sip_+15551234567', kind: 'SIP' },
})

test('a caller of a SIP trunk is met in their room, once, as a telephone caller', async () => {
  const server = await open()
  const name = 'call-_+15551234567_Ab3dE'
  for (let i = 0; i < 2; i++) expect((await server.app.inject(await webhook(sipJoined(name)))).statusCode).toBe(200)
  const room = server.rooms.get(name)
  expect(server.rooms.size).toBe(1)
  const attributes = { 'sip.phoneNumber': '+15551234567', 'sip.trunkPhoneNumber': '+4930123456' }
  room?.listener.arrived({ ...caller('sip_1'), kind: 'telephone', attributes })
  await server.clock.advance(10)
  expect(server.held[0]?.opening).toMatchObject({
    ...{ channelName: 'sip', caller: 'number', owner: '+15551234567', agent: 'clinic' },
  })
  // Ids are in the log, and names of folders.
  expect(server.held[0]?.opening.callId).toMatch(/^sip-[0-9a-f]{32}$/)
})

test('a caller of a SIP trunk who withholds the number counts as such', async () => {
  const server = await open()
  await server.app.inject(await webhook(sipJoined('call-anonymous')))
  server.rooms.get('call-anonymous')?.listener.arrived({ ...caller('sip_1'), kind: 'telephone' })
  await server.clock.advance(10)
  expect(server.held[0]?.opening).toMatchObject({ channelName: 'sip', caller: 'hidden-number' })
})

test('a SIP call whose room cannot be joined keeps no place, and LiveKit may send it again', async () => {
  const server = await open({ maxCalls: 1, joinFails: new Error('401') })
  for (let i = 0; i < 2; i++) expect((await server.app.inject(await webhook(sipJoined('call-1')))).statusCode).toBe(503)
  expect(server.joins).toEqual(['call-1', 'call-1'])
  expect(server.calls.admit('another')).toBe(true)
})

test('other events of LiveKit change nothing', async () => {
  const server = await open()
  for (const event of ['room_started', 'track_published', 'room_finished', 'a_new_one'])
    expect((await server.app.inject(await webhook({ event, id: event, room: { name: 'a' } }))).statusCode).toBe(200)
  const browser = { ...sipJoined('web-1'), participant: { identity: 'caller', kind: 'STANDARD' } }
  await server.app.inject(await webhook(browser))
  expect(server.rooms.size).toBe(0)
})

test.each([
  ['signed with another key', { secret: 'another secret of more than thirty letters' }],
  ['with another body', { body: JSON.stringify(sipJoined('sip-2')) }],
  ['that is no JSON', { body: '{' }],
])('a webhook %s is refused', async (_, changed) => {
  const server = await open()
  const answer = await server.app.inject(await webhook(sipJoined('sip-1'), changed))
  expect(answer.statusCode).toBe(401)
  expect(server.rooms.size).toBe(0)
  expect(server.refused).toEqual(['/livekit/webhook'])
})

test('a webhook without a signature is refused', async () => {
  const server = await open()
  const signed = await webhook(sipJoined('call-1'))
  const { authorization: _, ...headers } = signed.headers
  expect((await server.app.inject({ ...signed, headers })).statusCode).toBe(401)
  expect(server.rooms.size).toBe(0)
})

test('what a page shows of the line is told to it, and whether rooms can be had', async () => {
  const server = await open()
  const answer = await server.app.inject({ method: 'GET', url: '/api/line', headers: { origin: ORIGIN } })
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
  expect(answer.json()).toMatchObject({ agent: 'paula', tasks: true, livekit: 'ready' })
})

test('one who may be nobody is told that too many came, and takes no line', async () => {
  const server = await open({ maxCalls: 1 })
  const answer = await server.ask({}, { 'x-owner': 'nobody' })
  expect([answer.statusCode, answer.json()]).toMatchObject([429, { error: { kind: 'limited' } }])
  expect([server.rooms.size, server.calls.admit('another')]).toEqual([0, true])
})

test.each(['text/plain', 'application/x-www-form-urlencoded'])(
  'a body that is written as %s is refused: any page could send it',
  async type => {
    const server = await open()
    const answer = await server.ask('{}' as never, { 'content-type': type })
    expect([answer.statusCode, answer.json()]).toMatchObject([415, { error: { kind: 'invalid' } }])
    expect(server.rooms.size).toBe(0)
  },
)

test('a room of a SIP trunk has the same id at every server, and another one for another room', async () => {
  const ids: (string | undefined)[] = []
  for (const name of ['call-1', 'call-1', 'call-2']) {
    const server = await open()
    await server.app.inject(await webhook(sipJoined(name)))
    ids.push([...server.sessions.keys()][0])
  }
  expect(ids[0]).toMatch(/^sip-[0-9a-f]{32}$/)
  expect([ids[1] === ids[0], ids[2] === ids[0]]).toEqual([true, false])
})
