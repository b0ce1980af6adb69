import { z } from 'zod'
import type { Clock, SpeechToText, Transcript } from '../conversation/ports.ts'
import { type Network, systemNetwork } from '../network.ts'
import { clientOf, type DeepgramSettings, tracedBy, watchEnd } from './deepgram.ts'
import { SDK_LIMIT_MS } from './stall.ts'
import { type SttEvents, type SttSocket, sttSessions } from './stt-session.ts'

/** From here on the turn may be over: it is reported as ended, and an answer is drafted. */
const EAGER_THRESHOLD = 0.4
const END_THRESHOLD = 0.7
/** Our own patience ends sooner. This limit is for lines whose noise keeps the voice activity detector on. */
const END_TIMEOUT_MS = 3_000
const SENT_MS = 80

const turnInfo = z.object({
  type: z.literal('TurnInfo'),
  event: z.string(),
  transcript: z.string(),
  // An invalid confidence must not discard the words.
  end_of_turn_confidence: z.number().min(0).max(1).optional().catch(undefined),
})
const fatal = z.object({ type: z.literal('Error'), code: z.string() })

/**
 * Deepgram's conversational transcription (Flux, v2) for one call. It reports how likely the turn is over. Each message
 * holds the whole turn so far; only its end makes the words final.
 */
export function flux(settings: DeepgramSettings, clock: Clock, network: Network = systemNetwork): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    { provider: 'Deepgram', rateHz, sentMs: SENT_MS, connect: events => connect(settings, network, events) },
    clock,
  )
}

async function connect(settings: DeepgramSettings, network: Network, events: SttEvents): Promise<SttSocket> {
  const socket = await clientOf(settings, network).listen.v2.connect({
    model: 'flux-general-en',
    encoding: 'linear16',
    sample_rate: settings.rateHz,
    eager_eot_threshold: EAGER_THRESHOLD,
    eot_threshold: END_THRESHOLD,
    eot_timeout_ms: END_TIMEOUT_MS,
    tag: `call:${settings.callId}`,
    // The SDK would reconnect silently and lose the sound in between.
    reconnectAttempts: 0,
    connectionTimeoutInSeconds: SDK_LIMIT_MS / 1_000,
    Authorization: `Token ${settings.apiKey}`,
    headers: tracedBy(settings),
  })
  watchEnd(socket, events)
  let reported = ''
  let isEager = false
  socket.on('message', data => {
    const failure = fatal.safeParse(data)
    if (failure.success) return events.failed(failure.data.code, failure.data.code !== 'UNPARSABLE_CLIENT_MESSAGE')
    const read = turnInfo.safeParse(data)
    if (!read.success) return events.heard()
    const { event } = read.data
    // Updates after an eager end do not revoke it; only TurnResumed or a new turn does.
    isEager = event === 'EagerEndOfTurn' || (isEager && event === 'Update')
    const transcript = transcriptOf(read.data, isEager)
    const text = JSON.stringify(transcript)
    // Flux repeats itself four times a second, so only changes are reported.
    const isNew = transcript.final || (transcript.text !== '' && text !== reported)
    if (isNew) reported = text
    events.heard(isNew ? transcript : undefined)
  })
  return {
    open() {
      socket.connect()
      return socket.waitForOpen()
    },
    sound: pcm => socket.sendMedia(pcm),
    // Flux has neither Finalize nor KeepAlive, and an unknown message ends the session.
    flush: () => undefined,
    keepAlive: () => socket.sendMedia(new Int16Array((SENT_MS / 1_000) * settings.rateHz)),
    close: () => socket.close(),
  }
}

function transcriptOf(info: z.infer<typeof turnInfo>, isEager: boolean): Transcript {
  const { event, transcript: text, end_of_turn_confidence: confidence } = info
  const final = event === 'EndOfTurn'
  // Rounded, so that small changes are not reported.
  const likely = confidence === undefined ? {} : { endOfTurn: Math.round(confidence * 20) / 20 }
  return { text, final, ended: final || isEager, ...likely }
}
