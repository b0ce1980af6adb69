import type { Channel, Clock, Inbound, Next } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import type { CallRecorder, LineNote } from '../call-host.ts'
import { callerLeg } from './caller-leg.ts'
import { clearMessage, markMessage, mediaMessage, type StreamMessage } from './messages.ts'
import { ownEcho } from './own-echo.ts'
import { type AgentRecorder, Playout } from './playout.ts'

/** What happens on the line besides: notes for operators, and messages that belong nowhere. */
export type PhoneLineNote = LineNote | { readonly kind: 'out-of-place'; readonly what: string }

export interface PhoneLineParts {
  readonly streamSid: string
  readonly clock: Clock
  readonly recorder: CallRecorder
  readonly note: (note: PhoneLineNote) => void
  /** Sends one text message; never throws, also when the socket has gone. */
  readonly send: (message: string) => void
  /** Keeps what /calls/next must answer, then closes the socket. */
  readonly giveUp: (next: Next) => Promise<void>
}

/** A phone line: the Channel, and the door by which the socket's messages come in. */
export interface PhoneLine extends Channel {
  receive(message: StreamMessage): void
  /** Twilio says that the call is over. Idempotent, like `lost`. */
  gone(why: string): void
  /** The socket has closed, or nothing comes any more. */
  lost(why: string): void
}

/** Ten seconds of media and some digits. */
const MOST_INBOUND = 600
/** Twilio sends silence too: this long without any media and the stream is dead, whatever the socket says. */
const DEAD_STREAM_MS = 5_000

/** Makes the Channel of one media stream whose `start` has been accepted. */
export function phoneLine({ streamSid, clock, recorder, note, send, giveUp }: PhoneLineParts): PhoneLine {
  const inbound = new Queue<Inbound>(MOST_INBOUND, () => note({ kind: 'caller-audio-dropped' }))
  const place = callerLeg()
  const wire = {
    media: (mulaw: Uint8Array) => send(mediaMessage(streamSid, mulaw)),
    mark: (name: string) => send(markMessage(streamSid, name)),
    clear: () => send(clearMessage(streamSid)),
  }
  const own = ownEcho()
  const agentRecorder: AgentRecorder = {
    agent(mulaw, playsAtMs) {
      recorder.agent(mulaw, playsAtMs)
      own.agent(mulaw, playsAtMs)
    },
    cutAgent(atMs) {
      recorder.cutAgent(atMs)
      own.cutAgent(atMs)
    },
  }
  const playout = new Playout(clock, wire, agentRecorder, lateMs => note({ kind: 'frame-late', lateMs }))
  let lastMediaMs = clock.now()
  let isGone = false
  let isGivenUp = false

  function leave(kind: 'gone' | 'lost', why: string): void {
    if (isGone) return
    isGone = true
    inbound.push({ kind, why })
    inbound.close()
  }

  function receive(message: StreamMessage): void {
    // The record of the call may be sealed by now.
    if (isGivenUp) return
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
        const placed = place(message.media.payload, message.media.timestamp, now)
        if (!placed) return note({ kind: 'out-of-place', what: 'late or empty media' })
        if (placed.gapMs > 0) note({ kind: 'caller-gap', gapMs: placed.gapMs })
        recorder.caller(placed.frame.pcm, placed.positionMs, placed.frame.atMs)
        own.caller(placed.frame)
        return inbound.push({ kind: 'audio', frame: placed.frame })
      }
      case 'dtmf':
        return inbound.push({ kind: 'digit', digit: message.dtmf.digit })
      case 'mark':
        return playout.marked(message.mark.name)
      case 'stop':
        return leave('gone', 'the caller hung up')
    }
  }

  async function watchForSilence(signal: AbortSignal): Promise<void> {
    while (!isGone) {
      await clock.sleep(lastMediaMs + DEAD_STREAM_MS - clock.now(), signal)
      if (clock.now() - lastMediaMs >= DEAD_STREAM_MS) leave('lost', 'no media for 5 s')
    }
  }

  return {
    rateHz: 8_000,
    receive,
    gone: why => leave('gone', why),
    lost: why => leave('lost', why),
    async *inbound(signal) {
      const end = (): void => inbound.close()
      signal.addEventListener('abort', end, { once: true })
      watchForSilence(signal).catch(() => undefined)
      try {
        yield* inbound
      } finally {
        signal.removeEventListener('abort', end)
      }
    },
    play: (speech, signal) => playout.play(speech, signal),
    voice: level => playout.voice(level),
    echo: sinceMs => own.likeness(sinceMs, clock.now()),
    close(next) {
      isGivenUp = true
      return giveUp(next)
    },
  }
}
