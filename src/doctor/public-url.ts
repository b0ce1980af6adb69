import webhooks from 'twilio/lib/webhooks/webhooks.js'
import { z } from 'zod'
import type { Settings } from '../config.ts'
import type { Asker } from './asking.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'
import type { Upgrade } from './upgrade.ts'

const WHAT = 'PUBLIC_URL'
/** No call has it. */
const CALL_SID = `CA${'0'.repeat(32)}`
const readiness = z.object({ ready: z.boolean(), reasons: z.array(z.string()) })

/**
 * The way from outside to the server, as far as it can be walked from here: through the proxy, with signatures as Twilio
 * makes them. What Twilio's own network sees of it, such as a firewall that lets only this machine in, it cannot tell.
 */
export function publicUrlCheck(settings: Settings, { ask }: Asker, upgrade: Upgrade): Check {
  const { PUBLIC_URL: url, TWILIO_AUTH_TOKEN: token, standIns } = settings
  const form = { CallSid: CALL_SID, CallStatus: 'in-progress', From: '+15550100000' }
  const status = `${url}/calls/status`
  const stream = `${url.replace(/^http/, 'ws')}/calls/stream`
  const signed = (of: string, fields: Record<string, string>) => ({
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, of, fields),
  })
  const post = (headers: Record<string, string>) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })

  async function reached(signal: AbortSignal): Promise<Finding | undefined> {
    const { status: code, json, isPage } = await ask(`${url}/readyz`, {}, signal)
    const read = readiness.safeParse(json)
    if (read.success)
      return read.data.ready
        ? undefined
        : note('the server', `it takes no calls now: ${read.data.reasons.join('; ') || 'it does not say why'}`)
    const what = isPage ? 'a web page' : 'something else'
    if (code >= 502 && code <= 504)
      return wrong(
        WHAT,
        `the proxy at ${url} does not reach the server (${code}): is it running, and where the proxy looks?`,
      )
    if (code >= 300 && code < 400)
      return wrong(WHAT, `${url} sends elsewhere (${code}): Twilio must reach it as it stands`)
    return wrong(WHAT, `${what} answers at ${url} (${code}): does the proxy pass /readyz and /calls on to this server?`)
  }

  async function webhook(signal: AbortSignal): Promise<Finding | undefined> {
    const unsigned = await ask(status, post({}), signal)
    if (unsigned.status === 404 || unsigned.isPage)
      return wrong(WHAT, `the proxy does not pass /calls on (${unsigned.status}): Twilio's webhooks would not arrive`)
    if (unsigned.status !== 403)
      return wrong(
        WHAT,
        `a request without a signature is answered with ${unsigned.status}, and not refused: is this Partyline?`,
      )
    const answer = await ask(status, post(signed(status, form)), signal)
    if (answer.status === 204) return undefined
    return answer.status === 403
      ? wrong(
          WHAT,
          'the server refuses a right signature (403): its PUBLIC_URL or TWILIO_AUTH_TOKEN is another one than here, or the proxy changes the path',
        )
      : wrong(WHAT, `a signed webhook is answered with ${answer.status}: see the server's log`)
  }

  async function socket(signal: AbortSignal): Promise<Finding | undefined> {
    const code = await upgrade(stream, signed(stream, {}), signal)
    if (code === 101) return undefined
    if (code === 403) return wrong(WHAT, 'the stream refuses a right signature (403): does the proxy change its path?')
    if (code === 503) return note(WHAT, 'too many streams wait for their start (503): try again')
    return wrong(WHAT, `the proxy does not pass WebSockets on at /calls/stream (${code}): set Upgrade and Connection`)
  }

  return {
    what: WHAT,
    todo: `can ${url} be reached from here, and does the server run? Its name, port and certificate must be right`,
    async run(signal) {
      if (standIns.includes('Twilio'))
        return [note(WHAT, `${url}: without TWILIO_AUTH_TOKEN only this machine can call`)]
      const findings: Finding[] = []
      for (const step of [reached, webhook, socket]) {
        const finding = await step(signal)
        if (finding) findings.push(finding)
        if (finding?.kind === 'wrong') return findings
      }
      return [...findings, ok(WHAT, `${url}: webhooks and streams arrive, and signatures hold`)]
    },
  }
}
