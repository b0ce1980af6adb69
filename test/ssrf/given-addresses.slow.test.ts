import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { hashOf } from '../../src/pins/pin-hash.ts'
import { memoryRooms } from '../browser/memory-rooms.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openWholeCalls, type WholeCalls } from '../whole-call/whole-calls.ts'
import { privateUrls } from './corpus.ts'
import { watchedSockets } from './watched-sockets.ts'

const ORIGIN = 'http://localhost'
const PASSWORD = 'the supervisors’ password'
/** Where Twilio's webhooks have addresses, and where people may put one. */
const FIELDS = [
  ...['From', 'To', 'Caller', 'RecordingUrl', 'StatusCallback', 'Url', 'CallbackUrl', 'TranscriptionUrl', 'MediaUrl0'],
  ...['ForwardedFrom', 'StreamUrl', 'StreamError', 'SpeechResult', 'Digits', 'SipDomain', 'DialBridged'],
]

let all: WholeCalls
let sockets: Awaited<ReturnType<typeof watchedSockets>>
let cookie = ''
const hosts = new Set<string>()
beforeAll(async () => {
  sockets = await watchedSockets()
  all = await openWholeCalls({
    env: { STAFF_SUPERVISOR_PASSWORD: await hashOf(PASSWORD.normalize('NFKC'), CHEAP), TRUST_PROXY: '127.0.0.1' },
    joinRoom: memoryRooms().join,
    onAsked: (_body, url) => hosts.add(new URL(url).host),
  })
  const signedIn = await all.partyline.app.inject({
    ...{ method: 'POST', url: '/staff/api/sign-in', headers: { origin: ORIGIN } },
    payload: { name: 'Sam', role: 'supervisor', password: PASSWORD },
  })
  cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
  expect(signedIn.statusCode).toBe(200)
})
afterAll(async () => {
  await all.close()
  await sockets.close()
})

test('200 addresses that lead inside are fetched nowhere, wherever they are given', async () => {
  const urls = privateUrls(sockets.port)
  expect(urls.length).toBeGreaterThanOrEqual(200)
  expect(new Set(urls).size).toBe(urls.length)
  let asked = 0
  const ask = (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: object | string) => {
    const from = { remoteAddress: `10.0.${Math.floor(asked / 250) % 250}.${asked % 250}` }
    asked++
    return all.passing(
      all.partyline.app.inject({ method, url, headers, ...from, ...(payload !== undefined && { payload }) }),
    )
  }
  const named: string[] = []
  for (const [at, url] of urls.entries()) {
    const header = encodeURI(url)
    const CallSid = `CA${at.toString(16).padStart(32, '0')}`
    const form = { ...Object.fromEntries(FIELDS.map(field => [field, url])), CallSid }
    for (const path of ['/calls/answer', '/calls/next', '/calls/stream-status', '/calls/status']) {
      const signature = getExpectedTwilioSignature(SANDBOX_AUTH_TOKEN, `${ORIGIN}${path}`, form)
      const answer = await ask(
        'POST',
        path,
        { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature, host: 'evil.example' },
        new URLSearchParams(form).toString(),
      )
      expect([path, url, answer.statusCode < 300]).toEqual([path, url, true])
      named.push(...[...answer.body.matchAll(/\b(?:https?|wss?):[^<"]*/g)].map(([one]) => one))
    }
    const headers = {
      ...{ origin: ORIGIN, cookie, traceparent: header, referer: header },
      ...{ 'x-forwarded-host': header, 'x-original-url': header, forwarded: `host="${header}"` },
    }
    for (const [method, path, body] of [
      ['POST', '/api/room', { back: url }],
      ['POST', '/api/companion', { code: url }],
      ['POST', '/api/tasks', { title: url, due: url }],
      ['POST', `/staff/api/calls/${CallSid}/what-if`, { model: url, instructions: url }],
      ['POST', `/staff/api/calls/${CallSid}/fixture`, { name: url }],
      ['POST', '/staff/api/callers/forget', { caller: url }],
      ['POST', `/staff/api/live/${CallSid}/transfer`, { number: url }],
      ['GET', `/staff/api/oidc/back?code=x&iss=${encodeURIComponent(url)}`, undefined],
      ['GET', `/staff/api/calls/${encodeURIComponent(url)}/audio/1`, undefined],
    ] as const) {
      const answer = await ask(method, path, headers, body)
      // After so many rooms there is no place left.
      const isFull = answer.statusCode === 503 && answer.json().error.kind === 'busy'
      expect([path, url, answer.statusCode < 500 || isFull]).toEqual([path, url, true])
    }
  }
  expect(asked).toBeGreaterThanOrEqual(200 * 13)
  // Twilio is told of no address but this server's own.
  expect(named.filter(one => !/^(?:https?|wss?):\/\/(?:localhost\/|www\.w3\.org\/)/.test(one))).toEqual([])
  expect({ fetched: sockets.connections(), opened: sockets.opened(), hosts: [...hosts] }).toEqual({
    fetched: 0,
    opened: 0,
    // The sentences that must not fail are made ready for rooms.
    hosts: ['cartesia'],
  })
})
