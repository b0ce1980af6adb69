import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { CALL_ID, CALLER, WAV } from './one-call.ts'
import { type Ask, PAGE, staffServer } from './staff-server.ts'

const OF_CALL = `/staff/api/calls/${CALL_ID}`
const LIVE = `CA${'2b'.repeat(16)}`
const OF_LIVE = `/staff/api/live/${LIVE}`
const NUMBER = '+15557654321'

/** Every way to something of a call. `supervisors`: listeners may not. */
const WAYS: readonly {
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly supervisors?: true
}[] = [
  { method: 'GET', path: '/staff/api/calls' },
  { method: 'GET', path: OF_CALL },
  { method: 'GET', path: `${OF_CALL}/lines` },
  { method: 'GET', path: `${OF_CALL}/audio/1` },
  { method: 'GET', path: `${OF_CALL}/peaks/1` },
  { method: 'GET', path: `${OF_CALL}/transcript` },
  { method: 'GET', path: `${OF_CALL}/transcript.vtt` },
  { method: 'GET', path: `${OF_CALL}/cost` },
  { method: 'PUT', path: `${OF_CALL}/tags`, body: { tags: ['mine'] } },
  { method: 'POST', path: `${OF_CALL}/notes`, body: { atMs: 0, text: 'mine' } },
  { method: 'DELETE', path: `${OF_CALL}/notes/n1` },
  { method: 'POST', path: `${OF_CALL}/what-if`, body: {} },
  { method: 'POST', path: `${OF_CALL}/fixture`, body: { name: 'mine' } },
  { method: 'GET', path: '/staff/api/live' },
  { method: 'GET', path: `${OF_LIVE}/listen` },
  { method: 'GET', path: '/staff/api/openapi.json' },
  { method: 'GET', path: `/staff/api/calls?caller=${encodeURIComponent(CALLER)}`, supervisors: true },
  { method: 'POST', path: `${OF_CALL}/fixture`, body: { name: 'mine', save: true }, supervisors: true },
  { method: 'POST', path: `${OF_CALL}/what-if`, body: { model: 'gpt-9' }, supervisors: true },
  { method: 'GET', path: '/staff/api/audit', supervisors: true },
  { method: 'GET', path: `/staff/api/audit?call=${CALL_ID}`, supervisors: true },
  { method: 'POST', path: '/staff/api/callers/forget', body: { caller: CALLER }, supervisors: true },
  { method: 'POST', path: `${OF_LIVE}/whisper`, body: { text: 'mine' }, supervisors: true },
  { method: 'POST', path: `${OF_LIVE}/transfer`, body: { number: NUMBER }, supervisors: true },
  { method: 'POST', path: `${OF_LIVE}/end`, supervisors: true },
]

async function opened() {
  const did: string[] = []
  const server = await staffServer({
    whatIf: async callId => ({ callId, turns: [], indicativeFromTurn: null, notes: [] }),
    async fixtureFrom() {
      did.push('fixture')
      return { preview: { transcript: '', expect: {}, replaced: [] }, saved: null }
    },
  })
  const feed = server.live.opening({
    ...{ callId: LIVE, attempt: 1, agent: 'Robin', channel: 'phone', startedAt: '', caller: CALLER, rateHz: 8_000 },
    ...{ sound: true, canTransfer: true, costUsd: () => 0.0123, note: ({ kind }) => did.push(kind) },
  })
  feed.began()
  feed.holding(() => did.push('stopped'))
  return { ...server, did }
}

/** Each try comes from another address: none is refused only because it is one of many. */
const from = (tries: number) => ({ 'x-forwarded-for': `203.0.113.${tries % 250}` })

/** Nothing of a call is in an answer, and nothing was done to one. */
function isNothing({ text }: Awaited<ReturnType<Ask>>): boolean {
  return (
    !/Robin|milk|0123|RIFF|welcome|phone"/.test(text) && !text.includes(String.fromCharCode(...WAV.subarray(9, 40)))
  )
}

