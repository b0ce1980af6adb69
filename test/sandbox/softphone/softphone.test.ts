import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { isVoicedMulaw } from '../../../src/sandbox/ringing/mulaw-loudness.ts'
import { isOwnHost } from '../../../src/sandbox/softphone/own-host.ts'
import type { RungAt } from '../../../src/sandbox/softphone/rung-at.ts'
import { softphone } from '../../../src/sandbox/softphone/softphone.ts'
import { openTwilioStandIn } from '../../../src/sandbox/twilio/stand-in.ts'
import { openTicker } from '../../../src/sandbox/twilio/ticker.ts'
import { memoryNetwork } from '../../whole-call/memory-network.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'
import { AUTH_TOKEN, openFakeApplication, PUBLIC_URL } from '../twilio/fake-application.ts'
import { openPage } from './page.ts'

const ACCOUNT_SID = 'AC00000000000000000000000000000001'
const STREAM = '<Response><Connect><Stream url="wss://agent.example.com/calls/stream"/></Connect></Response>'
const NUMBER = '+15550100042'

interface Options {
  readonly twiml?: Readonly<Record<string, string>>
  readonly rungAt?: (url: string) => RungAt | undefined
  /** Files of the built page. */
  readonly built?: Readonly<Record<string, string | Uint8Array>>
}

async function opened({ twiml = { '/calls/answer': STREAM }, rungAt, built = {} }: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-phone-'))
  await mkdir(join(folder, 'web/assets'), { recursive: true })
  for (const [name, bytes] of Object.entries(built)) await writeFile(join(folder, 'web', name), bytes)
  const network = memoryNetwork()
  const ticker = openTicker(systemClock)
  const application = openFakeApplication({ twiml, greeting: mulaw(tone(200)) }, network)
  const own = { url: application.url, publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN }
  let seed = 0
  const standIn = await openTwilioStandIn({
    ...{ port: 0, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, network, ticker },
    routes: (app, keep, signal) =>
      softphone(
        app,
        {
          ...{ clock: systemClock, ticker, network, keep, accountSid: ACCOUNT_SID, nextSeed: () => ++seed },
          rungAt: () => (rungAt ? rungAt(application.url) : own),
          ...{ pageFolder: join(folder, 'web'), fixturesFolder: join(folder, 'fixtures') },
        },
        signal,
      ),
  })
  onTestFinished(async () => {
    await standIn.close()
    await rm(folder, { recursive: true })
  })
  return { standIn, application, network, url: standIn.url, page: () => openPage(standIn.url) }
}

test('a call: rung, answered, heard, spoken to, keyed, hung up, and told in the end', async () => {
  const { application, page } = await opened()
  const phone = await page()
  expect(await phone.told('server')).toEqual({
    ...{ kind: 'server', url: application.url, ready: true, notReady: [], follows: false },
  })
  phone.say({ kind: 'call', from: NUMBER })
  const { callSid } = await phone.told('ringing')
  expect(callSid).toMatch(/^CA[0-9a-f]{32}$/)
  await phone.told('carrier', ({ event }) => event.kind === 'stream-started')
  expect(application.posts.find(({ path }) => path === '/calls/answer')).toMatchObject({
    signed: true,
    form: { CallSid: callSid, From: NUMBER },
  })
  // At the line's own pace.
  for (let frame = 0; frame < 30; frame++) {
    await phone.hears(20 + frame)
    phone.speak(mulaw(frame < 10 ? tone(20, 700) : silence(20)))
  }
  phone.say({ kind: 'key', key: '#' })
  await phone.told('carrier', ({ event }) => event.kind === 'key')
  phone.say({ kind: 'hang-up' })
  const ended = await phone.told('ended')
  expect(ended).toMatchObject({ why: 'hung up', by: 'caller', savable: true, figures: { warnings: [] } })
  expect(ended.utterances).toMatchObject([{ index: 0, say: '' }])
  expect(phone.messages.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1])).toEqual(
    ['server', 'ringing', 'answered', 'carrier', 'ended'].flatMap(kind =>
      kind === 'answered' ? ['carrier', 'answered'] : [kind],
    ),
  )
  expect(application.messages.filter(({ event }) => event === 'dtmf')).toMatchObject([{ dtmf: { digit: '#' } }])
  expect(application.messages.at(-1)?.event).toBe('stop')
  const voiced = application.messages.filter(
    ({ media }) => media && isVoicedMulaw(Buffer.from(media.payload, 'base64')),
  )
  expect(voiced).toHaveLength(10)
  expect(new Set(phone.heard.map(({ length }) => length))).toEqual(new Set([160]))
  expect(phone.heard.some(frame => isVoicedMulaw(frame))).toBe(true)
})

