import type { WebSocket } from 'ws'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import type { Spoken } from '../../flite/flite.ts'
import type { Faults } from '../faults.ts'
import { alignmentOf, lettersOf } from './letters.ts'
import { type SocketMessage, type SocketQuery, socketMessage } from './request.ts'

const CHUNK_MS = 100
const MOST_CONTEXTS = 5
const MOST_HELD_LETTERS = 120
const POLICY_VIOLATION = 1008

/** What it takes to speak, the same for every connection. */
export interface Voice {
  readonly faults: Faults
  readonly clock: Clock
  /** Draws how long the next speech is to wait for its first sound. */
  readonly firstSoundMs: () => number
  readonly speak: (text: string, signal: AbortSignal) => Promise<Spoken>
}

/** One context: text comes in pieces, sound goes out in order. */
interface Context {
  readonly id: string
  readonly scope: Scope
  held: string
  isClosing: boolean
  speaking: Promise<void>
}

/** Speaks on one multi-context socket until it closes. */
export function holdSocket(
  socket: WebSocket,
  query: SocketQuery,
  { faults, clock, firstSoundMs, speak }: Voice,
  serverSignal: AbortSignal,
): void {
  const lifetime = scopeOf(serverSignal)
  const contexts = new Map<string, Context>()
  const line = faults.join(() => socket.terminate(), lifetime.signal)
  let quiet = scopeOf(lifetime.signal)

  function send(message: object): void {
    if (socket.readyState !== socket.OPEN) return
    switch (line.fate()) {
      case 'send':
        return socket.send(JSON.stringify(message))
      case 'malformed':
        return socket.send('{"audio":"')
      case 'drop':
      case 'stall':
        return
    }
  }

  function refuse(error: string, message: string): void {
    send({ message, error, code: POLICY_VIOLATION })
    socket.close(POLICY_VIOLATION, message.slice(0, 120))
  }

  /** Text of any kind begins the wait anew. */
  function awaitText(): void {
    quiet.abort()
    quiet = scopeOf(lifetime.signal)
    clock.sleep(query.inactivity_timeout * 1_000, quiet.signal).then(
      () =>
        refuse(
          'input_timeout_exceeded',
          `Have not received a new text input within the timeout of ${query.inactivity_timeout} seconds. Streaming input terminated.`,
        ),
      () => undefined,
    )
  }

  function take(message: SocketMessage): void {
    awaitText()
    if (message.close_socket) {
      Promise.all([...contexts.values()].map(({ speaking }) => speaking)).then(() => socket.close(1000))
      return
    }
    const id = message.context_id ?? 'default'
    const known = contexts.get(id)
    // To close what is closed already does nothing.
    if (!known && message.close_context) return
    if (known && message.voice_settings)
      return refuse(
        'invalid_voice_settings',
        'voice_settings field must be provided in the first message and then either be not provided or not change.',
      )
    if (!known && contexts.size >= MOST_CONTEXTS)
      return refuse(
        'max_active_conversations',
        `Maximum simultaneous contexts per WebSocket connection exceeded (${MOST_CONTEXTS}). Please close an existing context before opening a new one.`,
      )
    const context = known ?? begun(id)
    if (context.isClosing) return
    context.held += message.text ?? ''
    const isSentence = query.auto_mode && /[.!?]["')\]]*\s*$/.test(context.held)
    if (message.flush || isSentence || context.held.length >= MOST_HELD_LETTERS) speakHeld(context)
    // What was not flushed is lost.
    if (message.close_context) end(context)
  }

  function begun(id: string): Context {
    const context: Context = {
      id,
      scope: scopeOf(lifetime.signal),
      held: '',
      isClosing: false,
      speaking: Promise.resolve(),
    }
    contexts.set(id, context)
    return context
  }

  function end(context: Context): void {
    context.isClosing = true
    context.speaking = context.speaking.then(() => {
      contexts.delete(context.id)
      context.scope.release()
      send({ isFinal: true, contextId: context.id })
    })
  }

  function speakHeld(context: Context): void {
    const text = context.held.trim()
    context.held = ''
    if (text === '') return
    const dueMs = clock.now() + firstSoundMs()
    const spoken = speak(text, context.scope.signal)
    spoken.catch(() => undefined)
    context.speaking = context.speaking.then(async () => {
      try {
        const sound = await spoken
        await clock.sleep(dueMs - clock.now(), context.scope.signal)
        for (const message of soundMessages(sound, query, context.id)) send(message)
      } catch (error) {
        if (!context.scope.signal.aborted)
          send({ message: String(error), error: 'internal_error', code: POLICY_VIOLATION, contextId: context.id })
      }
    })
  }

  awaitText()
  socket.on('message', data => {
    const read = socketMessage.safeParse(parsed(String(data)))
    if (read.success) take(read.data)
    else
      refuse(
        'invalid_input_message',
        'Could not parse input message, make sure it is a json and follows the schema outlined in protocol.',
      )
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    lifetime.abort(new Error('the socket closed'))
    contexts.clear()
  })
}

/** A speech in pieces of 100 ms, with the letters that begin in each. They are cut wherever a piece ends. */
function* soundMessages(spoken: Spoken, { output_format: format, sync_alignment: isEach }: SocketQuery, id: string) {
  const rateHz = Number(format.split('_')[1])
  const pcm = resample(spoken.pcm, spoken.rateHz, rateHz)
  const letters = lettersOf(spoken)
  const piece = Math.round((CHUNK_MS / 1_000) * rateHz)
  for (let from = 0; from < pcm.length; from += piece) {
    const part = pcm.slice(from, from + piece)
    const bytes = format === 'ulaw_8000' ? encodeMulaw(part) : new Uint8Array(part.buffer)
    const fromMs = (from / rateHz) * 1_000
    const toMs = from + piece >= pcm.length || !isEach ? Number.POSITIVE_INFINITY : fromMs + CHUNK_MS
    const inside = letters.filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
    const isTold = inside.length > 0 && (isEach || from === 0)
    yield {
      audio: Buffer.from(bytes).toString('base64'),
      isFinal: null,
      normalizedAlignment: isTold ? alignmentOf(inside, fromMs, inside[0] === letters[0] ? ' ' : '') : null,
      alignment: isTold ? alignmentOf(inside, fromMs) : null,
      contextId: id,
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
