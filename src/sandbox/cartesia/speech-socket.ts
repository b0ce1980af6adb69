import type { WebSocket } from 'ws'
import { z } from 'zod'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import { hasNothingToVoice, REFUSED_TEXT, speechMessages, speechRequest, type Voice } from './speech.ts'

const MOST_CONTEXTS = 20

const request = speechRequest.extend({
  context_id: z.string().min(1).max(200),
  continue: z.boolean().default(false),
  flush: z.boolean().default(false),
  max_buffer_delay_ms: z.int().min(0).max(5_000).default(3_000),
})
const cancel = z.object({ context_id: z.string(), cancel: z.literal(true) })
const named = z.object({ context_id: z.string() })
type Request = z.infer<typeof request>

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

/** Speaks on one speech socket until it closes. */
export function holdSocket(
  socket: WebSocket,
  { faults, firstSoundMs, clock, speak }: Voice,
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
    if (!contexts.has(asked.context_id) && hasNothingToVoice(asked.transcript))
      return fail(asked.context_id, 400, REFUSED_TEXT)
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
    const dueMs = clock.now() + firstSoundMs()
    const spoken = speak(text.trim(), context.signal, asked.generation_config?.speed)
    follow(context, async () => {
      const sound = await spoken
      await clock.sleep(dueMs - clock.now(), context.signal)
      for (const message of speechMessages(sound, asked, context.spokenMs)) send(message)
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
