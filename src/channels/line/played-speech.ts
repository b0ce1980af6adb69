import { quieter } from '../../audio/loudness.ts'
import type { Clock, Heard, Speech, VoiceLevel } from '../../conversation/ports.ts'
import { MadeSpeech } from './made-speech.ts'
import { type Move, placement } from './placement.ts'

const FRAME_MS = 20
/** Sound is sent this far ahead, to bridge a stall of the event loop or the network. */
export const LEAD_MS = 200
/** Frames may leave this much before their deadline, so that a loop that is busy for a few ms makes none late. */
const EARLY_MS = 8
/** A mark is sent every so many frames, to learn how much was heard. */
const MARK_FRAMES = 12
/** A pause that ends this late shows that the process was stalled: marks may wait unread in the socket. */
const STALLED_MS = 100
const REPORT_MS = 240
/** Quiet enough for callers to hear themselves, loud enough to hear that the agent goes on. */
const DUCKED_DB = 20
/** A mark that is this late on top of the lag means a stalled line, of which it is unknown what was played. */
const STALLED_MARK_MS = 100
/** The assumed lag of a line before its first mark. */
const UNKNOWN_LAG_MS = 300
/** Shared: creating an Error takes a stack trace, and this happens fifty times a second. */
const AWAKE = new Error('awake')

/** A frame to send now. `lateMs` is the time since its deadline; undefined while the lead is built up. */
interface DueFrame {
  readonly pcm: Int16Array
  readonly lateMs: number | undefined
  readonly playsAtMs: number
}

/** `dueMs` is when the last of these frames should have been played. It is stored because `zeroMs` may move. */
interface SentMark {
  readonly frames: number
  readonly dueMs: number
  readonly run: number
}

/** One speech on its way to the caller: its frames, how many were sent, how many were heard. */
export class PlayedSpeech {
  readonly #clock: Clock
  readonly #made: MadeSpeech
  readonly #frames: readonly Int16Array[]
  #sent = 0
  /** The first frame that was sent since the line was cleared. */
  #runFrom = 0
  #hasEnded = false
  #pacedFrom = 0
  /** The last pause waited for the next frame's deadline, so any lateness is our own. */
  #paced = false
  #markSentFrames = 0
  /** Marks that have not been returned. */
  readonly #marks: SentMark[] = []
  /** When frame 0 would have been played if no frame had been late. */
  #zeroMs = 0
  #lagMs: number | undefined
  readonly #placement = placement()
  /** The run that was sent again after a clear: it may follow its sound before sooner than a speech begins. */
  #repeatedRun: number | undefined
  #markedFrames = 0
  #markedAtMs = 0
  #reportedAtMs = Number.NEGATIVE_INFINITY
  /** A mark that is missing counts as overdue only from here on. */
  #overdueFromMs = 0
  #level: VoiceLevel
  /** A lower bound of what was heard, while part of it is repeated and after a gap. */
  #heardFloorMs = 0
  #wake: (() => void) | undefined

  /** `lagMs`: the smallest delay of a mark so far on this line; undefined for its first speech. */
  constructor(clock: Clock, rateHz: number, level: VoiceLevel, lagMs: number | undefined) {
    this.#clock = clock
    this.#made = new MadeSpeech((rateHz * FRAME_MS) / 1_000)
    this.#frames = this.#made.frames
    this.#level = level
    this.#lagMs = lagMs
  }

  get lagMs(): number | undefined {
    return this.#lagMs
  }

  /** Takes in the speech as fast as it is made. Rejects if the speech does. */
  fill(speech: AsyncIterable<Speech>): Promise<void> {
    // While frames wait for their deadlines, more of them change nothing.
    return this.#made.fill(speech, isComplete => (this.#paced && !isComplete ? undefined : this.#wake?.()))
  }

