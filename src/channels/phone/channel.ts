import { decodeMulaw, encodeMulaw } from '../../audio/mulaw.ts'
import type { Clock, Inbound, Next } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { CallLine, CallRecorder, LineNote } from '../call-host.ts'
import { callerLeg } from '../line/caller-leg.ts'
import { ownEcho } from '../line/own-echo.ts'
import { type AgentRecorder, Playout } from '../line/playout.ts'
import { clearMessage, markMessage, mediaMessage, type StreamMessage } from './messages.ts'

/** What the line reports: notes for operators, and messages that it does not expect. */
export type PhoneLineNote = LineNote | { readonly kind: 'out-of-place'; readonly what: string }

export interface PhoneLineParts {
  readonly streamSid: string
  readonly clock: Clock
  readonly recorder: CallRecorder
  readonly note: (note: PhoneLineNote) => void
  /** Sends one text message. Never throws, even after the socket has closed. */
  readonly send: (message: string) => void
  /**
   * Stores what /calls/next must answer, then closes the socket. Of a line that the carrier has ended there is nothing to
   * store: the call may come back, as one does that is fetched back.
   */
  readonly giveUp: (next: Next | undefined) => Promise<void>
}

/** A phone line, and the methods through which the socket feeds it. */
export interface PhoneLine extends CallLine {
  receive(message: StreamMessage): void
  /** Twilio reports that the call is over. Idempotent, like `lost`. */
  gone(why: string): void
  /** The socket has closed, or media has stopped. */
  lost(why: string): void
}

/** The rate of the telephone line, both ways. */
export const PHONE_RATE_HZ = 8_000
/** Ten seconds of media and some digits. */
const MOST_INBOUND = 600
/** Twilio also sends silence. Without any media for this long the stream is dead, even if the socket is open. */
const DEAD_STREAM_MS = 5_000
/** Media comes every 20 ms. After a longer pause it does not tell when a mark was sent. */
const MEDIA_EACH_MS = 20
const MOST_PAUSE_MS = 3 * MEDIA_EACH_MS

/** Makes the Channel of a media stream after its `start` was accepted. */
export function phoneLine({ streamSid, clock, recorder, note, send, giveUp }: PhoneLineParts): PhoneLine {
  const inbound = new Queue<Inbound>(MOST_INBOUND, () => note({ kind: 'caller-audio-dropped' }))
  const place = callerLeg(PHONE_RATE_HZ)
  const wire = {
    media: (pcm: Int16Array) => send(mediaMessage(streamSid, encodeMulaw(pcm))),
    mark: (name: string) => send(markMessage(streamSid, name)),
    clear: () => send(clearMessage(streamSid)),
  }
  const echoDetector = ownEcho(PHONE_RATE_HZ)
  const agentRecorder: AgentRecorder = {
    agent(pcm, playsAtMs, voice) {
      recorder.agent(pcm, playsAtMs)
      if (voice.length > 0) echoDetector.agent(voice, playsAtMs)
    },
    moveAgent(fromMs, byMs) {
      recorder.moveAgent(fromMs, byMs)
      echoDetector.moveAgent(fromMs, byMs)
    },
    cutAgent(atMs) {
      recorder.cutAgent(atMs)
      echoDetector.cutAgent(atMs)
    },
  }
  const playout = new Playout(clock, PHONE_RATE_HZ, wire, agentRecorder, lateMs => note({ kind: 'frame-late', lateMs }))
  let lastMediaMs = clock.now()
  /** When the last sample of the caller was spoken. */
  let spokenUntilMs = lastMediaMs
  let lastChunk: number | undefined
  let isGone = false
  let isClosed = false

  function leave(kind: 'gone' | 'lost', why: string): void {
    if (isGone) return
    isGone = true
    inbound.push({ kind, why })
    inbound.close()
  }

  /** A mark and media that were held up by the network come together, in the order in which they were sent. */
  function markSentMs(): number {
    const now = clock.now()
    return now - lastMediaMs > MOST_PAUSE_MS ? now : Math.min(now, spokenUntilMs + MEDIA_EACH_MS / 2)
  }

  function receive(message: StreamMessage): void {
    // The call's record may already be sealed.
    if (isClosed) return
    if ('streamSid' in message && message.streamSid !== streamSid) {
      return note({ kind: 'out-of-place', what: `${message.event} of another stream` })
    }
    switch (message.event) {
      case 'connected':
      case 'start':
        return note({ kind: 'out-of-place', what: `a second ${message.event}` })
      case 'media': {
        const now = clock.now()
        lastMediaMs = now
        if (message.media.track === 'outbound') return note({ kind: 'out-of-place', what: 'media of our own track' })
        const placed = place(decodeMulaw(Buffer.from(message.media.payload, 'base64')), message.media.timestamp, now)
        if (!placed) return note({ kind: 'out-of-place', what: 'late or empty media' })
        const { chunk } = message.media
        const lostMessages = Math.max(0, chunk - (lastChunk ?? chunk - 1) - 1)
        lastChunk = chunk
        if (placed.gapMs > 0) note({ kind: 'caller-gap', gapMs: placed.gapMs, lostMessages })
        recorder.caller(placed.frame.pcm, placed.positionMs, placed.frame.atMs)
        echoDetector.caller(placed.frame)
        spokenUntilMs = placed.frame.atMs + (placed.frame.pcm.length / PHONE_RATE_HZ) * 1_000
        return inbound.push({ kind: 'audio', frame: placed.frame })
      }
      case 'dtmf':
        return inbound.push({ kind: 'digit', digit: message.dtmf.digit })
      case 'mark':
        return playout.marked(message.mark.name, markSentMs())
      case 'stop':
        return leave('gone', 'the caller hung up')
    }
  }

  async function watchForDeadStream(signal: AbortSignal): Promise<void> {
    await quietFor(DEAD_STREAM_MS, clock, signal, () => lastMediaMs)
    leave('lost', 'no media for 5 s')
  }

  return {
    rateHz: PHONE_RATE_HZ,
    receive,
    typed: text => inbound.push({ kind: 'typed', text }),
    joined: () => inbound.push({ kind: 'joined' }),
    beside: open => inbound.push({ kind: 'beside', open }),
    relayed: said => inbound.push({ kind: 'relayed', ...said }),
    budget: (left, of) => inbound.push({ kind: 'budget', left, of }),
    gone: why => leave('gone', why),
    lost: why => leave('lost', why),
    async *inbound(signal) {
      const end = (): void => inbound.close()
      signal.addEventListener('abort', end, { once: true })
      const watch = scopeOf(signal)
      watchForDeadStream(watch.signal).catch(() => undefined)
      try {
        yield* inbound
      } finally {
        signal.removeEventListener('abort', end)
        watch.abort(new Error('the line is over'))
      }
    },
    play: (speech, signal) => playout.play(speech, signal),
    voice: level => playout.voice(level),
    background: playout.background,
    echo: sinceMs => echoDetector.likeness(sinceMs, clock.now()),
    ownShare: sinceMs => echoDetector.share(sinceMs, clock.now()),
    ownEach: spans => spans.map(span => echoDetector.at(span)),
    close(next) {
      isClosed = true
      playout.background.close()
      return giveUp(isGone ? undefined : next)
    },
  }
}
