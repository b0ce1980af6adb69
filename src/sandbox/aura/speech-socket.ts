import type { WebSocket } from 'ws'
import { z } from 'zod'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import type { Spoken } from '../../flite/flite.ts'
import type { Faults } from '../faults.ts'

/** Frames end wherever they end, also inside a sample. */
const FRAME_BYTES = 1_999
const MOST_LETTERS = 2_000
const MOST_FLUSHES = 20
const FLUSHES_WITHIN_MS = 60_000
/** So much text that ends a sentence is spoken without being flushed. */
const ENOUGH_LETTERS = 150

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Speak'), text: z.string() }),
  z.object({ type: z.literal('Flush') }),
  z.object({ type: z.literal('Clear') }),
  z.object({ type: z.literal('Close') }),
])

/** What the handshake's query may say. */
export const speechQuery = z.object({
  model: z
    .string()
    .regex(/^aura(?:-2)?-[a-z]+-[a-z]{2}$/)
    .default('aura-asteria-en'),
  encoding: z.enum(['linear16', 'mulaw']).default('linear16'),
  sample_rate: z
    .enum(['8000', '16000', '24000', '32000', '48000'])
    .default('24000')
    .transform(text => Number(text)),
  speed: z.coerce.number().min(0.7).max(1.5).default(1),
})
export type SpeechQuery = z.output<typeof speechQuery>

/** What it takes to speak, the same for every connection. */
export interface Voice {
  readonly faults: Faults
  readonly clock: Clock
  /** Draws how long the next speech is to wait for its first sound. */
  readonly firstSoundMs: () => number
  readonly speak: (text: string, signal: AbortSignal, speed: number) => Promise<Spoken>
}

/** Speaks on one socket until it closes: one text after the other. */
export function holdSocket(
  socket: WebSocket,
  query: SpeechQuery,
  requestId: string,
  { faults, clock, firstSoundMs, speak }: Voice,
  serverSignal: AbortSignal,
): void {
  const lifetime = scopeOf(serverSignal)
  const line = faults.join(() => socket.terminate(), lifetime.signal)
  let flushedAtMs: readonly number[] = []
  let held = ''
  let sequence = 0
  let turn: Scope = scopeOf(lifetime.signal)
  let speaking: Promise<void> = Promise.resolve()

  function send(data: object | Uint8Array): void {
    if (socket.readyState !== socket.OPEN) return
    switch (line.fate()) {
      case 'send':
        return socket.send(data instanceof Uint8Array ? data : JSON.stringify(data))
      case 'malformed':
        return socket.send('{"type":"Flushed"')
      case 'drop':
      case 'stall':
        return
    }
  }

  const warn = (code: string, description: string): void => send({ type: 'Warning', code, description })

  function speakHeld(): void {
    const text = held.trim()
    held = ''
    if (text === '') return
    const { signal } = turn
    const dueMs = clock.now() + firstSoundMs()
    const spoken = speak(text, signal, query.speed)
    spoken.catch(() => undefined)
    follow(signal, async () => {
      const sound = await spoken
      await clock.sleep(dueMs - clock.now(), signal)
      const pcm = resample(sound.pcm, sound.rateHz, query.sample_rate)
      const bytes = query.encoding === 'mulaw' ? encodeMulaw(pcm) : new Uint8Array(pcm.buffer)
      for (let at = 0; at < bytes.length; at += FRAME_BYTES) send(bytes.subarray(at, at + FRAME_BYTES))
    })
  }

  function follow(signal: AbortSignal, work: () => Promise<void>): void {
    speaking = speaking.then(async () => {
      if (!signal.aborted) await work().catch(() => undefined)
    })
  }

  function take(asked: z.output<typeof message>): void {
    switch (asked.type) {
      case 'Speak':
        if (asked.text.length > MOST_LETTERS)
          return warn('TEXT_LENGTH_EXCEEDED', `a text of more than ${MOST_LETTERS} characters is not spoken`)
        held += asked.text
        if (held.length >= ENOUGH_LETTERS && /[.!?]\s*$/.test(held)) speakHeld()
        return
      case 'Flush': {
        const now = clock.now()
        flushedAtMs = flushedAtMs.filter(atMs => atMs > now - FLUSHES_WITHIN_MS)
        if (flushedAtMs.length >= MOST_FLUSHES)
          return warn(
            'EXCESSIVE_FLUSH',
            'no more Flush messages can be processed until the 60 second window has passed',
          )
        flushedAtMs = [...flushedAtMs, now]
        speakHeld()
        return follow(turn.signal, async () => send({ type: 'Flushed', sequence_id: sequence++ }))
      }
      case 'Clear':
        held = ''
        turn.abort(new Error('cleared'))
        turn = scopeOf(lifetime.signal)
        return follow(turn.signal, async () => send({ type: 'Cleared', sequence_id: sequence++ }))
      case 'Close':
        speakHeld()
        return follow(turn.signal, async () => socket.close(1000))
    }
  }

  send({
    type: 'Metadata',
    request_id: requestId,
    model_name: query.model,
    model_version: '2026-01-01.0',
    model_uuid: '00000000-0000-4000-8000-000000000000',
  })
  socket.on('message', (data, isBinary) => {
    const read = message.safeParse(isBinary ? undefined : parsed(String(data)))
    if (read.success) take(read.data)
    else socket.close(1008, 'DATA-0000')
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => lifetime.abort(new Error('the socket closed')))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
