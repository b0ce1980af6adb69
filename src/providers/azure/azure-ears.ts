import { z } from 'zod'
import type { Clock, SpeechToText } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { localeOf } from '../clouds/locale.ts'
import { inStretches, type Stretch, type StretchEvents, type StretchWire } from '../clouds/stretches.ts'
import { sttSessions } from '../stt-session.ts'
import { addressOf } from './address.ts'
import type { UspMessage } from './usp.ts'
import { AZURE, type AzureAccess, type UspSocket, uspId, uspSocket } from './usp-socket.ts'

const PATH = '/stt/speech/universal/v2'
const SENT_MS = 40
/** A phrase is over after such a pause. Our own patience is in charge, so the service's shall not be in its way. */
const SEGMENT_SILENCE_MS = 500
/** The service closes a connection after ten minutes, in whatever word: it gets a new one between two stretches. */
const STRETCH_MS = 4 * 60_000
const CONNECTION_MS = 5 * 60_000
const TICKS_PER_MS = 10_000

export interface AzureEarsSettings extends AzureAccess {
  readonly rateHz: number
  readonly language: string
}

const hypothesis = z.object({ Text: z.string() })
/** Less than a day of them: the sum of greater numbers may be no number. */
const ticks = z
  .number()
  .nonnegative()
  .max(86_400_000 * TICKS_PER_MS)
const phrase = z.object({
  RecognitionStatus: z.string(),
  DisplayText: z.string().default(''),
  Offset: ticks.default(0).catch(0),
  Duration: ticks.default(0).catch(0),
})
/** The statuses of a phrase that is a failure, and whether it is worth another try. */
const FAILURES: Readonly<Record<string, boolean>> = {
  Error: true,
  TooManyRequests: true,
  BadRequest: false,
  Forbidden: false,
}

/** Azure's live transcription, for one call. */
export function azureEars(settings: AzureEarsSettings, clock: Clock, network: Network = systemNetwork): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    {
      ...{ provider: AZURE, rateHz, sentMs: SENT_MS },
      connect: async events => inStretches(azureWire(settings, clock, network), clock, events),
    },
    clock,
  )
}

function azureWire(settings: AzureEarsSettings, clock: Clock, network: Network): StretchWire {
  const { rateHz, language } = settings
  const locale = localeOf(language)
  const url = addressOf(settings, 'stt', PATH)
  for (const [name, value] of Object.entries({ language: locale, format: 'simple', profanity: 'raw' }))
    url.searchParams.set(name, value)
  let socket: UspSocket | undefined
  let failed: StretchEvents['failed'] | undefined
  /** The turn that is going on; its messages have its id. */
  let turn: { readonly id: string; readonly events: StretchEvents } | undefined

  function connected(): UspSocket {
    const opened = uspSocket(settings, url, clock, network, {
      message: message => take(message),
      over(failure) {
        if (opened !== socket) return
        socket = undefined
        if (failure) (turn?.events.failed ?? failed)?.(failure.why, failure.retryable, failure.cause)
        else turn?.events.ended('torn')
      },
    })
    opened.text('speech.config', uspId(), JSON.stringify(configOf(rateHz)))
    return opened
  }

  function take(message: UspMessage): void {
    if (turn?.id !== message.requestId) return
    const { events } = turn
    switch (message.path) {
      case 'speech.hypothesis':
      case 'speech.fragment': {
        const read = hypothesis.safeParse(bodyOf(message))
        return events.heard(read.success ? { text: read.data.Text, final: false, ended: false } : undefined)
      }
      case 'speech.phrase':
        return takePhrase(message, events)
      case 'turn.end':
        return events.ended('answered')
      default:
        return events.heard()
    }
  }

  return {
    rateHz,
    mostMs: STRETCH_MS,
    open(whenFailed) {
      failed = whenFailed
      socket = connected()
      return socket.opened
    },
    begin(events): Stretch {
      if (socket && clock.now() - socket.openedMs > CONNECTION_MS) {
        const old = socket
        socket = undefined
        old.close()
      }
      socket ??= connected()
      const on = socket
      const id = uspId()
      turn = { id, events }
      on.text('speech.context', id, JSON.stringify(contextOf(locale)))
      on.sound(id, waveHeader(rateHz), 'audio/x-wav')
      return {
        sound: pcm => on.sound(id, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)),
        // A message without sound is the end of the sound.
        end: () => on.sound(id, new Uint8Array(0)),
        drop() {
          if (turn?.id === id) turn = undefined
        },
      }
    },
    close() {
      const old = socket
      socket = undefined
      old?.close()
    },
  }
}

function takePhrase(message: UspMessage, events: StretchEvents): void {
  const read = phrase.safeParse(bodyOf(message))
  if (!read.success) return events.failed('a phrase that cannot be read', true, read.error)
  const { RecognitionStatus: status, DisplayText: text, Offset, Duration } = read.data
  const isAgain = FAILURES[status]
  if (isAgain !== undefined) return events.failed(`recognition ended with ${status}`, isAgain)
  if (status === 'EndOfDictation') return events.heard()
  const isHeard = status === 'Success'
  events.heard({ text: isHeard ? text : '', final: true, ended: isHeard }, (Offset + Duration) / TICKS_PER_MS)
}

function bodyOf({ text }: UspMessage): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const configOf = (rateHz: number): object => ({
  context: {
    system: { name: 'Partyline', version: '1.0.0', build: 'TypeScript', lang: 'TypeScript' },
    os: { platform: 'Node', name: 'Node', version: process.versions.node },
    audio: {
      source: {
        ...{ type: 'Stream', model: 'Telephone', manufacturer: 'Partyline', connectivity: 'Unknown' },
        ...{ samplerate: rateHz, bitspersample: 16, channelcount: 1 },
      },
    },
  },
  recognition: 'conversation',
})

const contextOf = (locale: string): object => ({
  phraseDetection: {
    mode: 'Conversation',
    language: locale,
    // Nothing is masked: what the caller said is what the model gets.
    enrichment: { profanity: 'Raw' },
    conversation: { segmentation: { mode: 'Custom', segmentationSilenceTimeoutMs: SEGMENT_SILENCE_MS } },
  },
  phraseOutput: { format: 'Simple' },
})

/** The header of a WAV file without a length, which tells the format of the sound. */
function waveHeader(rateHz: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(rateHz, 24)
  header.writeUInt32LE(rateHz * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  return header
}
