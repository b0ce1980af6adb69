import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { within } from '../../conversation/scope.ts'
import type { CallFacts, CallHost } from '../call-host.ts'
import { callerNumber, WITHHELD } from './caller-number.ts'
import type { PhoneLine } from './channel.ts'
import { sid } from './messages.ts'
import type { SignatureCheck } from './signature.ts'
import type { StreamPasses } from './token.ts'
import { spokenTwiml, twiml } from './twiml.ts'
import type { Unsigned } from './unsigned.ts'

export interface WebhookParts {
  readonly host: CallHost
  readonly publicUrl: string
  readonly transferNumber: string | undefined
  /** The code of the language of what Twilio says to callers. */
  readonly language: string
  /** The number to which staff have put this stream of the call through; undefined where they have not. */
  readonly chosenNumber?: (callId: string, attempt: number) => Promise<string | undefined>
  readonly isSigned: SignatureCheck
  readonly refused: Unsigned
  readonly passes: StreamPasses
  readonly live: ReadonlyMap<string, PhoneLine>
}

const form = z.record(z.string(), z.string())
const call = z.object({ CallSid: sid, From: z.string().transform(callerNumber).default(WITHHELD) })
/** What our own URLs tell of a call that asks again: how often it was sent back, and since when it waits, in ms of the wall clock. */
const asked = z.object({
  times: z.coerce.number().int().nonnegative().catch(0),
  since: z.coerce.number().int().positive().optional().catch(undefined),
})
/** So often, a second apart, a call is sent back: a proxy takes some seconds to find out that this server is being taken down. */
const MOST_AGAIN = 8
/** Twilio sends about forty. */
const MOST_FIELDS = 200
/** Twilio waits 15 s for an answer, and the caller hears nothing meanwhile. */
const STORE_WITHIN_MS = 2_500
/** Only requests that Twilio did not sign are limited. */
const UNLIMITED = { config: { rateLimit: false } } as const
const OVER = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/** The number that a call is counted for; undefined where it is withheld. */
const numberOf = (from: string): string | undefined => (from === WITHHELD ? undefined : from)

/** POST /calls/answer, /calls/next, /calls/status and /calls/stream-status: Twilio's webhooks. */
export function webhooks(app: FastifyInstance, parts: WebhookParts): void {
  const { publicUrl, host } = parts
  const { admission, store } = host
  const answer = twiml<'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('answer.xml')
  const again = twiml<'answerUrl'>('again.xml')
  const transfer = twiml<'nextUrl' | 'number'>('transfer.xml')
  const { language } = parts
  const hangUp = twiml('hang-up.xml')({})
  const [busy, tooMany, goodbye, unavailable] = ['busy', 'too-many-calls', 'goodbye', 'unavailable'].map(name =>
    spokenTwiml(`${name}.xml`, language)({}),
  )
  const queue = spokenTwiml<'position' | 'answerUrl'>('queue.xml', language)
  const stillQueued = spokenTwiml<'position' | 'answerUrl'>('still-queued.xml', language)
  const urls = {
    streamUrl: `${publicUrl.replace(/^http/, 'ws')}/calls/stream`,
    streamStatusUrl: `${publicUrl}/calls/stream-status`,
    nextUrl: `${publicUrl}/calls/next`,
  }
  function connect(callSid: string, from: string, attempt: number): string {
    if (attempt > 1) admission.goesOn(callSid, numberOf(from))
    return answer({ ...urls, pass: parts.passes.mint({ callSid, from, attempt }) })
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

  async function next(callSid: string, from: string, dialled: string | undefined): Promise<string | undefined> {
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
      case undefined:
        return unavailable
    }
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
    const { CallSid: callSid, From: from } = fields
    const { times, since } = asked.parse(request.query)
    if (admission.isStopped()) {
      if (times < MOST_AGAIN) {
        admission.sentBack(callSid)
        const waits = since === undefined ? '' : `&since=${since}`
        return again({ answerUrl: `${publicUrl}/calls/answer?times=${times + 1}${waits}` })
      }
      admission.forget(callSid)
    }
    const sinceMs = since ?? host.clock.wallTime().getTime()
    const reception = admission.receive(callSid, { caller: numberOf(from), sinceMs })
    switch (reception.kind) {
      case 'admitted':
        return connect(callSid, from, 1)
      case 'waits': {
        const words = reception.isNew && since === undefined ? queue : stillQueued
        return words({ position: String(reception.position), answerUrl: `${publicUrl}/calls/answer?since=${sinceMs}` })
      }
      case 'refused':
        return reception.why === 'caller' ? tooMany : busy
    }
  })

  app.post('/calls/next', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    if (!fields?.CallSid) return reply
    admission.forget(fields.CallSid)
    const answered = await next(fields.CallSid, fields.From ?? '', fields.DialCallStatus)
    return reply.type('text/xml').send(answered)
  })

  app.post('/calls/status', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    if (!fields?.CallSid) return reply
    if (OVER.has(fields.CallStatus ?? '')) {
      parts.live.get(fields.CallSid)?.gone(`the carrier says ${fields.CallStatus}`)
      admission.over(fields.CallSid)
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
