import type {} from '@fastify/websocket'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import { seeded } from '../chance.ts'
import { type DelayProfile, drawMs } from '../delays.ts'
import type { Faults } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import type { Flite, Spoken } from './flite.ts'

/** The agent's voice, whatever voice is asked for; callers have others. */
export const AGENT_VOICE = 'slt'

const CHUNK_MS = 100
const MOST_CONTEXTS = 20
const LONGEST_TEXT = 10_000

const request = z.object({
  model_id: z.string(),
  transcript: z.string().max(LONGEST_TEXT),
  voice: z.union([z.string(), z.object({ mode: z.literal('id'), id: z.string() })]),
  language: z.string().optional(),
  context_id: z.string().min(1).max(200),
  continue: z.boolean().default(false),
  flush: z.boolean().default(false),
  max_buffer_delay_ms: z.int().min(0).max(5_000).default(3_000),
  add_timestamps: z.boolean().default(false),
  output_format: z.object({
    container: z.literal('raw'),
    encoding: z.enum(['pcm_mulaw', 'pcm_s16le']),
    sample_rate: z.union([z.literal(8_000), z.literal(16_000), z.literal(24_000)]),
  }),
})
const cancel = z.object({ context_id: z.string(), cancel: z.literal(true) })
const named = z.object({ context_id: z.string() })
type Request = z.infer<typeof request>

/** Cartesia's speech socket (`/tts/websocket`), spoken by flite. */
export function openCartesiaStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  return openStandIn(options, (app, faults, signal) => {
    app.route({
      method: 'GET',
      url: '/tts/websocket',
      preValidation: async (asked, reply) => {
        const query = z.record(z.string(), z.string()).parse(asked.query)
        const { authorization = '' } = asked.headers
        if (!/^Bearer .+/.test(authorization) && !query.api_key && !query.access_token) {
          return reply.code(401).send({ error: 'no API key' })
        }
        if (!asked.headers['cartesia-version'] && !query.cartesia_version) {
          return reply.code(400).send({ error: 'no cartesia-version' })
        }
        const status = faults.status()
        if (status !== undefined) return reply.code(status).send({ error: 'injected' })
      },
      handler: async (_asked, reply) => reply.code(426).send({ error: 'a WebSocket only' }),
      wsHandler: socket => holdSocket(socket, faults, profile, chance, clock, flite, signal),
    })
  })
}

/** One context: text comes in pieces, sound goes out in order, timestamps count from its first sample. */
interface Context {
  readonly id: string
  readonly signal: AbortSignal
  readonly abort: () => void
  held: string
  spokenMs: number
  flushes: number
  speaking: Promise<void>
  holding: Scope | undefined
}

