import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { within } from '../../conversation/scope.ts'
import type { CallFacts, CallHost } from '../call-host.ts'
import { UNLIMITED, type Unsigned } from '../unsigned.ts'
import { callerNumber, WITHHELD } from './caller-number.ts'
import { sid } from './messages.ts'
import type { PhoneSettings } from './phone.ts'
import type { RingOuts } from './ring-out/ring-out.ts'
import { rungOut } from './ring-out/rung-out.ts'
import type { SignatureCheck } from './signature.ts'
import type { LiveStream } from './stream.ts'
import type { StreamPasses } from './token.ts'
import { spokenTwiml, twiml } from './twiml.ts'
import { pieceUrl, withSound } from './waiting-route.ts'

export interface WebhookParts {
  readonly host: CallHost
  readonly publicUrl: string
  readonly transferNumber: string | undefined
  /** The code of the language of what Twilio says to callers. */
  readonly language: string
  /** The number to which staff have put this stream of the call through; undefined where they have not. */
  readonly chosenNumber?: (callId: string, attempt: number) => Promise<string | undefined>
  readonly agents?: PhoneSettings['agents'] | undefined
  readonly isSigned: SignatureCheck
  readonly refused: Unsigned
  readonly passes: StreamPasses
  readonly live: ReadonlyMap<string, LiveStream>
  readonly rings: RingOuts
}

const form = z.record(z.string(), z.string())
const call = z.object({ CallSid: sid, From: z.string().transform(callerNumber).default(WITHHELD) })
/** So often a call is carried on after its line broke, and so long apart. */
const MOST_BREAKS = 3
const BREAKS_APART_MS = 5_000
/** Nobody waits for longer than three minutes. */
const MOST_HEARD = 100
/** What our own URLs tell of a call: how often it was sent back, and since when it waits, in ms of the wall clock. */
const asked = z.object({
  times: z.coerce.number().int().nonnegative().catch(0),
  since: z.coerce.number().int().positive().optional().catch(undefined),
  /** How many pieces of music a caller who waits has heard. */
  heard: z.coerce.number().int().nonnegative().max(MOST_HEARD).catch(0),
  /** The pass of a call that the server has made itself. */
  ring: z.string().max(2_000).optional().catch(undefined),
})
/** So often, a second apart, a call is sent back: a proxy takes some seconds to find out that this server is being taken down. */
const MOST_AGAIN = 8
/** Twilio sends about forty. */
const MOST_FIELDS = 200
/** Twilio waits 15 s for an answer, and the caller hears nothing meanwhile. */
const STORE_WITHIN_MS = 2_500
/** A new call waits no longer for the store. */
const KNOWN_WITHIN_MS = 500
const OVER = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/** A call whose stream, or transfer, is over, or which comes for the first time. `from`: the person's number. */
interface Asking {
  readonly callSid: string
  readonly from: string
  readonly ring: string | undefined
  /** The server has made the call. */
  readonly isOutbound: boolean
}

/** The number that a call is counted for; undefined where it is withheld. */
const numberOf = (from: string): string | undefined => (from === WITHHELD ? undefined : from)

