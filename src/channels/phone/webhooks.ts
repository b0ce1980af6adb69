import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { within } from '../../conversation/scope.ts'
import type { CallFacts, CallHost } from '../call-host.ts'
import { callerNumber, WITHHELD } from './caller-number.ts'
import type { PhoneLine } from './channel.ts'
import { sid } from './messages.ts'
import type { SignatureCheck } from './signature.ts'
import type { StreamPasses } from './token.ts'
import { twiml } from './twiml.ts'
import type { Unsigned } from './unsigned.ts'

export interface WebhookParts {
  readonly host: CallHost
  readonly publicUrl: string
  readonly transferNumber: string | undefined
  /** The number to which staff have put this stream of the call through; undefined where they have not. */
  readonly chosenNumber?: (callId: string, attempt: number) => Promise<string | undefined>
  readonly isSigned: SignatureCheck
  readonly refused: Unsigned
  readonly passes: StreamPasses
  readonly live: ReadonlyMap<string, PhoneLine>
}

const form = z.record(z.string(), z.string())
const call = z.object({ CallSid: sid, From: z.string().transform(callerNumber).default(WITHHELD) })
/** So often a call is carried on after its line broke, and so long apart. */
const MOST_BREAKS = 3
const BREAKS_APART_MS = 5_000
const asked = z.object({ times: z.coerce.number().int().nonnegative() })
/** So often, a second apart, a call is sent back: a proxy takes some seconds to find out that this server is being taken down. */
const MOST_AGAIN = 8
/** Twilio sends about forty. */
const MOST_FIELDS = 200
/** Twilio waits 15 s for an answer, and the caller hears nothing meanwhile. */
const STORE_WITHIN_MS = 2_500
/** Only requests that Twilio did not sign are limited. */
const UNLIMITED = { config: { rateLimit: false } } as const
const OVER = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/** POST /calls/answer, /calls/next, /calls/status and /calls/stream-status: Twilio's webhooks. */
export function webhooks(app: FastifyInstance, parts: WebhookParts): void {
  const { publicUrl, host } = parts
  const { admission, store } = host
  const answer = twiml<'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('answer.xml')
  const later = twiml<'pauseSeconds' | 'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('carry-on.xml')
  const again = twiml<'answerUrl'>('again.xml')
  const transfer = twiml<'nextUrl' | 'number'>('transfer.xml')
  const [busy, hangUp, goodbye, unavailable] = ['busy', 'hang-up', 'goodbye', 'unavailable'].map(name =>
    twiml(`${name}.xml`)({}),
  )
  const urls = {
    streamUrl: `${publicUrl.replace(/^http/, 'ws')}/calls/stream`,
    streamStatusUrl: `${publicUrl}/calls/stream-status`,
    nextUrl: `${publicUrl}/calls/next`,
  }
  function connect(callSid: string, from: string, attempt: number, pauseSeconds = 0): string {
    const values = { ...urls, pass: parts.passes.mint({ callSid, from, attempt }) }
    return pauseSeconds > 0 ? later({ ...values, pauseSeconds: `${pauseSeconds}` }) : answer(values)
  }

  /** The form's fields, or undefined after a refusal was sent. A form with a repeated field cannot be verified. */
  async function fieldsOf(request: FastifyRequest, reply: FastifyReply) {
    const fields = form.safeParse(request.body ?? {})
    const signature = request.headers['x-twilio-signature']
    const isPlausible = fields.success && Object.keys(fields.data).length <= MOST_FIELDS
    if (!isPlausible || !parts.isSigned(signature, request.url, fields.data)) {
      await parts.refused(request, reply)
      return undefined
    }
    const known = call.safeParse(fields.data)
    if (known.success) return { ...fields.data, ...known.data }
    await reply.code(400).send('CallSid is missing or wrong')
    return undefined
  }

  async function next(
    callSid: string,
    from: string,
    dialled: string | undefined,
    sentBackTo: string | undefined,
  ): Promise<string | undefined> {
    if (dialled === 'completed' || dialled === 'answered') return hangUp
    const asked = (): Promise<CallFacts> => store.factsOf(callSid)
    // The calls that end while the server closes are asked about too, so its signal does not count here.
    const { signal } = new AbortController()
    const facts = await within(STORE_WITHIN_MS, 'reading what comes next', host.clock, asked, signal)
    // Signatures never expire, so only a transfer of ours may return, and only once.
    if (dialled !== undefined) return facts.next === 'transfer' ? connect(callSid, from, facts.streams + 1) : hangUp
    switch (facts.next) {
      case 'hang-up':
        return hangUp
      case 'goodbye':
        return goodbye
      case 'transfer':
        return transferred(callSid, facts.streams)
      case 'unavailable':
        return unavailable
      case undefined:
        return carriedOn(callSid, from, sentBackTo)
    }
  }

  /** The stream ended without a word of what comes next: its line broke, or its server died. The conversation goes on. */
  async function carriedOn(callSid: string, from: string, sentBackTo: string | undefined): Promise<string | undefined> {
    if ((admission.isStopped() || !admission.admit(callSid)) && sentBackTo) {
      admission.sentBack(callSid)
      return again({ answerUrl: sentBackTo })
    }
    const counted = () => store.broke(callSid, host.clock.wallTime())
    const { signal } = new AbortController()
    const breaks = await within(STORE_WITHIN_MS, 'counting a broken line', host.clock, counted, signal)
    const { streams, times, sinceMs = BREAKS_APART_MS } = breaks
    if (times <= MOST_BREAKS) return connect(callSid, from, streams + 1, Math.ceil((BREAKS_APART_MS - sinceMs) / 1_000))
    admission.forget(callSid)
    if (!parts.transferNumber) return unavailable
    await store.keepNext(callSid, 'transfer')
    return transfer({ ...urls, number: parts.transferNumber })
  }

  async function transferred(callSid: string, attempt: number): Promise<string | undefined> {
    const asked = async () => parts.chosenNumber?.(callSid, attempt)
    const { signal } = new AbortController()
    const chosen = await within(STORE_WITHIN_MS, 'reading the number of a transfer', host.clock, asked, signal)
    const number = chosen ?? parts.transferNumber
    return number ? transfer({ ...urls, number }) : goodbye
  }

  app.post('/calls/answer', UNLIMITED, async (request, reply) => {
    const fields = await fieldsOf(request, reply)
    if (!fields) return reply
    reply.type('text/xml')
    if (admission.isStopped()) {
      const { times } = asked.catch({ times: 0 }).parse(request.query)
      if (times < MOST_AGAIN) {
        admission.sentBack(fields.CallSid)
        return again({ answerUrl: `${publicUrl}/calls/answer?times=${times + 1}` })
      }
      admission.forget(fields.CallSid)
    }
    if (!admission.admit(fields.CallSid)) return busy
    return connect(fields.CallSid, fields.From, 1)
  })

  app.post('/calls/next', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    if (!fields?.CallSid) return reply
    admission.forget(fields.CallSid)
    const { times } = asked.catch({ times: 0 }).parse(request.query)
    const sentBackTo = times < MOST_AGAIN ? `${urls.nextUrl}?times=${times + 1}` : undefined
    const answered = await next(fields.CallSid, fields.From ?? '', fields.DialCallStatus, sentBackTo)
    return reply.type('text/xml').send(answered)
  })

  app.post('/calls/status', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    const { CallSid, CallStatus = '' } = fields ?? {}
    if (!CallSid) return reply
    if (OVER.has(CallStatus)) {
      parts.live.get(CallSid)?.gone(`the carrier says ${CallStatus}`)
      admission.forget(CallSid)
      // Whoever asks later what comes next does not open the call again.
      const over = () => store.keepNext(CallSid, 'hang-up')
      const { signal } = new AbortController()
      await within(STORE_WITHIN_MS, 'keeping the end of a call', host.clock, over, signal).catch(() => undefined)
    }
    return reply.code(204).send()
  })

  app.post('/calls/stream-status', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    if (!fields?.CallSid) return reply
    if (fields.StreamEvent === 'stream-error') {
      host.log.warn({ call: fields.CallSid, error: fields.StreamError }, 'the carrier reports a stream error')
    }
    return reply.code(204).send()
  })
}
