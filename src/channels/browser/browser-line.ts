import { resampler } from '../../audio/resample.ts'
import type { Clock, Inbound, Next, VoiceLevel } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { CallLine, CallRecorder, LineNote } from '../call-host.ts'
import { callerLeg } from '../line/caller-leg.ts'
import { ownEcho } from '../line/own-echo.ts'
import { Playout, type Wire } from '../line/playout.ts'
import type { Avatar } from './avatar/avatar.ts'
import { avatarWire } from './avatar/avatar-wire.ts'
import { HEARD_RATE_HZ, type Room, SPOKEN_RATE_HZ } from './room.ts'

export interface BrowserLineParts {
  readonly clock: Clock
  readonly room: Pick<Room, 'play' | 'clear' | 'hush' | 'statistics'>
  /** Speaks for the agent while it is there. */
  readonly avatar?: Avatar | undefined
  readonly recorder: CallRecorder
  readonly note: (note: LineNote) => void
  /** Is told what follows when the conversation has ended. */
  readonly giveUp: (next: Next) => Promise<void>
}

/** One person's line in a room, and the methods through which the room feeds it. */
export interface BrowserLine extends CallLine {
  sound(pcm: Int16Array): void
  key(digit: string): void
  /**
   * Their page has heard them speak over the agent, and has fallen silent: the agent waits until the conversation has judged
   * that by the sound itself, or goes on from its last heard word.
   */
  spokenOver(): void
  /** The person ended the conversation. Idempotent, like `lost`. */
  gone(why: string): void
  /** The person or the room is away; they may come back. */
  lost(why: string): void
}

/** Ten seconds of sound at least, and some keys. */
const MOST_INBOUND = 600
/** Each typed text is a turn, which asks the model. People do not type faster; of a flood the rest is dropped. */
const MOST_TYPED = 10
const TYPED_WITHIN_MS = 10_000
const FRAME_MS = 20
/** A muted microphone sends nothing, but the conversation needs silence to hear that the person has stopped. */
const SILENT_AFTER_MS = 100
const silence = new Int16Array((HEARD_RATE_HZ * FRAME_MS) / 1_000)
/** From the queue to the person's ear: the encoder, half a round trip, and the browser's own buffer. */
const BUFFERED_MS = 80
const STATISTICS_EACH_MS = 10_000
/** Sound at another level follows a clear sooner. */
const HUSH_AFTER_MS = 5
/** A page hears the person a tenth of a second sooner than we do, and the detector needs two more to be sure. */
const JUDGED_WITHIN_MS = 500
/** Shared: nobody reads it. */
const JUDGED = new Error('the conversation has judged what was said over the agent')