/** POST /calls/answer, /calls/next, /calls/rung-out, /calls/status and /calls/stream-status: Twilio's webhooks. */
export function webhooks(app: FastifyInstance, parts: WebhookParts): void {
  const { publicUrl, host } = parts
  const { admission, store } = host
  const answer = twiml<'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('answer.xml')
  const later = twiml<'pauseSeconds' | 'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('carry-on.xml')
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
  const rung = rungOut({ ...parts, ...urls })
  /** `agent`: which one answers. Of a call that comes back the journal knows it. */
  function connect({ callSid, from, ring }: Asking, attempt: number, pauseSeconds = 0, agent?: string): string {
    if (attempt > 1) admission.goesOn(callSid, numberOf(from))
    const values = {
      ...{ ...urls, ...(ring !== undefined && { nextUrl: rung.nextUrl(ring) }) },
      pass: parts.passes.mint({
        callSid,
        from,
        attempt,
        rung: rung.rungBy(ring),
        ...(agent !== undefined && { agent }),
      }),
    }
    return pauseSeconds > 0 ? later({ ...values, pauseSeconds: `${pauseSeconds}` }) : answer(values)
  }

  /** A number that is called has its agent, and a SIP call may name one. */
  const agentOf = ({ To: number, 'SipHeader_X-Agent': named }: Readonly<Record<string, string>>): string | undefined =>
    parts.agents?.().at({ number: /^sips?:(\+?\d{1,15})@/.exec(number ?? '')?.[1] ?? number, named })

  /** The form's fields, or undefined after a refusal was sent. A form with a repeated field cannot be verified. */
  async function fieldsOf(request: FastifyRequest, reply: FastifyReply) {
    const fields = form.safeParse(request.body ?? {})
    const signature = request.headers['x-twilio-signature']
    const isPlausible = fields.success && Object.keys(fields.data).length <= MOST_FIELDS
    if (!isPlausible || !parts.isSigned(signature, request.url, fields.data)) {
      await parts.refused(request, reply, 403)
      return undefined
    }
    const known = call.safeParse(fields.data)
    // Of a call that we made the number is the one that was called.
    const { Direction, To } = fields.data
    const person = Direction?.startsWith('outbound') && { From: callerNumber(To ?? '') }
    if (known.success) return { ...fields.data, ...known.data, ...person }
    await reply.code(400).send('CallSid is missing or wrong')
    return undefined
  }

  async function next(call: Asking, dialled: string | undefined, times: number): Promise<string | undefined> {
    const { callSid, isOutbound, ring } = call
    if (dialled === 'completed' || dialled === 'answered') return hangUp
    const asked = (): Promise<CallFacts> => store.factsOf(callSid)
    // The calls that end while the server closes are asked about too, so its signal does not count here.
    const { signal } = new AbortController()
    const facts = await within(STORE_WITHIN_MS, 'reading what comes next', host.clock, asked, signal)
    // Signatures never expire, so only a transfer of ours may return, and only once.
    if (dialled !== undefined) return facts.next === 'transfer' ? connect(call, facts.streams + 1) : hangUp
    switch (facts.next) {
      case 'hang-up':
        return hangUp
      case 'goodbye':
        return goodbye
      case 'transfer':
        return transferred(call, facts.streams)
      case 'unavailable':
        return unavailable
      case undefined:
        return isOutbound && facts.streams === 0 ? rung.answered(ring, callSid, times) : carriedOn(call, times)
    }
  }

  /** The stream ended without a word of what comes next: its line broke, or its server died. The conversation goes on. */
  async function carriedOn(call: Asking, timesBack: number): Promise<string | undefined> {
    const { callSid, from, ring } = call
    if (admission.isStopped() && timesBack < MOST_AGAIN) {
      admission.sentBack(callSid)
      const answerUrl =
        ring === undefined ? `${urls.nextUrl}?times=${timesBack + 1}` : rung.nextUrl(ring, timesBack + 1)
      return again({ answerUrl })
    }
    const counted = () => store.broke(callSid, host.clock.wallTime())
    const { signal } = new AbortController()
    const breaks = await within(STORE_WITHIN_MS, 'counting a broken line', host.clock, counted, signal)
    const { streams, times, sinceMs = BREAKS_APART_MS } = breaks
    if (streams > 0) admission.goesOn(callSid, numberOf(from))
    else if (!admission.admit(callSid)) return busy
    if (times <= MOST_BREAKS) return connect(call, streams + 1, Math.ceil((BREAKS_APART_MS - sinceMs) / 1_000))
    admission.forget(callSid)
    if (!parts.transferNumber) return unavailable
    await store.keepNext(callSid, 'transfer')
    return transfer({ ...urls, number: parts.transferNumber })
  }

  /**
   * Whether a stream of this call was opened already: signatures never expire, and somebody sends a request again that
   * they have kept. It gets the same answer, whose pass is good no longer, and takes no line.
   */
  async function wasAnswered(callSid: string): Promise<boolean> {
    const asked = (): Promise<CallFacts> => store.factsOf(callSid)
    const { signal } = new AbortController()
    // A store that is away holds up no new call.
    const facts = await within(KNOWN_WITHIN_MS, 'looking for a call', host.clock, asked, signal).catch(() => undefined)
    return (facts?.streams ?? 0) > 0
  }

  async function transferred({ callSid, ring }: Asking, attempt: number): Promise<string | undefined> {
    const asked = async () => parts.chosenNumber?.(callSid, attempt)
    const { signal } = new AbortController()
    const chosen = await within(STORE_WITHIN_MS, 'reading the number of a transfer', host.clock, asked, signal)
    const number = chosen ?? parts.transferNumber
    const nextUrl = ring === undefined ? urls.nextUrl : rung.nextUrl(ring)
    return number ? transfer({ nextUrl, number }) : goodbye
  }

  /** What a call does whose stream, or transfer, is over. */
  function afterStream(fields: Record<string, string>, { times, ring }: z.infer<typeof asked>) {
    const { CallSid: callSid = '', From: from = '', DialCallStatus, Direction = '' } = fields
    admission.forget(callSid)
    return next({ callSid, from, ring, isOutbound: Direction.startsWith('outbound') }, DialCallStatus, times)
  }

  app.post('/calls/answer', UNLIMITED, async (request, reply) => {
    const fields = await fieldsOf(request, reply)
    if (!fields) return reply
    reply.type('text/xml')
    const { CallSid: callSid, From: from, ErrorUrl: failedUrl }: typeof fields & { ErrorUrl?: string } = fields
    // Where this is the number's fallback too, Twilio asks it for whatever it got no answer to, as from a server that was killed.
    const failed = failedUrl?.startsWith(`${publicUrl}/`) ? new URL(failedUrl) : undefined
    const ours = asked.parse(failed ? Object.fromEntries(failed.searchParams) : request.query)
    const { times, since, heard } = ours
    if (failed?.pathname.endsWith('/calls/next')) return reply.send(await afterStream(fields, ours))
    if (admission.isStopped()) {
      if (times < MOST_AGAIN) {
        admission.sentBack(callSid)
        const waits = since === undefined ? '' : `&since=${since}`
        return again({ answerUrl: `${publicUrl}/calls/answer?times=${times + 1}${waits}` })
      }
      admission.forget(callSid)
    }
    const agent = agentOf(fields)
    const call: Asking = { callSid, from, ring: undefined, isOutbound: false }
    if (await wasAnswered(callSid)) return connect(call, 1, 0, agent)
    const sinceMs = since ?? host.clock.wallTime().getTime()
    const reception = admission.receive(callSid, { caller: numberOf(from), sinceMs })
    switch (reception.kind) {
      case 'admitted':
        return connect(call, 1, 0, agent)
      case 'waits': {
        const words = reception.isNew && since === undefined ? queue : stillQueued
        const answerUrl = `${publicUrl}/calls/answer?since=${sinceMs}&heard=${heard + 1}`
        const said = words({ position: String(reception.position), answerUrl })
        return withSound(said, pieceUrl(publicUrl, parts.agents?.().waiting?.of(agent ?? ''), heard))
      }
      case 'refused':
        return reception.why === 'caller' ? tooMany : busy
    }
  })

  app.post('/calls/next', UNLIMITED, async (request, reply) => {
    const fields = await fieldsOf(request, reply)
    if (!fields) return reply
    return reply.type('text/xml').send(await afterStream(fields, asked.parse(request.query)))
  })

  app.post('/calls/rung-out', UNLIMITED, async (request, reply) => {
    const fields = await fieldsOf(request, reply)
    if (!fields) return reply
    const { ring, times } = asked.parse(request.query)
    return reply.type('text/xml').send(rung.answered(ring, fields.CallSid, times))
  })

  app.post('/calls/status', UNLIMITED, async (request, reply) => {
    const fields: Record<string, string> | undefined = await fieldsOf(request, reply)
    const { CallSid, CallStatus = '' } = fields ?? {}
    if (!CallSid) return reply
    const pass = parts.rings.passes.read(asked.parse(request.query).ring)
    if (pass) parts.rings.told(pass, CallSid, CallStatus)
    if (OVER.has(CallStatus)) {
      parts.live.get(CallSid)?.line.gone(`the carrier says ${CallStatus}`)
      admission.over(CallSid)
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