test('one call after the other on one socket, but not two at once', async () => {
  const { page } = await opened()
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  await phone.told('answered')
  phone.say({ kind: 'call', from: 'anonymous' })
  expect(await phone.told('refused')).toEqual({
    kind: 'refused',
    what: 'call',
    why: 'There is a call already: hang up first.',
  })
  phone.say({ kind: 'hang-up' })
  await phone.told('ended')
  phone.say({ kind: 'call', from: 'anonymous' })
  await expect.poll(() => phone.messages.filter(({ kind }) => kind === 'answered')).toHaveLength(2)
})

test('hanging up while it rings ends the call, and says so', async () => {
  const { page } = await opened({ twiml: {} })
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  phone.say({ kind: 'hang-up' })
  expect(await phone.told('ended')).toMatchObject({ why: 'hung up', by: 'caller', savable: false, utterances: [] })
  expect(phone.messages.some(({ kind }) => kind === 'answered')).toBe(false)
})

test('a server that rejects the call is told with its reason', async () => {
  const { page } = await opened({
    twiml: { '/calls/answer': '<Response><Say>Too many calls.</Say><Hangup/></Response>' },
  })
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  expect(await phone.told('ended')).toMatchObject({ by: 'agent', why: 'the application ended the call' })
  expect(phone.messages).toContainEqual({
    kind: 'carrier',
    event: expect.objectContaining({ kind: 'say', text: 'Too many calls.' }),
  })
})

test('a server that takes the caller for a stranger: what to set is told', async () => {
  const { page, network } = await opened({
    rungAt: () => ({ url: 'http://strict', publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN }),
  })
  network.join(
    'strict',
    createServer((_request, response) => response.writeHead(403).end()),
  )
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  expect((await phone.told('ended')).why).toMatch(/^The server does not accept the signature \(403\).*--auth-token/)
})

test.each(['close', 'break'] as const)(
  'a page that is gone (%s) has hung up: the server gets its stop, and nothing is left',
  async how => {
    const { application, network, standIn, page } = await opened()
    const phone = await page()
    await phone.told('server')
    phone.say({ kind: 'call', from: NUMBER })
    await phone.told('carrier', ({ event }) => event.kind === 'stream-started')
    phone[how]()
    await expect.poll(() => application.messages.at(-1)?.event).toBe('stop')
    await expect
      .poll(() => application.posts.at(-1), { timeout: 20_000 })
      .toMatchObject({ path: '/calls/status', form: { CallStatus: 'completed' } })
    await standIn.close()
    await expect.poll(() => network.connections()).toBe(0)
  },
)

test('closing the sandbox hangs up', async () => {
  const { application, standIn, page } = await opened()
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  await phone.told('carrier', ({ event }) => event.kind === 'stream-started')
  await standIn.close()
  await phone.closed
  expect(application.messages.at(-1)?.event).toBe('stop')
})