function holdSocket(
  socket: WebSocket,
  faults: Faults,
  profile: DelayProfile,
  chance: () => number,
  clock: Clock,
  flite: Flite,
  serverSignal: AbortSignal,
): void {
  const lifetime = scopeOf(serverSignal)
  const contexts = new Map<string, Context>()
  const line = faults.join(() => socket.terminate(), lifetime.signal)

  function send(message: object): void {
    if (socket.readyState !== socket.OPEN) return
    switch (line.fate()) {
      case 'send':
        return socket.send(JSON.stringify(message))
      case 'malformed':
        return socket.send('{"type":"chunk","context_id":')
      case 'drop':
      case 'stall':
        return
    }
  }

  const fail = (contextId: string | undefined, status: number, why: string): void =>
    send({ type: 'error', context_id: contextId, done: true, status_code: status, title: why, message: why })

  function contextOf(id: string): Context | undefined {
    const known = contexts.get(id)
    if (known) return known
    if (contexts.size >= MOST_CONTEXTS) return undefined
    const scope = scopeOf(lifetime.signal)
    const context: Context = {
      id,
      signal: scope.signal,
      abort: () => scope.abort(new Error('cancelled')),
      held: '',
      spokenMs: 0,
      flushes: 0,
      speaking: Promise.resolve(),
      holding: undefined,
    }
    contexts.set(id, context)
    return context
  }

  function take(asked: Request): void {
    const status = faults.status()
    if (status !== undefined) return fail(asked.context_id, status, 'injected')
    const context = contextOf(asked.context_id)
    if (!context) return fail(asked.context_id, 429, 'too many contexts')
    context.held += asked.transcript
    const isWhole = /[.!?,;:…]["')\]]*\s*$/.test(context.held) || asked.max_buffer_delay_ms === 0
    context.holding?.abort()
    if (isWhole || asked.flush || !asked.continue) speakHeld(context, asked)
    else if (context.held !== '') {
      context.holding = scopeOf(context.signal)
      clock.sleep(asked.max_buffer_delay_ms, context.holding.signal).then(
        () => speakHeld(context, asked),
        () => undefined,
      )
    }
    if (asked.flush) {
      const flushId = ++context.flushes
      const message = {
        type: 'flush_done',
        context_id: asked.context_id,
        flush_id: flushId,
        flush_done: true,
        done: false,
        status_code: 206,
      }
      follow(context, async () => send(message))
    }
    if (asked.continue) return
    follow(context, async () => {
      send({ type: 'done', context_id: asked.context_id, done: true, status_code: 200 })
      contexts.delete(asked.context_id)
    })
  }

  function speakHeld(context: Context, asked: Request): void {
    const text = context.held
    context.held = ''
    if (text.trim() === '') return
    const dueMs = clock.now() + drawMs(profile.firstSound, chance)
    const spoken = flite.synthesize(text.trim(), AGENT_VOICE, context.signal)
    follow(context, async () => {
      const sound = await spoken
      await clock.sleep(dueMs - clock.now(), context.signal)
      for (const message of messagesOf(sound, asked, context.spokenMs)) send(message)
      context.spokenMs += (sound.pcm.length / sound.rateHz) * 1_000
    })
    spoken.catch(() => undefined)
  }

  function follow(context: Context, work: () => Promise<void>): void {
    const unlessCancelled = async (): Promise<void> => {
      if (!context.signal.aborted) await work()
    }
    context.speaking = context.speaking.then(unlessCancelled).catch(error => {
      if (!context.signal.aborted) fail(context.id, 500, String(error))
    })
  }

  socket.on('message', data => {
    const asked = parsed(String(data))
    const cancelled = cancel.safeParse(asked)
    if (cancelled.success) {
      contexts.get(cancelled.data.context_id)?.abort()
      contexts.delete(cancelled.data.context_id)
      return
    }
    const wanted = request.safeParse(asked)
    if (wanted.success) take(wanted.data)
    else fail(named.safeParse(asked).data?.context_id, 400, z.prettifyError(wanted.error))
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    lifetime.abort(new Error('the socket closed'))
    contexts.clear()
  })
}

function* messagesOf(
  spoken: Spoken,
  { context_id, output_format, add_timestamps }: Request,
  startMs: number,
): Generator<object> {
  const pcm = resample(spoken.pcm, spoken.rateHz, output_format.sample_rate)
  if (add_timestamps) {
    const at = (ms: number): number => (startMs + ms) / 1_000
    yield {
      type: 'timestamps',
      context_id,
      done: false,
      status_code: 206,
      word_timestamps: {
        words: spoken.words.map(word => word.text),
        start: spoken.words.map(word => at(word.startMs)),
        end: spoken.words.map(word => at(word.endMs)),
      },
    }
  }
  const chunk = (CHUNK_MS / 1_000) * output_format.sample_rate
  for (let from = 0; from < pcm.length; from += chunk) {
    const part = pcm.slice(from, from + chunk)
    const bytes = output_format.encoding === 'pcm_mulaw' ? encodeMulaw(part) : new Uint8Array(part.buffer)
    yield {
      type: 'chunk',
      context_id,
      done: false,
      status_code: 206,
      step_time: 0,
      data: Buffer.from(bytes).toString('base64'),
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
