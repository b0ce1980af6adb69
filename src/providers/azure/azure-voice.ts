import { resampler } from '../../audio/resample.ts'
import type { Clock, TextToSpeech, VoiceRateHz, Word } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { alignedWords } from '../clouds/aligned-words.ts'
import { byClause, type SpeakClause, soundless } from '../clouds/by-clause.ts'
import { localeOf } from '../clouds/locale.ts'
import { pcmReader } from '../pcm-reader.ts'
import { ssmlOf } from './ssml.ts'
import { AZURE, type AzureAccess } from './usp-socket.ts'
import { type AzureVoiceSocket, azureVoiceSocket, OLD_MS } from './voice-socket.ts'

/**
 * What is asked of the service. Never 8 kHz: there its times of words run ahead of its sound, by two fifths as users of its
 * SDK measured.
 */
const ASKED: Readonly<Record<VoiceRateHz, { readonly rateHz: number; readonly outputFormat: string }>> = {
  8000: { rateHz: 16_000, outputFormat: 'raw-16khz-16bit-mono-pcm' },
  24000: { rateHz: 24_000, outputFormat: 'raw-24khz-16bit-mono-pcm' },
}

/** A connection that closes sooner was not closed for being idle. */
const IDLE_MS = 30_000

export interface AzureVoiceSettings extends AzureAccess {
  readonly voiceId: string
  readonly rateHz: VoiceRateHz
  readonly language: string
}

/**
 * Azure's voices, for one call. A connection opens at once, while the greeting plays, unless it is `lazy`; each clause is a
 * turn on it, and speeches that are made at the same time have connections of their own. All close when `callSignal` aborts.
 */
export function azureVoice(
  settings: AzureVoiceSettings,
  clock: Clock,
  callSignal: AbortSignal,
  network: Network = systemNetwork,
  { lazy = false } = {},
): TextToSpeech {
  /** The connection that waits for the next speech, and the watch over its age. */
  let idle: { readonly socket: AzureVoiceSocket; readonly watch: Scope } | undefined

  function open(): AzureVoiceSocket {
    const socket = azureVoiceSocket(settings, clock, network, () => {
      if (idle?.socket !== socket) return
      leave()
      // One that closes sooner was not closed for its age or for being idle: the next would be as well.
      if (!lazy && !callSignal.aborted && clock.now() - socket.openedMs > IDLE_MS) wait(open())
    })
    return socket
  }

  function wait(socket: AzureVoiceSocket): void {
    const watch = scopeOf(callSignal)
    idle = { socket, watch }
    replaceOld(socket, watch.signal).catch(() => undefined)
  }

  /** Before the service closes it, so that the next words do not wait for a handshake. */
  async function replaceOld(socket: AzureVoiceSocket, signal: AbortSignal): Promise<void> {
    await quietFor(OLD_MS, clock, signal, () => socket.openedMs)
    leave()
    socket.close()
    if (!lazy) wait(open())
  }

  function leave(): AzureVoiceSocket | undefined {
    const left = idle
    idle = undefined
    left?.watch.abort(new Error('the connection waits no more'))
    return left?.socket
  }

  if (!callSignal.aborted && !lazy) wait(open())
  callSignal.addEventListener('abort', () => leave()?.close(), { once: true })

  function take(): AzureVoiceSocket {
    const taken = leave()
    if (taken?.isUsable()) return taken
    taken?.close()
    return open()
  }

  /** One that still speaks for nobody is closed, and another is opened before it is needed. */
  function putBack(socket: AzureVoiceSocket): void {
    const isFit = socket.isUsable() && !callSignal.aborted && idle === undefined
    if (!isFit) socket.close()
    if (isFit) wait(socket)
    else if (!callSignal.aborted && idle === undefined) wait(open())
  }

  return {
    async *speak(text, signal, _, how) {
      callSignal.throwIfAborted()
      let socket: AzureVoiceSocket | undefined
      const speak: SpeakClause = (...clause) => {
        socket ??= take()
        return spoken(socket, { ...settings, speed: how?.speed }, ...clause)
      }
      try {
        yield* byClause(AZURE, text, speak, signal)
      } finally {
        if (socket) putBack(socket)
      }
    },
  }
}

async function spoken(
  socket: AzureVoiceSocket,
  { voiceId, rateHz, language, speed }: AzureVoiceSettings & { readonly speed: number | undefined },
  ...[clause, beforeMs, put, signal]: Parameters<SpeakClause>
): Promise<number> {
  const asked = ASKED[rateHz]
  const samplesOf = pcmReader()
  const resampled = resampler(asked.rateHz, rateHz)
  const aligned = alignedWords(clause)
  let samples = 0
  const events = socket.speak(ssmlOf({ text: clause, voiceId, locale: localeOf(language), speed }), asked.outputFormat)
  const told = (words: readonly Word[]): void => {
    if (words.length > 0 && !signal.aborted) put({ kind: 'words', words })
  }
  const end = (): void => events.close()
  signal.addEventListener('abort', end, { once: true })
  try {
    for await (const event of events) {
      if (signal.aborted) return beforeMs
      if (event.kind === 'boundary') {
        const { text, startMs, endMs = startMs } = event.boundary
        told(aligned.next({ text, startMs: beforeMs + startMs, endMs: beforeMs + endMs }))
      } else {
        const pcm = resampled(samplesOf(event.bytes))
        samples += pcm.length
        if (pcm.length > 0) put({ kind: 'audio', frame: { pcm, rateHz } })
      }
    }
    if (samples === 0 && !signal.aborted) throw soundless(AZURE)
    const endMs = beforeMs + (samples / rateHz) * 1_000
    told(aligned.end(endMs))
    return endMs
  } finally {
    signal.removeEventListener('abort', end)
  }
}
