import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import type { Boundary } from '../clouds/aligned-words.ts'
import { addressOf } from './address.ts'
import type { UspMessage } from './usp.ts'
import { AZURE, type AzureAccess, uspId, uspSocket } from './usp-socket.ts'

const PATH = '/tts/cognitiveservices/websocket/v1'
/** Minutes of a clause. */
const MOST_EVENTS = 3_000
/** The service ends a connection after ten minutes: an older one is not used for another speech. */
export const OLD_MS = 8 * 60_000
/** A clause was asked for and nothing has come of it for so long: the service hangs. */
const STALLED_MS = 3_000
const TICKS_PER_MS = 10_000

const metadata = z.object({
  Metadata: z.array(
    z.object({
      Type: z.string(),
      Data: z.object({
        Offset: z.number().default(0),
        Duration: z.number().default(0),
        text: z.object({ Text: z.string(), BoundaryType: z.string().default('WordBoundary') }).optional(),
      }),
    }),
  ),
})

export type VoiceEvent =
  | { readonly kind: 'sound'; readonly bytes: Buffer }
  | { readonly kind: 'boundary'; readonly boundary: Boundary }

/** One connection to the voices. It speaks one clause at a time. */
export interface AzureVoiceSocket {
  /** A time of the Clock. */
  readonly openedMs: number
  readonly isUsable: () => boolean
  /** Speaks this SSML; the events end with the clause, or throw ProviderError. */
  speak(ssml: string, outputFormat: string): Queue<VoiceEvent>
  close(): void
}

interface Turn {
  readonly id: string
  readonly events: Queue<VoiceEvent>
  readonly watch: Scope
  heardMs: number
}

/** `onOver` is told once that the connection is over, whoever ended it. */
export function azureVoiceSocket(
  access: AzureAccess,
  clock: Clock,
  network: Network,
  onOver: () => void,
): AzureVoiceSocket {
  const closing = new AbortController()
  let turn: Turn | undefined
  let failure: ProviderError | undefined
  const socket = uspSocket(access, addressOf(access, 'tts', PATH), clock, network, {
    message: message => take(message),
    over({ why, retryable, cause } = { why: 'the connection was closed', retryable: true }) {
      fail(new ProviderError(AZURE, why, { retryable, cause }))
      onOver()
    },
  })
  socket.text('speech.config', uspId(), JSON.stringify(CONFIG))

  function fail(why: ProviderError): void {
    failure ??= why
    closing.abort(failure)
    turn?.events.fail(failure)
    turn = undefined
  }

  async function watch(over: Turn): Promise<void> {
    await quietFor(STALLED_MS, clock, over.watch.signal, () => over.heardMs)
    fail(new ProviderError(AZURE, `nothing came for ${STALLED_MS} ms`, { retryable: true }))
    socket.cut()
  }

  function put(events: Queue<VoiceEvent>, event: VoiceEvent): void {
    // A hole in the middle of a sentence would be worse than its end.
    if (events.isFull) events.fail(new ProviderError(AZURE, 'more events than can be taken', { retryable: true }))
    else events.push(event)
  }

  function take(message: UspMessage): void {
    if (turn?.id !== message.requestId) return
    const { events } = turn
    turn.heardMs = clock.now()
    switch (message.path) {
      case 'audio':
        if (message.sound.length > 0) put(events, { kind: 'sound', bytes: message.sound })
        return
      case 'audio.metadata':
        for (const boundary of boundariesIn(message.text)) put(events, { kind: 'boundary', boundary })
        return
      case 'turn.end':
        turn.watch.abort(new Error('the clause is over'))
        turn = undefined
        events.close()
    }
  }

  return {
    openedMs: socket.openedMs,
    isUsable: () => failure === undefined && turn === undefined && clock.now() - socket.openedMs < OLD_MS,
    speak(ssml, outputFormat) {
      const events = new Queue<VoiceEvent>(MOST_EVENTS)
      if (failure) events.fail(failure)
      else {
        const id = uspId()
        turn = { id, events, watch: scopeOf(closing.signal), heardMs: clock.now() }
        watch(turn).catch(() => undefined)
        socket.text('synthesis.context', id, JSON.stringify(contextOf(outputFormat)))
        socket.text('ssml', id, ssml, 'application/ssml+xml')
      }
      return events
    },
    close: () => socket.close(),
  }
}

function boundariesIn(text: string): readonly Boundary[] {
  try {
    return metadata.parse(JSON.parse(text)).Metadata.flatMap(({ Type, Data: { Offset, Duration, text: said } }) => {
      if (Type !== 'WordBoundary' || said?.BoundaryType !== 'WordBoundary') return []
      const startMs = Offset / TICKS_PER_MS
      return [{ text: said.Text, startMs, endMs: startMs + Duration / TICKS_PER_MS }]
    })
  } catch {
    // Metadata of tomorrow is none of ours; words that miss are told with the last one.
    return []
  }
}

const CONFIG = {
  context: {
    system: { name: 'Partyline', version: '1.0.0', build: 'TypeScript', lang: 'TypeScript' },
    os: { platform: 'Node', name: 'Node', version: process.versions.node },
  },
} as const

const contextOf = (outputFormat: string): object => ({
  synthesis: {
    audio: {
      metadataOptions: {
        ...{ bookmarkEnabled: false, punctuationBoundaryEnabled: false, sentenceBoundaryEnabled: false },
        ...{ sessionEndEnabled: false, visemeEnabled: false, wordBoundaryEnabled: true },
      },
      outputFormat,
    },
    language: { autoDetection: false },
  },
})
