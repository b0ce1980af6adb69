import type { Clock, SpeechToText } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import { Unanswered } from '../live/unanswered.ts'
import { vendorSocket } from '../live/vendor-socket.ts'
import { type SttEvents, type SttSocket, sttSessions } from '../stt-session.ts'
import { eventIn, isPassingClose, isPassingError, wordsOf } from './events.ts'
import { Items } from './items.ts'
import { soundFormat } from './sound-format.ts'
import { Uncommitted } from './uncommitted.ts'

const PROVIDER = 'OpenAI'
const SENT_MS = 40
const PING_EVERY_MS = 4_000
/** Where the service finds pauses by itself, it has found some within this time after ours. */
const COMMITTED_WITHIN_MS = 5_000
/** A commit of less than 100 ms: they had become final a moment before. */
const NOTHING_TO_COMMIT = 'input_audio_buffer_commit_empty'

export interface OpenAiEarsSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  readonly rateHz: number
  /** BCP 47. */
  readonly language: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent: string | undefined
}

/** OpenAI's realtime transcription for one call. */
export function openAiEars(settings: OpenAiEarsSettings, clock: Clock, network: Network): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    {
      ...{ provider: PROVIDER, rateHz, sentMs: SENT_MS },
      connect: async events => connect(settings, clock, network, events),
    },
    clock,
  )
}

function connect(settings: OpenAiEarsSettings, clock: Clock, network: Network, events: SttEvents): SttSocket {
  const { promise: updated, resolve: begin } = Promise.withResolvers<void>()
  const { format, encode } = soundFormat(settings.rateHz)
  const hearsLive = isLive(settings.model)
  const items = new Items()
  const uncommitted = new Uncommitted()
  const unanswered = new Unanswered()
  let isOpen = false
  let pingedMs = clock.now()

  function receive(text: string): void {
    const event = eventIn(text)
    events.heard()
    switch (event?.type) {
      case 'session.created':
        return socket.sendText({ type: 'session.update', session: sessionOf(settings, format) })
      case 'session.updated':
        isOpen = true
        return begin()
      case 'input_audio_buffer.committed':
        unanswered.answered()
        return items.committed(event.item_id, clock.now())
      case 'conversation.item.input_audio_transcription.delta':
        unanswered.answered()
        events.heard(items.delta(event.item_id, event.delta))
        if (items.isTooLong) events.failed('more words than can be taken', true)
        return
      case 'conversation.item.input_audio_transcription.completed':
        for (const transcript of items.completed(event.item_id, event.transcript)) events.heard(transcript)
        return
      case 'conversation.item.input_audio_transcription.failed':
        return events.failed(wordsOf(event.error), isPassingError(event.error, { isOpen }))
      case 'error':
        if (event.error.code === NOTHING_TO_COMMIT) return items.refused()
        return events.failed(wordsOf(event.error), isPassingError(event.error, { isOpen }))
      case undefined:
        return
    }
  }

  const socket = vendorSocket(
    {
      url: `${settings.baseUrl.replace(/\/$/, '')}/realtime?intent=transcription`,
      headers: { Authorization: `Bearer ${settings.apiKey}` },
      traceparent: settings.traceparent,
      onText: receive,
      isPassing: isPassingClose,
    },
    network,
    events,
  )

  function commit(): void {
    const taken = uncommitted.take()
    if (!taken) return
    socket.sendText({ type: 'input_audio_buffer.commit' })
    items.ask(clock.now(), taken.isSilent)
  }

  return {
    open: () => updated,
    sound(pcm) {
      socket.sendText({ type: 'input_audio_buffer.append', audio: Buffer.from(encode(pcm)).toString('base64') })
      const ms = (pcm.length / settings.rateHz) * 1_000
      if (!hearsLive) unanswered.sound(pcm, settings.rateHz)
      else if (uncommitted.add(pcm, ms, items.interim !== '')) commit()
    },
    // Models that do not hear live commit by their own detector, and a second commit would be an error.
    flush() {
      if (hearsLive) commit()
      else unanswered.flush(clock.now())
    },
    keepAlive: () => undefined,
    check(nowMs) {
      if (nowMs - pingedMs >= PING_EVERY_MS) {
        pingedMs = nowMs
        socket.ping()
      }
      return items.overdue(nowMs) ?? unanswered.overdue(nowMs, COMMITTED_WITHIN_MS)
    },
    close: () => socket.close(),
  }
}

/** These tell words while they are spoken, and know no turns. */
const isLive = (model: string): boolean => /^gpt-(?:live|realtime)-/.test(model)
/** These are told several languages. */
const takesLanguages = (model: string): boolean => /^gpt-(?:live-)?transcribe/.test(model)

function sessionOf({ model, language }: OpenAiEarsSettings, format: object): object {
  const spoken = new Intl.Locale(language).language
  return {
    type: 'transcription',
    audio: {
      input: {
        format,
        transcription: { model, ...(takesLanguages(model) ? { languages: [spoken] } : { language: spoken }) },
        turn_detection: isLive(model)
          ? null
          : { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 300 },
      },
    },
  }
}
