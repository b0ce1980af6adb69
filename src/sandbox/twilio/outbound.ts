import type { Script } from '../caller/fixture.ts'
import { seeded } from '../chance.ts'
import type { CallRecord } from '../ringing/call-record.ts'
import { startRinging } from '../ringing/ring.ts'
import type { CallStatus, TwilioCall } from './call.ts'
import type { Account, RestCall } from './rest.ts'
import { type RungPerson, rungCall } from './rung-person.ts'
import { twilioSid } from './sid.ts'
import type { Ticker } from './ticker.ts'
import type { VerbContext } from './twiml-verbs.ts'
import type { Refused, WantedCall } from './wanted-call.ts'
import { type Application, postWebhook } from './webhook.ts'

/** Whom an application may ring through the stand-in, and from where. */
export interface Outbound extends Pick<Application, 'publicUrl' | 'dialUrl'> {
  /** Numbers of the account, and those that it has verified. */
  readonly numbers: readonly string[]
  /** Who has this number, or why Twilio does not ring it. */
  readonly person: (number: string) => RungPerson | Refused
  readonly announceUrl?: string
  /** How long a call waits before it rings. Default: not at all. */
  readonly queuedMs?: number
  /** Twilio's callbacks of a number's calls may come twice, or get lost. Default: once. */
  readonly callbacks?: (number: string) => 'once' | 'twice' | 'never'
  /** Is told of each call, and gets its record when it was answered. */
  readonly onCall?: (callSid: string, to: string, record: Promise<CallRecord | undefined>) => void
}

export interface OutboundParts extends Account {
  readonly outbound: Outbound
  readonly ticker: Ticker
  readonly network: Application['network']
  readonly speak?: VerbContext['speak']
}

/** Not one by which somebody rings: no two calls have the same identifier. */
const OWN_SEED = 20_261_128

/** Why nobody is rung from a number that is none of the account's. */
export const notOurs = (from: string): Refused => ({
  code: 21210,
  message: `The source phone number provided, ${from}, is not yet verified for your account.`,
})

/** Makes the calls that an application wants. Each has its `done`, which resolves when its callbacks are done, too. */
export function outboundCalls(parts: OutboundParts, signal: AbortSignal) {
  const { outbound, accountSid, authToken, ticker, network, speak } = parts
  const { clock } = ticker
  const random = seeded(OWN_SEED)
  const { numbers } = outbound

  function make(wanted: WantedCall) {
    const { to, from, url, statusUrl, events, ringMs, limitMs } = wanted
    if (!numbers.includes(from)) return notOurs(from)
    const person = outbound.person(to)
    if ('code' in person) return person
    const callSid = twilioSid('CA', random)
    const callbacks = outbound.callbacks?.(to) ?? 'once'
    const seed = Math.floor(random() * 1e9)
    const posted = new Set<Promise<void>>()
    const recorded = Promise.withResolvers<CallRecord | undefined>()
    let told = 0

    function tell(event: string, CallStatus: CallStatus): void {
      if (statusUrl === undefined || !events.includes(event) || callbacks === 'never') return
      const form = {
        ...{
          AccountSid: accountSid,
          ApiVersion: '2010-04-01',
          CallSid: callSid,
          CallStatus,
          Direction: 'outbound-api',
        },
        ...{ From: from, To: to, Caller: from, Called: to, Timestamp: clock.wallTime().toUTCString() },
        ...{ CallbackSource: 'call-progress-events', SequenceNumber: `${told++}`, CallDuration: '0' },
      }
      const application = { ...outbound, network }
      for (let times = callbacks === 'twice' ? 2 : 1; times > 0; times--) {
        const done: Promise<void> = postWebhook({ url: statusUrl, form, authToken }, application, clock, signal)
          .then(
            () => undefined,
            () => undefined,
          )
          .finally(() => posted.delete(done))
        posted.add(done)
      }
    }

    function answered(script: Script): TwilioCall {
      const isTold = events.includes('completed') && callbacks !== 'never'
      const answering = { callSid, answerUrl: url, statusUrl: isTold ? statusUrl : undefined, timeLimitMs: limitMs }
      const { publicUrl, dialUrl, announceUrl } = outbound
      const line = { publicUrl, dialUrl, announceUrl, network, authToken, accountSid, ticker, speak }
      const { call, record } = startRinging(
        { ...line, from, to, script, seed, answering, fallbackUrl: wanted.fallbackUrl },
        signal,
      )
      record.then(recorded.resolve, () => recorded.resolve(undefined))
      return call
    }

    const queuedMs = outbound.queuedMs ?? 0
    const call = rungCall({ callSid, clock, person, ringMs, queuedMs, answered, tell }, signal)
    const done = call.done.then(async () => {
      recorded.resolve(undefined)
      await Promise.all(posted)
    })
    outbound.onCall?.(callSid, to, recorded.promise)
    const rest: RestCall = { call, from, to, startedAt: clock.wallTime(), direction: 'outbound-api' }
    return { rest, done }
  }

  return make
}
