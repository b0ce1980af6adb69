import { readSettings, type Settings } from '../../src/config.ts'
import { type Asker, askerOver } from '../../src/doctor/asking.ts'
import { type Check, type Finding, found } from '../../src/doctor/finding.ts'
import { FakeClock } from '../fakes/clock.ts'

/** What a stand-in does with a request: answers, refuses the connection, or says nothing for ever. */
export type Doing = Response | 'refuses' | 'hangs'

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
export const page = (status = 200): Response =>
  new Response('<!DOCTYPE html><html><body>Please sign in to the guest network.</body></html>', { status })

/** Settings of a server with all keys. */
export const settingsWith = (changed: Record<string, string> = {}): Settings =>
  readSettings({
    ...{ DEEPGRAM_API_KEY: 'dg-key', OPENAI_API_KEY: 'oa-key', CARTESIA_API_KEY: 'ca-key', GEMINI_API_KEY: 'ge-key' },
    ...{
      TWILIO_AUTH_TOKEN: 'token',
      PUBLIC_URL: 'https://voice.example.com',
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    },
    ...changed,
  })

export interface Asked {
  readonly url: string
  readonly init: RequestInit
}

/** Asks stand-ins that do as `does` says. */
export function stood(does: (asked: Asked) => Doing) {
  const clock = new FakeClock()
  const asked: Asked[] = []
  const begun = Promise.withResolvers<void>()
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const one = { url: String(input), init }
    asked.push(one)
    begun.resolve()
    const doing = does(one)
    if (doing === 'refuses')
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
    if (doing !== 'hangs') return doing
    return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  }
  const asker: Asker = askerOver({ fetch }, clock)
  /** What the check found, after as much time as it may take. */
  async function findings(check: Check): Promise<readonly Finding[]> {
    const finding = found(check, clock, new AbortController().signal)
    await clock.advance(0)
    // What comes before a request, such as signing a token, takes real time: the time of the test must not run out meanwhile.
    await Promise.race([finding, begun.promise])
    for (let s = 0; s < 60; s++) await clock.advance(1_000)
    return finding
  }
  return { asker, asked, clock, findings, network: { fetch } }
}