test('a call can be changed by REST, as any other', async () => {
  const { page, url } = await opened()
  const phone = await page()
  await phone.told('server')
  phone.say({ kind: 'call', from: NUMBER })
  const { callSid } = await phone.told('ringing')
  await phone.told('carrier', ({ event }) => event.kind === 'stream-started')
  const response = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT_SID}/Calls/${callSid}.json`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    body: new URLSearchParams({ Status: 'completed' }),
  })
  expect(response.status).toBe(200)
  expect(await phone.told('ended')).toMatchObject({ by: 'agent', why: 'completed by REST' })
})

test.each([
  ['{', 'a message is not JSON'],
  ['[]', 'a message: '],
  ['{"kind":"dance"}', 'kind: '],
  ['{"kind":"call","from":"1234"}', 'from: must be a number like +15550100042, or anonymous'],
  ['{"kind":"key","key":"12"}', 'key: must be one of 0-9, * and #'],
  [`{"kind":"save","name":"a","utterances":[{"index":0,"say":"${'x'.repeat(1_001)}"}]}`, 'utterances.0.say: '],
])('what cannot be read is refused in words: %s', async (text, why) => {
  const { page } = await opened()
  const phone = await page()
  phone.sayRaw(text)
  const refused = await phone.told('refused')
  expect(refused.what).toBe('message')
  expect(refused.why).toContain(why)
})

test('what has no call is refused in words', async () => {
  const { page } = await opened({ rungAt: () => undefined })
  const phone = await page()
  expect(await phone.told('server')).toMatchObject({
    url: '',
    ready: false,
    notReady: [expect.stringContaining('npm start')],
  })
  phone.say({ kind: 'key', key: '1' })
  phone.say({ kind: 'save', name: 'x', utterances: [] })
  phone.say({ kind: 'call', from: NUMBER })
  phone.say({ kind: 'hang-up' })
  expect(await phone.told('refused', ({ what }) => what === 'call')).toMatchObject({
    why: expect.stringContaining('No server'),
  })
  expect(phone.messages.flatMap(message => (message.kind === 'refused' ? [message.what] : []))).toEqual([
    'key',
    'save',
    'call',
  ])
})

test('a server that is away is told at once', async () => {
  const { page } = await opened({
    rungAt: () => ({ url: 'http://nowhere', publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN }),
  })
  const phone = await page()
  const { ready, notReady } = await phone.told('server')
  expect([ready, ...notReady]).toEqual([
    false,
    expect.stringMatching(/^Nothing answers at http:\/\/nowhere .*Is npm start running\?$/),
  ])
})

test('too much sound in one message, or a message without end, closes the line', async () => {
  const { page } = await opened()
  const [loud, long] = [await page(), await page()]
  loud.speak(new Uint8Array(10_000))
  expect(await loud.closed).toMatchObject({ code: 1008 })
  long.sayRaw('x'.repeat(600 * 1024))
  expect(await long.closed).toMatchObject({ code: 1009 })
})

test('a page too many is refused, until another one is closed', async () => {
  const { page } = await opened()
  const pages = await Promise.all(Array.from({ length: 20 }, page))
  await expect(page()).rejects.toThrow('refused: 503')
  pages[0]?.close()
  await pages[0]?.closed
  await expect.poll(() => page().then(() => 'open', String)).toBe('open')
})

test('the page comes with strict rules, and its assets for ever; nothing else of the folder comes', async () => {
  const script = 'console.log(1)\n'.repeat(200)
  const { url } = await opened({
    built: {
      'softphone.html': '<!doctype html>',
      'staff.html': 'staff',
      'assets/a-1.js': script,
      'assets/a-1.js.gz': gzipSync(script),
    },
  })
  const page = await fetch(`${url}/`)
  expect(await page.text()).toBe('<!doctype html>')
  const { host } = new URL(url)
  expect(page.headers.get('content-security-policy')).toBe(
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' ws://${host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(page.headers.get('permissions-policy')).toContain('microphone=(self)')
  expect([page.headers.get('x-content-type-options'), page.headers.get('cache-control')]).toEqual([
    'nosniff',
    'no-cache',
  ])
  const asset = await fetch(`${url}/assets/a-1.js`, { headers: { 'Accept-Encoding': 'gzip' } })
  expect([asset.headers.get('content-encoding'), asset.headers.get('cache-control')]).toEqual([
    'gzip',
    'public, max-age=31536000, immutable',
  ])
  expect(asset.headers.get('content-type')).toContain('javascript')
  expect(await asset.text()).toBe(script)
  for (const path of [
    '/staff.html',
    '/assets/../staff.html',
    '/assets/%2e%2e/staff.html',
    '/assets/..%2fstaff.html',
    '/assets/',
    '/assets/none.js',
  ])
    expect([path, (await fetch(url + path)).status]).toEqual([
      path,
      expect.toSatisfy((status: number) => status === 404 || status === 403),
    ])
})

test('a page that is not built says how that is done', async () => {
  const { url } = await opened()
  const response = await fetch(`${url}/`)
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run page')])
})

test.each([
  ['127.0.0.1:8090', true],
  ['localhost:1', true],
  ['LOCALHOST', true],
  ['[::1]:8090', true],
  ['evil.example:8090', false],
  ['127.attacker.example', false],
  ['127.0.0.1.attacker.example', false],
  ['localhost.attacker.example', false],
  ['localhost.', false],
  ['user@localhost', false],
  ['localhost/..', false],
  ['', false],
  [undefined, false],
])('the host %j is this machine’s own name: %j', (host, isOwn) => {
  expect(isOwnHost(host)).toBe(isOwn)
})

test('nobody but a page of its own opens the line, rings, or reads what is there', async () => {
  const { url } = await opened({ built: { 'softphone.html': 'page' } })
  const { port } = new URL(url)
  const forged = `evil.example:${port}`
  for (const headers of [
    { Origin: 'http://evil.example' },
    { Origin: `http://localhost:${Number(port) + 1}` },
    { Origin: 'null' },
    { Host: forged, Origin: `http://${forged}` },
    { Host: `localhost:${port}` },
  ] as const)
    await expect(openPage(url, { headers })).rejects.toThrow('refused: 403')
  const asked = await fetch(`${url}/sandbox/ring`, {
    method: 'POST',
    headers: { Origin: 'http://evil.example' },
    body: new URLSearchParams({ fixture: 'plain' }),
  })
  expect(asked.status).toBe(403)
  const own = await openPage(url, { headers: { Host: `localhost:${port}`, Origin: `http://localhost:${port}` } })
  own.close()
})
