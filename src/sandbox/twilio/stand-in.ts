import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Network, systemNetwork } from '../../network.ts'
import { loadNamedFixture, type Script } from '../caller/fixture.ts'
import { type CallRecord, recordFigures } from '../ringing/call-record.ts'
import { type RingOptions, startRinging } from '../ringing/ring.ts'
import { ownPagesAlone } from '../softphone/own-host.ts'
import { onPort, type Serve } from '../stand-in.ts'
import type { TwilioCall } from './call.ts'
import type { CallEvent } from './call-event.ts'
import { notOurs, type Outbound, outboundCalls } from './outbound.ts'
import { type Account, callRoutes, type RestCall } from './rest.ts'
import type { Ticker } from './ticker.ts'
import type { VerbContext } from './twiml-verbs.ts'

const MOST_STORED_CALLS = 500

const ringing = z.strictObject({
  fixture: z.string().regex(/^[\w-]+$/),
  dialUrl: z.url(),
  publicUrl: z.url(),
  from: z.string().optional(),
  to: z.string().default('+15550100000'),
  announceUrl: z.url().optional(),
  jitterMs: z.number().positive().optional(),
  dialOutcome: z.enum(['answered', 'no-answer', 'busy']).optional(),
  fallbackUrl: z.url().optional(),
  seed: z.number().int().optional(),
})

/** On a port of this machine alone, where 0 takes a free one, or as `serve` makes it reachable. */
export type TwilioStandInOptions = TwilioStandInParts & ({ readonly port: number } | { readonly serve: Serve })

interface TwilioStandInParts extends Account {
  readonly ticker: Ticker
  /** A voice for <Say>; see `RingOptions`. */
  readonly speak?: VerbContext['speak']
  /** How the applications are reached that it rings. */
  readonly network?: Network
  readonly loadScript?: (name: string) => Promise<Script>
  /** Whom an application may ring. Default: nobody, as the account has no number. */
  readonly outbound?: Outbound
  /** More routes, such as the softphone's; `signal` aborts when the stand-in closes. */
  readonly routes?: (app: FastifyInstance, keep: KeepCall, signal: AbortSignal) => Promise<void>
}

/** Makes a live call known to the REST API, and lets the stand-in wait for its end when it closes. */
export type KeepCall = (kept: Pick<RestCall, 'from' | 'to'> & { readonly call: TwilioCall }) => void

/** What may be said of a call that this stand-in is to ring; identifiers and token are the account's. */
type RingRequest = Omit<RingOptions, 'accountSid' | 'authToken' | 'ticker' | 'network'>

/** Twilio as a server: its REST API for live calls, and a route that starts a call. */
export interface TwilioStandIn {
  readonly url: string
  /** Rings from this stand-in, so that its REST API can change the call. */
  ring(options: RingRequest, signal: AbortSignal): Promise<CallRecord>
  /** Hangs up every call and closes the server. */
  close(): Promise<void>
}

interface StoredCall extends RestCall {
  call: RestCall['call']
  readonly events: CallEvent[]
  figures: ReturnType<typeof recordFigures> | undefined
}

/**
 * Listens for an application's requests to Twilio's REST API, and for `POST /sandbox/ring` (a fixture's name, the
 * application's addresses), which answers with a CallSid; `GET /sandbox/calls/{CallSid}` returns the call's state.
 */
export async function openTwilioStandIn(options: TwilioStandInOptions): Promise<TwilioStandIn> {
  const { accountSid, authToken, ticker } = options
  const serve = 'serve' in options ? options.serve : onPort(options.port)
  const { loadScript = loadNamedFixture, network = systemNetwork } = options
  const calls = new Map<string, StoredCall>()
  /** Until each call is over. */
  const live = new Set<Promise<unknown>>()
  const closing = new AbortController()
  let rings = 0
  const app = fastify()
  ownPagesAlone(app)
  await app.register(formbody)
  const make = options.outbound && outboundCalls({ ...options, outbound: options.outbound, network }, closing.signal)
  callRoutes(
    app,
    options,
    callSid => calls.get(callSid),
    wanted => {
      const made = make?.(wanted) ?? notOurs(wanted.from)
      if ('code' in made) return made
      return store(made.rest, made.done)
    },
  )

  function start(request: RingRequest, signal: AbortSignal): { call: TwilioCall; record: Promise<CallRecord> } {
    const events: CallEvent[] = []
    const onEvent = (event: CallEvent): void => {
      events.push(event)
      request.onEvent?.(event)
    }
    const { call, record } = startRinging(
      { speak: options.speak, network, ...request, accountSid, authToken, ticker, onEvent },
      AbortSignal.any([signal, closing.signal]),
    )
    const stored = keep({ ...request, call }, events)
    return { call, record: record.then(storeFigures) }

    function storeFigures(ended: CallRecord): CallRecord {
      stored.figures = recordFigures(ended)
      return ended
    }
  }

  function keep({ call, from, to }: Parameters<KeepCall>[0], events: CallEvent[] = []): StoredCall {
    return store({ call, from, to, startedAt: ticker.clock.wallTime() }, call.done, events)
  }

  function store(rest: RestCall, done: Promise<unknown>, events: CallEvent[] = []): StoredCall {
    const stored: StoredCall = { ...rest, events, figures: undefined }
    const { call } = rest
    calls.set(call.callSid, stored)
    const [oldest] = calls.keys()
    if (calls.size > MOST_STORED_CALLS && oldest !== undefined) calls.delete(oldest)
    live.add(done)
    // An ended call is stored without its audio, which is most of its memory.
    done.then(() => {
      live.delete(done)
      stored.call = { callSid: call.callSid, status: call.status, replace: () => false, complete: () => false }
    })
    return stored
  }

  app.post('/sandbox/ring', async (request, reply) => {
    const parsed = ringing.safeParse(request.body ?? {})
    if (!parsed.success) return reply.code(400).send({ error: z.prettifyError(parsed.error) })
    const { fixture, from, jitterMs, seed = ++rings, ...rest } = parsed.data
    const script = await loadScript(fixture).catch((cause: Error) => cause)
    if (script instanceof Error) return reply.code(404).send({ error: script.message })
    const jitter = jitterMs === undefined ? undefined : { holdMs: jitterMs }
    const { call, record } = start({ ...rest, from: from ?? script.from, script, jitter, seed }, closing.signal)
    record.catch(cause => app.log.info(cause))
    return reply.code(201).send({ callSid: call.callSid })
  })

  app.get<{ Params: { callSid: string } }>('/sandbox/calls/:callSid', (request, reply) => {
    const stored = calls.get(request.params.callSid)
    if (!stored) return reply.code(404).send({ error: `no call ${request.params.callSid}` })
    const { call, events, figures } = stored
    return figures ? { state: 'ended', ...figures } : { state: call.status, events }
  })

  await options.routes?.(app, keep, closing.signal)
  const url = await serve(app)
  return {
    url,
    ring: (request, signal) => start(request, signal).record,
    async close() {
      closing.abort(new Error('the stand-in Twilio is closing'))
      await Promise.all(live)
      await app.close()
    },
  }
}