test('without the right nobody reaches a call: a hundred ways and more, and none succeeds', async () => {
  const { asking, cookieOf, sessions, clock, asked, did, rows } = await opened()
  const supervisor = await cookieOf('supervisor', 'Sam')
  const signedOut = await cookieOf('supervisor', 'Gone')
  await asking(signedOut)('POST', '/staff/api/sign-out')
  const [row] = await rows()
  const good = supervisor.split('=')[1] ?? ''
  // The hash that the database has of it, as somebody might who has read the database.
  const { session } = await sessions.begin({ name: 'X', role: 'supervisor' }, '', clock.wallTime())
  const cookies: readonly (string | undefined)[] = [
    undefined,
    '',
    '__Host-partyline_staff=',
    '__Host-partyline_staff=supervisor',
    `__Host-partyline_staff=${'A'.repeat(43)}`,
    `__Host-partyline_staff=${session.id}`,
    `__Host-partyline_staff=${row?.id}`,
    `__Host-partyline_staff=${good.slice(0, -1)}`,
    `__Host-partyline_staff=${good.slice(0, -1)}${good.endsWith('A') ? 'Q' : 'A'}`,
    `__Host-partyline_staff=${good.toUpperCase()}`,
    `__Host-partyline_staff="${good}"`,
    `__Host-partyline_staff=${good}%00`,
    `__Host-partyline_owner=${good}`,
    `__Host-partyline_staff_oidc=${good}`,
    signedOut,
  ]
  let tries = 0
  async function fails(statuses: readonly number[], ask: Ask, ...request: Parameters<Ask>): Promise<void> {
    tries++
    const [method, path, body, headers] = request
    const answer = await ask(method, path, body, { ...headers, ...from(tries) })
    expect([request, statuses.includes(answer.status), isNothing(answer)]).toEqual([request, true, true])
  }
  const before = [...asked]
  const rowsBefore = (await rows()).length

  for (const cookie of cookies)
    for (const { method, path, body } of WAYS) await fails([401], asking(cookie), method, path, body, { origin: PAGE })

  // The right session, but another site's page, or none that is named where something changes.
  for (const { method, path, body } of WAYS)
    for (const origin of ['https://evil.example', 'null', `${PAGE}.evil.example`])
      await fails([403], asking(supervisor), method, path, body, { origin })

  // A listener who does a supervisor's work.
  const listener = await cookieOf('listener')
  for (const { method, path, body } of WAYS.filter(way => way.supervisors))
    await fails([403], asking(listener), method, path, body)

  // A session that is over.
  clock.stall(13 * 3_600_000)
  for (const { method, path, body } of WAYS)
    await fails([401], asking(supervisor), method, path, body, { origin: PAGE })

  expect(tries).toBeGreaterThan(400)
  expect([asked, did, (await rows()).length]).toEqual([before, [], rowsBefore])
})

