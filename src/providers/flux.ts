import { z } from 'zod'
import type { Clock, SpeechToText, Transcript } from '../conversation/ports.ts'
import type { Network } from '../network.ts'
import { clientOf, type DeepgramSettings, watchEnd } from './deepgram.ts'
import { type SttEvents, type SttSocket, sttSessions } from './stt-session.ts'

/** From here on the words may be all: they are told as ended, and an answer is drafted. */
const EAGER_THRESHOLD = 0.4
const END_THRESHOLD = 0.7
/** Our own patience ends sooner; this is for a line whose noise keeps our detector on. */
const END_TIMEOUT_MS = 3_000
const SENT_MS = 80

const turnInfo = z.object({
  type: z.literal('TurnInfo'),
  event: z.string(),
  transcript: z.string(),
  // The words are worth more than this number.
  end_of_turn_confidence: z.number().min(0).max(1).optional().catch(undefined),
})
const fatal = z.object({ type: z.literal('Error'), code: z.string() })

/**
 * Deepgram's conversational transcription (Flux, v2), for one call: it says itself how likely the turn is over. What it
 * transcribes is the whole turn so far each time, made final only by its end.
 */
export function flux(settings: DeepgramSettings, clock: Clock, network: Network): SpeechToText {
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
    // A reconnect of the SDK's own loses the sound meanwhile and tells nobody.
    reconnectAttempts: 0,
    Authorization: `Token ${settings.apiKey}`,
  })
  watchEnd(socket, events)
  let told = ''
  let isEager = false
  socket.on('message', data => {
    const broken = fatal.safeParse(data)
    if (broken.success) return events.failed(broken.data.code, broken.data.code !== 'UNPARSABLE_CLIENT_MESSAGE')
    const read = turnInfo.safeParse(data)
    if (!read.success) return events.heard()
    const { event } = read.data
    // The updates after an eager end do not take it back: only a turn that goes on, or a new one, does.
    isEager = event === 'EagerEndOfTurn' || (isEager && event === 'Update')
    const transcript = transcriptOf(read.data, isEager)
    const text = JSON.stringify(transcript)
    // Four times a second it says the same again: only what is new is told.
    const isNew = transcript.final || (transcript.text !== '' && text !== told)
    if (isNew) told = text
    events.heard(isNew ? transcript : undefined)
  })
  return {
    open() {
      socket.connect()
      return socket.waitForOpen()
    },
    sound: pcm => socket.sendMedia(pcm),
    // Flux has neither Finalize nor KeepAlive, and a message that it does not know ends the session.
    flush: () => undefined,
    keepAlive: () => socket.sendMedia(new Int16Array((SENT_MS / 1_000) * settings.rateHz)),
    close: () => socket.close(),
  }
}

function transcriptOf(info: z.infer<typeof turnInfo>, isEager: boolean): Transcript {
  const { event, transcript: text, end_of_turn_confidence: confidence } = info
  const final = event === 'EndOfTurn'
  // In steps, so that a number that wavers is not told as news.
  const likely = confidence === undefined ? {} : { endOfTurn: Math.round(confidence * 20) / 20 }
  return { text, final, ended: final || isEager, ...likely }
}