/** Makes the Channel of a person who has joined the room. */
export function browserLine({ clock, room, avatar, recorder, note, giveUp }: BrowserLineParts): BrowserLine {
  const inbound = new Queue<Inbound>(MOST_INBOUND, () => note({ kind: 'caller-audio-dropped' }))
  const place = callerLeg(HEARD_RATE_HZ)
  const echoDetector = ownEcho(HEARD_RATE_HZ)
  const lowered = resampler(SPOKEN_RATE_HZ, HEARD_RATE_HZ)
  const loweredVoice = resampler(SPOKEN_RATE_HZ, HEARD_RATE_HZ)
  const openedMs = clock.now()
  let heardMs = 0
  let lastSoundMs = openedMs
  let pathMs = BUFFERED_MS
  let playsUntilMs = openedMs
  /** The same, whether the agent plays it or its avatar. */
  let soundsUntilMs = openedMs
  let marks = new AbortController()
  let isOver = false
  let typedMs: number[] = []
  /** What pages have buffered is not heard after a clear, unless sound follows at once, as where it is only turned down. */
  let isHushDue = false
  /** What the conversation wants. */
  let wanted: VoiceLevel = 'full'
  /** Set while the agent waits because its page has heard the person. */
  let judging: AbortController | undefined

  function hush(): void {
    if (isHushDue) room.hush()
    isHushDue = false
  }

  const own: Wire = {
    media(pcm) {
      playsUntilMs = Math.max(playsUntilMs, clock.now()) + FRAME_MS
      room.play(pcm)
    },
    /** The browser returns no marks: they return when the sound before them must have been heard. */
    mark(name) {
      const waitMs = Math.max(0, playsUntilMs - clock.now()) + pathMs
      clock.sleep(waitMs, marks.signal).then(
        () => playout.marked(name),
        () => undefined,
      )
    },
    clear() {
      marks.abort(new Error('the sound before it was cleared'))
      marks = new AbortController()
      playsUntilMs = clock.now()
      room.clear()
      isHushDue = true
      clock.sleep(HUSH_AFTER_MS, marks.signal).then(hush, () => undefined)
    },
  }
  const far =
    avatar &&
    avatarWire({
      ...{ clock, avatar, own, note, pathMs: () => pathMs },
      marked: name => playout.marked(name),
      again: () => playout.again(),
    })
  const way = far?.wire ?? own
  const playout = new Playout(
    clock,
    SPOKEN_RATE_HZ,
    {
      ...way,
      media(pcm, isVoice) {
        isHushDue = false
        soundsUntilMs = Math.max(soundsUntilMs, clock.now()) + FRAME_MS
        way.media(pcm, isVoice)
      },
      clear(isVoice) {
        soundsUntilMs = clock.now()
        way.clear(isVoice)
      },
    },
    {
      agent(pcm, playsAtMs, voice) {
        const heard = lowered(pcm)
        recorder.agent(heard, playsAtMs)
        if (voice.length > 0) echoDetector.agent(voice === pcm ? heard : loweredVoice(voice), playsAtMs)
      },
      moveAgent(fromMs, byMs) {
        recorder.moveAgent(fromMs, byMs)
        echoDetector.moveAgent(fromMs, byMs)
      },
      cutAgent(atMs) {
        recorder.cutAgent(atMs)
        echoDetector.cutAgent(atMs)
      },
    },
    lateMs => note({ kind: 'frame-late', lateMs }),
  )

  function take(pcm: Int16Array): void {
    const placed = place(pcm, heardMs, clock.now())
    heardMs += (pcm.length / HEARD_RATE_HZ) * 1_000
    if (!placed) return
    recorder.caller(placed.frame.pcm, placed.positionMs, placed.frame.atMs)
    echoDetector.caller(placed.frame)
    inbound.push({ kind: 'audio', frame: placed.frame })
  }

  function voice(level: VoiceLevel): void {
    wanted = level
    if (!judging) return playout.voice(level)
    if (level === 'full') return
    judging.abort(JUDGED)
    judging = undefined
    playout.voice(level)
    // The page learns that it was right.
    if (level === 'held') room.hush()
  }

  function spokenOver(): void {
    if (isOver || judging || wanted !== 'full' || soundsUntilMs <= clock.now()) return
    judging = new AbortController()
    note({ kind: 'spoken-over' })
    playout.voice('held')
    // The page has done that by itself.
    isHushDue = false
    const unjudged = (): void => {
      judging = undefined
      playout.voice(wanted)
    }
    clock.sleep(JUDGED_WITHIN_MS, judging.signal).then(unjudged, () => undefined)
  }

  function leave(kind: 'gone' | 'lost', why: string): void {
    if (isOver) return
    isOver = true
    inbound.push({ kind, why })
    inbound.close()
  }

  async function fillWithSilence(signal: AbortSignal): Promise<void> {
    while (true) {
      await clock.sleep(SILENT_AFTER_MS, signal)
      if (clock.now() - lastSoundMs < SILENT_AFTER_MS) continue
      for (; lastSoundMs + FRAME_MS <= clock.now(); lastSoundMs += FRAME_MS) take(silence)
    }
  }

  async function watchNetwork(signal: AbortSignal): Promise<void> {
    while (true) {
      await clock.sleep(STATISTICS_EACH_MS, signal)
      const statistics = await room.statistics()
      if (!statistics || signal.aborted) continue
      note({ kind: 'network', ...statistics })
      pathMs = BUFFERED_MS + (statistics.roundTripMs ?? 0) / 2
    }
  }

  return {
    rateHz: SPOKEN_RATE_HZ,
    sound(pcm) {
      if (isOver) return
      lastSoundMs = clock.now()
      take(pcm)
    },
    key: digit => inbound.push({ kind: 'digit', digit }),
    joined: () => inbound.push({ kind: 'joined' }),
    beside: open => inbound.push({ kind: 'beside', open }),
    relayed: said => inbound.push({ kind: 'relayed', ...said }),
    budget: (left, of) => inbound.push({ kind: 'budget', left, of }),
    typed(text) {
      const nowMs = clock.now()
      typedMs = typedMs.filter(atMs => atMs > nowMs - TYPED_WITHIN_MS)
      if (typedMs.length >= MOST_TYPED) return
      typedMs.push(nowMs)
      inbound.push({ kind: 'typed', text })
    },
    gone: why => leave('gone', why),
    lost: why => leave('lost', why),
    async *inbound(signal) {
      const scope = scopeOf(signal)
      const end = (): void => inbound.close()
      if (signal.aborted) end()
      signal.addEventListener('abort', end, { once: true })
      fillWithSilence(scope.signal).catch(() => undefined)
      watchNetwork(scope.signal).catch(() => undefined)
      try {
        yield* inbound
      } finally {
        signal.removeEventListener('abort', end)
        scope.abort(new Error('nobody reads the line'))
      }
    },
    play: (speech, signal) => playout.play(speech, signal),
    voice,
    spokenOver,
    background: playout.background,
    echo: sinceMs => echoDetector.likeness(sinceMs, clock.now()),
    ownShare: sinceMs => echoDetector.share(sinceMs, clock.now()),
    ownEach: spans => spans.map(span => echoDetector.at(span)),
    close(next) {
      isOver = true
      judging?.abort(JUDGED)
      playout.background.close()
      marks.abort(new Error('the line is closed'))
      far?.close()
      return giveUp(next)
    },
  }
}
