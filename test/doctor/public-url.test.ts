import { afterAll, beforeAll, expect, test } from 'vitest'
import { askerOver } from '../../src/doctor/asking.ts'
import { publicUrlCheck } from '../../src/doctor/public-url.ts'
import { upgradeOver } from '../../src/doctor/upgrade.ts'
import { openWholeCalls, type WholeCalls } from '../whole-call/whole-calls.ts'
import { type Asked, type Doing, json, page, settingsWith, stood } from './answers.ts'

const TOKEN = 'a token of Twilio'
const HERE = 'http://localhost'

let all: WholeCalls
beforeAll(async () => {
  all = await openWholeCalls({ env: { TWILIO_AUTH_TOKEN: TOKEN } })
})
afterAll(() => all.close())

/** What is found of the real server, by settings that may be others than the server's. */
async function foundOfServer(changed: Record<string, string>) {
  const settings = settingsWith({ PUBLIC_URL: HERE, TWILIO_AUTH_TOKEN: TOKEN, ...changed })
  const check = publicUrlCheck(settings, askerOver(all.network, all.clock), upgradeOver(all.network))
  return all.passing(check.run(new AbortController().signal))
}

test('the real server is reached: webhooks and the stream arrive, and their signatures hold', async () => {
  expect(await foundOfServer({})).toEqual([
    { kind: 'ok', what: 'PUBLIC_URL', told: 'http://localhost: webhooks and streams arrive, and signatures hold' },
  ])
  // Nothing of it is taken for a call.
  expect(all.partyline.calls.live()).toBe(0)
})

test('with another token than the server has, it refuses what is signed here', async () => {
  expect(await foundOfServer({ TWILIO_AUTH_TOKEN: 'another' })).toMatchObject([
    {
      kind: 'wrong',
      told: expect.stringMatching(/refuses a right signature \(403\): its PUBLIC_URL or TWILIO_AUTH_TOKEN/),
    },
  ])
})

/** A server behind a proxy, part by part; what is not given is as it should be. */
interface Outside {
  readonly ready?: () => Doing
  readonly unsigned?: () => Doing
  readonly signed?: () => Doing
  readonly stream?: number | Error
}

async function foundOutside({ ready, unsigned, signed, stream = 101 }: Outside) {
  const does = ({ url, init }: Asked): Doing => {
    if (url.endsWith('/readyz')) return ready?.() ?? json({ ready: true, reasons: [] })
    const hasSignature = new Headers(init.headers).has('x-twilio-signature')
    return hasSignature
      ? (signed?.() ?? new Response(null, { status: 204 }))
      : (unsigned?.() ?? json({ error: 'no' }, 403))
  }
  const { asker, findings } = stood(does)
  const upgrade = async (): Promise<number> => {
    if (typeof stream !== 'number') throw stream
    return stream
  }
  const found = await findings(publicUrlCheck(settingsWith(), asker, upgrade))
  return found.map(({ kind, what, told }) => `${kind} ${what}: ${told}`)
}

test.each<[string, Outside, RegExp]>([
  [
    'nothing listens',
    { ready: () => 'refuses' },
    /nothing listens there: can https:\/\/voice\.example\.com be reached/,
  ],
  ['nobody answers', { ready: () => 'hangs' }, /be reached from here, and does the server run/],
  ['the proxy has no server', { ready: () => page(502) }, /does not reach the server \(502\): is it running/],
  ['another page is there', { ready: () => page() }, /a web page answers .* does the proxy pass \/readyz and \/calls/],
  ['something else is there', { ready: () => json({ hello: 1 }) }, /something else answers/],
  ['it sends elsewhere', { ready: () => new Response('', { status: 301 }) }, /sends elsewhere \(301\)/],
  ['only some paths are passed on', { unsigned: () => json({}, 404) }, /does not pass \/calls on \(404\)/],
  ['a page is there instead of webhooks', { unsigned: () => page() }, /does not pass \/calls on/],
  [
    'everybody is let in',
    { unsigned: () => new Response(null, { status: 204 }) },
    /without a signature .* not refused/,
  ],
  ['signatures do not hold', { signed: () => json({}, 403) }, /refuses a right signature \(403\)/],
  ['a webhook fails', { signed: () => json({}, 500) }, /answered with 500: see the server's log/],
  [
    'WebSockets are not passed on',
    { stream: 426 },
    /does not pass WebSockets on .* \(426\): set Upgrade and Connection/,
  ],
  ['the stream refuses', { stream: 403 }, /the stream refuses a right signature/],
  ['the stream is cut', { stream: new Error('socket hang up') }, /socket hang up: can /],
])('where %s, one line says so and what to do', async (_, outside, told) => {
  const lines = await foundOutside(outside)
  expect(lines).toEqual([expect.stringMatching(told)])
  expect(lines[0]).toMatch(/^wrong PUBLIC_URL: /)
})

test('a server that takes no calls just now says why, and the way to it is looked at all the same', async () => {
  const ready = () => json({ ready: false, reasons: ['phrases are being rendered'] }, 503)
  expect(await foundOutside({ ready })).toEqual([
    'note the server: it takes no calls now: phrases are being rendered',
    expect.stringMatching(/^ok PUBLIC_URL/),
  ])
})

test('where the sandbox stands in for Twilio there is no way from outside', async () => {
  const { asker, asked, findings } = stood(() => 'refuses')
  const settings = settingsWith({ TWILIO_AUTH_TOKEN: '', PUBLIC_URL: 'http://127.0.0.1:8080' })
  expect(await findings(publicUrlCheck(settings, asker, async () => 101))).toMatchObject([{ kind: 'note' }])
  expect(asked).toEqual([])
})