  /**
   * Sends at this level from now on. Sound that waits on the line at the old level must be cleared and is sent again.
   * Returns the time at which that sound would have been heard; undefined if none waits. `isFar`: a clear would leave a gap.
   */
  setLevel(level: VoiceLevel, isFar: boolean): number | undefined {
    if (level === this.#level) return undefined
    const wasHeld = this.#level === 'held'
    this.#level = level
    this.#wake?.()
    if (isFar && !wasHeld && level !== 'held') return undefined
    const played = wasHeld ? this.#lastWordFrame() : this.#playedFrames()
    if (played >= this.#sent || (wasHeld && this.#sentAll())) return undefined
    if (wasHeld) this.#heardFloorMs = this.#heardMs()
    const clearedAtMs = wasHeld ? this.#placement.playsAtMs(played) : this.clearedAtMs()
    this.#sendAgain(played, clearedAtMs)
    return wasHeld ? undefined : clearedAtMs
  }

  /** What no mark has confirmed was lost on the line, and is sent again. Returns when the first of it would have been heard. */
  again(): number {
    const lostFromMs = this.#placement.playsAtMs(this.#markedFrames)
    this.#heardFloorMs = Math.min(this.#heardFloorMs, this.#markedFrames * FRAME_MS)
    this.#sendAgain(this.#markedFrames, this.#clock.now())
    this.#wake?.()
    return lostFromMs
  }

  #sendAgain(played: number, fromMs: number): void {
    // Frames that a mark confirmed may be repeated, so they count as not marked.
    this.#markedFrames = Math.min(this.#markedFrames, played)
    this.#runFrom = played
    this.#sent = played
    this.#hasEnded = false
    this.#pacedFrom = played + LEAD_MS / FRAME_MS
    this.#paced = false
    this.#marks.length = 0
    // If all frames were sent, the next mark is due at once.
    this.#markSentFrames = played - 1
    this.#placement.begin(played, this.#zeroMs, fromMs - this.#zeroMs - played * FRAME_MS)
    this.#repeatedRun = this.#placement.run
  }

  /** When the line falls silent after a clear that is sent now: a frame that has begun is played to its end. */
  clearedAtMs(): number {
    const lagMs = this.#placement.lagMs()
    const arrivesMs = this.#clock.now() + Math.min(lagMs, this.#lagMs ?? lagMs)
    const startMs = this.#placement.playsAtMs(0)
    return startMs + Math.ceil((arrivesMs - startMs) / FRAME_MS) * FRAME_MS
  }

  /** Frames that will have been played when a message sent now arrives. It travels as long as the sound did. */
  #playedFrames(): number {
    const sinceStartMs = this.#clock.now() - this.#zeroMs
    const unmarked = this.#marks[0]
    const estimated = Math.min(this.#sent, Math.ceil(sinceStartMs / FRAME_MS))
    const allowedMs = (this.#lagMs ?? UNKNOWN_LAG_MS) + STALLED_MARK_MS
    const isStalled = unmarked !== undefined && this.#clock.now() - unmarked.dueMs > allowedMs
    return Math.max(this.#markedFrames, isStalled ? Math.min(unmarked.frames, estimated) : estimated)
  }

  /** The frame at which the last word begun before the hold starts. */
  #lastWordFrame(): number {
    const stoppedMs = this.#sent * FRAME_MS
    const startMs = this.#made.words.findLast(word => word.startMs < stoppedMs)?.startMs ?? stoppedMs
    return Math.min(this.#sent, Math.floor(startMs / FRAME_MS))
  }

  /** The frames to send now. After a gap in the speech time starts again, because the line was silent meanwhile. */
  due(): readonly DueFrame[] {
    if (this.#level === 'held') return []
    const [now, isFirst] = [this.#clock.now(), this.#sent === 0]
    const ranDry = isFirst || now > this.#zeroMs + this.#sent * FRAME_MS
    // The line ran dry although frames were ready, so this process stalled.
    let stalledMs = ranDry && !isFirst && this.#paced ? now - this.#deadlineMs(this.#sent) : undefined
    if (ranDry && this.#sent < this.#frames.length) {
      this.#heardFloorMs = Math.max(this.#heardFloorMs, this.#heardMs())
      this.#zeroMs = now - this.#sent * FRAME_MS
      this.#pacedFrom = this.#sent + LEAD_MS / FRAME_MS
      this.#placement.begin(this.#sent, this.#zeroMs, this.#lagMs ?? 0)
    }
    const due: DueFrame[] = []
    for (let pcm = this.#frames[this.#sent]; pcm; pcm = this.#frames[this.#sent]) {
      const deadlineMs = this.#deadlineMs(this.#sent)
      if (deadlineMs - EARLY_MS > now) break
      // A frame is not late if it was made after its deadline.
      const lateMs = stalledMs ?? (this.#sent >= this.#pacedFrom && this.#paced ? now - deadlineMs : undefined)
      stalledMs = undefined
      due.push({
        pcm: this.#level === 'ducked' ? quieter(pcm, DUCKED_DB) : pcm,
        lateMs,
        playsAtMs: this.#placement.playsAtMs(this.#sent),
      })
      this.#sent++
    }
    return due
  }

  /** The number of frames before the mark that is due now; undefined if none is. */
  markDue(): number | undefined {
    const unmarked = this.#sent - this.#markSentFrames
    if (unmarked < MARK_FRAMES && !(unmarked > 0 && this.#sentAll())) return undefined
    this.#markSentFrames = this.#sent
    this.#marks.push({ frames: this.#sent, dueMs: this.#zeroMs + this.#sent * FRAME_MS, run: this.#placement.run })
    return this.#sent
  }

  #deadlineMs(frame: number): number {
    return this.#zeroMs + frame * FRAME_MS - LEAD_MS
  }

  /**
   * A mark came at `atMs`, and was sent at `sentMs` or before, dated like the caller's sound. Returns what plays at another
   * time than was told.
   */
  marked(frames: number, atMs: number, sentMs: number): readonly Move[] {
    const index = this.#marks.findIndex(mark => mark.frames === frames)
    const mark = this.#marks.splice(0, index + 1).at(-1)
    if (!mark) return []
    const sinceFrame = this.#markedFrames
    this.#markedFrames = frames
    this.#markedAtMs = atMs
    const lagMs = Math.max(0, atMs - mark.dueMs)
    // A line that was never faster is not believed to be so now.
    const datedMs = Math.min(lagMs, Math.max(sentMs - mark.dueMs, this.#lagMs ?? 0))
    // The smallest delay is the round trip; anything above it is jitter.
    if (mark.run !== this.#repeatedRun) this.#lagMs = Math.min(this.#lagMs ?? lagMs, lagMs)
    this.#wake?.()
    return this.#placement.marked(mark.run, sinceFrame, datedMs)
  }

  /** Whether all was sent, once. */
  endDue(): boolean {
    if (this.#hasEnded || this.#sent === 0 || !this.#sentAll()) return false
    this.#hasEnded = true
    return true
  }

  sentAnything(): boolean {
    return this.#sent > 0
  }

  #sentAll(): boolean {
    return this.#made.isComplete && this.#sent === this.#frames.length
  }

  /** From when on other sound may follow it on the line, by the time of sending; undefined while more of it is to be sent. */
  roomFromMs(): number | undefined {
    if (this.#sent === 0) return Number.NEGATIVE_INFINITY
    const isHeld = this.#level === 'held' && this.#sent < this.#frames.length
    const isMarked = this.#sentAll() && this.#markSentFrames === this.#sent
    return isHeld || isMarked ? this.#zeroMs + this.#sent * FRAME_MS : undefined
  }

  #heardAll(): boolean {
    return this.#sentAll() && this.#markedFrames === this.#sent
  }

  /** Everything was heard, or the last mark is overdue by more than `graceMs`. */
  isOver(graceMs: number): boolean {
    if (!this.#sentAll()) return false
    const overdueMs = this.#clock.now() - Math.max(this.#overdueFromMs, this.#zeroMs + this.#sent * FRAME_MS)
    return this.#heardAll() || overdueMs > graceMs
  }

  wantsReport(): boolean {
    return this.#sent > 0 && this.#clock.now() - this.#reportedAtMs >= REPORT_MS
  }

  /** `runMs`: how much was heard of what was sent since the line was cleared last, where the line tells it. */
  report(runMs?: number): Heard {
    this.#reportedAtMs = this.#clock.now()
    const ofRun = runMs === undefined ? undefined : Math.min(this.#sent, this.#runFrom + Math.floor(runMs / FRAME_MS))
    const heardMs = ofRun === undefined ? this.#heardMs() : ofRun * FRAME_MS
    const all = this.#heardAll() && !this.#made.hasFailed
    const heard = this.#made.words.filter(word => all || word.endMs <= heardMs)
    return { heard: heard.map(word => word.text).join(' '), heardMs }
  }

  /** Estimated from the last mark and the time since, limited by the first missing mark and by what was sent. */
  #heardMs(): number {
    if (this.#sent === 0) return 0
    const now = this.#clock.now()
    const markedMs = this.#markedFrames * FRAME_MS
    const sinceMarkMs = this.#markedFrames > 0 ? markedMs + now - this.#markedAtMs : Number.POSITIVE_INFINITY
    const boundMs = (this.#marks[0]?.frames ?? this.#sent) * FRAME_MS
    // The line may have been silent since the mark; `zeroMs` accounts for such gaps. What is on its way is not heard yet.
    const arrivedMs = now - this.#zeroMs - (this.#lagMs ?? 0)
    return Math.max(this.#heardFloorMs, markedMs, Math.min(sinceMarkMs, arrivedMs, boundMs))
  }

  /** Waits until the next frame is due or something changes. */
  async pause(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    this.#paced = this.#sent < this.#frames.length && this.#level !== 'held'
    const nextMs = this.#paced ? this.#deadlineMs(this.#sent) - EARLY_MS - now : REPORT_MS
    const woken = new Promise<void>(resolve => {
      this.#wake = resolve
    })
    const sleep = new AbortController()
    const abort = (): void => sleep.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      await Promise.race([this.#clock.sleep(nextMs, sleep.signal), woken])
    } finally {
      this.#wake = undefined
      signal.removeEventListener('abort', abort)
      sleep.abort(AWAKE)
      if (this.#clock.now() - now > nextMs + STALLED_MS) this.#overdueFromMs = this.#clock.now()
    }
  }
}