test('no parameter leads out of the calls: nothing but an id of a call reaches the records', async () => {
  const { asking, cookieOf, asked, errors, did } = await opened()
  const ask = asking(await cookieOf('supervisor'))
  const [dots, slash] = ['%2e%2e', '%2f']
  const strange = [
    ...[
      `..${slash}..${slash}etc${slash}passwd`,
      `${dots}${slash}${dots}`,
      '..',
      '.',
      dots,
      '%2e',
      '%00',
      `${CALL_ID}%00`,
    ],
    ...[`${CALL_ID}${slash}..`, `${CALL_ID}%5c..`, `..%5c..%5c${CALL_ID}`, 'calls*', '%25', '%2525', `${CALL_ID}.wav`],
    ...[
      'x'.repeat(65),
      '%0a',
      `${CALL_ID}%0a`,
      '%20',
      "'--",
      '%22',
      '{"$ne":1}',
      '%F0%9F%98%80',
      '%ff',
      '~',
      `file:${slash}${slash}`,
    ],
  ]
  let tries = 0
  for (const id of strange)
    for (const path of ['', '/lines', '/audio/1', '/peaks/1', '/transcript', '/transcript.vtt', '/cost']) {
      tries++
      const answer = await ask('GET', `/staff/api/calls/${id}${path}`, undefined, from(tries))
      expect([id, path, [400, 404].includes(answer.status), isNothing(answer)]).toEqual([id, path, true, true])
    }
  for (const attempt of [...strange, '0', '-1', '1.5', '1e1', '100', '0x1', ' 1', 'one', '1%2f..'])
    if (attempt !== '.' && attempt !== '..' && attempt !== dots && attempt !== '%2e') {
      tries++
      const answer = await ask('GET', `${OF_CALL}/audio/${attempt}`, undefined, from(tries))
      expect([attempt, [400, 404].includes(answer.status)]).toEqual([attempt, true])
    }
  for (const id of strange) {
    tries += 3
    const ours = { origin: PAGE, ...from(tries) }
    const live = await ask('POST', `/staff/api/live/${id}/end`, undefined, from(tries))
    expect([id, [400, 404].includes(live.status)]).toEqual([id, true])
    expect([400, 404]).toContain((await ask('DELETE', `${OF_CALL}/notes/${id}`, undefined, from(tries))).status)
    expect([400, 404]).toContain((await ask('GET', `/staff/api/live/${id}/listen`, undefined, ours)).status)
  }
  expect(tries).toBeGreaterThan(200)
  const ids = asked.map(line => line.split(' ').slice(1).join(' ')).filter(id => !id.startsWith('{'))
  expect(ids.filter(id => !/^[\w-]{1,64}$/.test(id))).toEqual([])
  expect([errors, did]).toEqual([[], []])
})

test('ids that are guessed name nothing, and are told from ids that are wrong by nobody', async () => {
  const { asking, cookieOf, rows } = await opened()
  const ask = asking(await cookieOf('listener'))
  for (let guess = 0; guess < 30; guess++) {
    const id = `CA${guess.toString(16).padStart(32, '0')}`
    for (const path of ['', '/lines', '/audio/1', '/peaks/1', '/transcript', '/cost'])
      expect((await ask('GET', `/staff/api/calls/${id}${path}`, undefined, from(guess))).status).toBe(404)
  }
  expect(await rows()).toEqual([])
})

test('a WebSocket opens only with a session and from our page', async () => {
  const { socket, cookieOf, rows, did } = await opened()
  const cookie = await cookieOf('supervisor')
  const refused = async (path: string, headers: Record<string, string>): Promise<number> => {
    const opening = socket(path, headers)
    const [, response] = await once(opening, 'unexpected-response')
    return response.statusCode
  }
  expect(await refused(`${OF_LIVE}/listen`, { origin: PAGE })).toBe(401)
  expect(await refused(`${OF_LIVE}/listen`, { origin: PAGE, cookie: '__Host-partyline_staff=x' })).toBe(401)
  expect(await refused(`${OF_LIVE}/listen`, { origin: 'https://evil.example', cookie })).toBe(403)
  expect(await refused(`${OF_LIVE}/listen`, { cookie })).toBe(403)
  expect(await refused(`/staff/api/live/${CALL_ID}/listen`, { origin: PAGE, cookie })).toBe(404)
  expect(await refused('/staff/api/live/..%2f..%2fx/listen', { origin: PAGE, cookie })).toBe(400)
  expect([await rows(), did]).toEqual([[], []])
})

test('paths that a client does not tidy up lead nowhere either', async () => {
  const { origin, cookieOf } = await opened()
  const cookie = await cookieOf('supervisor')
  const { hostname, port } = new URL(origin)
  for (const path of [
    '/staff/api/calls/../../../../etc/passwd',
    `/staff/api/../api/calls/${CALL_ID}`,
    '//staff/api/calls',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`)
    let text = ''
    for await (const chunk of socket) text += chunk
    expect([path, text.slice(0, 12)]).toEqual([path, 'HTTP/1.1 404'])
  }
})
