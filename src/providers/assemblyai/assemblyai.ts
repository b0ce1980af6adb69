import type { Clock, SpeechToText } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import { bytesOf } from '../live/samples.ts'
import { Unanswered } from '../live/unanswered.ts'
import { vendorSocket } from '../live/vendor-socket.ts'
import { type SttEvents, type SttSocket, sttSessions } from '../stt-session.ts'
import { Heartbeats } from './heartbeats.ts'
import { isPassing, messageIn } from './messages.ts'
import { soundMessages } from './sound-messages.ts'
import { Turns } from './turns.ts'

const PROVIDER = 'AssemblyAI'
/** Of three frames: the service takes no message of less than 50 ms. */
const SENT_MS = 60
const PING_EVERY_MS = 4_000
/** Speech is answered within this time after a pause, or the recogniser is dead. */
const WORDS_WITHIN_MS = 4_000

export interface AssemblyAiSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  readonly rateHz: number
  /** BCP 47. */
  readonly language: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent: string | undefined
}

/** AssemblyAI's Universal-Streaming (v3) for one call. */
export function assemblyAi(settings: AssemblyAiSettings, clock: Clock, network: Network): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    {
      ...{ provider: PROVIDER, rateHz, sentMs: SENT_MS },
      connect: async events => connect(settings, clock, network, events),
    },
    clock,
  )
}

function connect(settings: AssemblyAiSettings, clock: Clock, network: Network, events: SttEvents): SttSocket {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const turns = new Turns()
  const heartbeats = new Heartbeats()
  // Pongs come from a dead recogniser's proxy too, and most models have no heartbeat.
  const unanswered = new Unanswered()
  let pingedMs = clock.now()

  function receive(text: string): void {
    const message = messageIn(text)
    switch (message?.type) {
      case 'Begin':
        begin()
        return events.heard()
      case 'Heartbeat':
        heartbeats.beat(clock.now())
        unanswered.answered()
        return events.heard()
      case 'Turn':
        unanswered.answered()
        return events.heard(turns.transcriptOf(message, messages.givenMs))
      case 'Error': {
        const { error, error_code: code = 0 } = message
        return events.failed(`${code} ${error}`, isPassing(code, error))
      }
      case undefined:
        return events.heard()
    }
  }

  const socket = vendorSocket(
    {
      url: addressOf(settings),
      headers: { Authorization: settings.apiKey },
      traceparent: settings.traceparent,
      onText: receive,
      isPassing,
    },
    network,
    events,
  )
  const messages = soundMessages(settings.rateHz, pcm => socket.sendBytes(bytesOf(pcm)))
  return {
    open: () => begun,
    sound(pcm) {
      unanswered.sound(pcm, settings.rateHz)
      messages.push(pcm)
    },
    flush() {
      messages.flush()
      socket.sendText({ type: 'ForceEndpoint' })
      turns.force(clock.now(), messages.sentMs())
      unanswered.flush(clock.now())
    },
    keepAlive() {
      heartbeats.pause()
      socket.sendText({ type: 'KeepAlive' })
    },
    check(nowMs) {
      if (nowMs - pingedMs >= PING_EVERY_MS) {
        pingedMs = nowMs
        socket.ping()
      }
      if (heartbeats.isOverdue(nowMs)) return 'its heartbeat stays away'
      return turns.overdue(nowMs) ?? unanswered.overdue(nowMs, WORDS_WITHIN_MS)
    },
    // A session that is not terminated is paid for until its end.
    close: () => socket.close({ type: 'Terminate' }),
  }
}

/** The models of the third generation know all languages, and are told which one to expect. They alone have a heartbeat. */
const GUIDED = /^(?:u3-|universal-3)/
const ENGLISH = 'universal-streaming-english'
const MULTILINGUAL = 'universal-streaming-multilingual'

function addressOf({ baseUrl, model, rateHz, language }: AssemblyAiSettings): string {
  const spoken = new Intl.Locale(language).language
  const query = new URLSearchParams({
    speech_model: model === ENGLISH && spoken !== 'en' ? MULTILINGUAL : model,
    sample_rate: `${rateHz}`,
    encoding: 'pcm_s16le',
    // Formatted turns come later, and the conversation reads words.
    ...(GUIDED.test(model)
      ? { session_heartbeat: 'true', language_codes: JSON.stringify([spoken]) }
      : { format_turns: 'false' }),
  })
  return `${baseUrl.replace(/\/$/, '')}/v3/ws?${query}`
}
