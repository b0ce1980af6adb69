import { encodeMulaw, MULAW_SILENCE, quieterMulaw } from '../../audio/mulaw.ts'
import type { Clock, Heard, Speech, VoiceLevel, Word } from '../../conversation/ports.ts'

const FRAME_MS = 20
const FRAME_BYTES = 160
/** So much is sent ahead of its time, to outlast a stall of the loop or the net. */
const LEAD_MS = 200
/** A frame may leave so much before its deadline: a loop that is busy for a few ms then makes nothing late. */
const EARLY_MS = 8
/** A mark this often tells how much was heard. */
const MARK_FRAMES = 12
/** A last mark that has not come this long after its time is not waited for. */
const MARK_GRACE_MS = 1_000
const REPORT_MS = 240
/** A ducked voice is so much quieter: one hears that it goes on, and oneself. */
const DUCKED_DB = 20
/** A mark that is so late on top of the line's lag tells that the line stalls, and what it has played is not known. */
const STALLED_MARK_MS = 100
/** How late a mark may be on a line of which nothing is known yet. */
const UNKNOWN_LAG_MS = 300
const duck = quieterMulaw(DUCKED_DB)
/** One reason for all: to make one takes a stack trace, and this is done fifty times a second. */
const AWAKE = new Error('awake')

/** A frame to be sent now; `lateMs` is how long after its deadline, and nothing where the lead is being built up. */
interface DueFrame {
  readonly bytes: Uint8Array
  readonly lateMs: number | undefined
  readonly playsAtMs: number
}

/** The frames that a mark speaks for, and when the last of them would have sounded: `zeroMs` may move before it is back. */
interface SentMark {
  readonly frames: number
  readonly dueMs: number
}

/** One speech on its way to the caller: what was made, what was sent, what was heard. */
export class PlayedSpeech {
  readonly #clock: Clock
  readonly #frames: Uint8Array[] = []
  readonly #words: Word[] = []
  #partial = new Uint8Array(0)
  #made = false
  /** The voice failed: words may have been told of whose sound was never made. */
  #broke = false
  #sent = 0
  #pacedFrom = 0
  /** The last pause was for the next frame's deadline, so that being late is our own fault. */
  #paced = false
  #markSentFrames = 0
  /** Marks that have not come back. */
  readonly #marks: SentMark[] = []
  /** The moment at which frame 0 would have sounded, had none come late. */
  #zeroMs = 0
  #lagMs: number | undefined
  #markedFrames = 0
  #markedAtMs = 0
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #level: VoiceLevel
  /** Heard at least, although some of it is said again. */
  #heardFloorMs = 0
  #wake: (() => void) | undefined

  /** `lagMs`: how late marks came back at best so far on this line; nothing yet for its first speech. */
  constructor(clock: Clock, level: VoiceLevel, lagMs: number | undefined) {
    this.#clock = clock
    this.#level = level
    this.#lagMs = lagMs
  }

  get lagMs(): number | undefined {
    return this.#lagMs
  }

  /** Takes the speech in as fast as it is made. Rejects as the speech does. */
  async fill(speech: AsyncIterable<Speech>): Promise<void> {
    try {
      for await (const made of speech) {
        if (made.kind === 'words') this.#words.push(...made.words)
        else this.#cut(encodeMulaw(made.frame.pcm))
        this.#wake?.()
      }
    } catch (error) {
      this.#broke = true
      throw error
    } finally {
      if (this.#partial.length > 0) this.#cut(new Uint8Array(FRAME_BYTES - this.#partial.length).fill(MULAW_SILENCE))
      this.#made = true
      this.#wake?.()
    }
  }

  #cut(mulaw: Uint8Array): void {
    const bytes = this.#partial.length === 0 ? mulaw : Buffer.concat([this.#partial, mulaw])
    const whole = bytes.length - (bytes.length % FRAME_BYTES)
    for (let at = 0; at < whole; at += FRAME_BYTES) this.#frames.push(bytes.subarray(at, at + FRAME_BYTES))
    this.#partial = bytes.slice(whole)
  }

  /**
   * Sound is sent at this level from now on. What waits on the line at another level must be cleared and is sent again:
   * gives the moment from which on it would have been heard, or nothing where nothing waits.
   */
  turnTo(level: VoiceLevel): number | undefined {
    if (level === this.#level) return undefined
    const wasHeld = this.#level === 'held'
    this.#level = level
    this.#wake?.()
    const played = wasHeld ? this.#lastWordFrame() : this.#playedFrames()
    if (played >= this.#sent || (wasHeld && this.#sentAll())) return undefined
    if (wasHeld) this.#heardFloorMs = this.#heardMs()
    // What a mark told of is said again: it is ahead of us now.
    this.#markedFrames = Math.min(this.#markedFrames, played)
    this.#sent = played
    this.#pacedFrom = played + LEAD_MS / FRAME_MS
    this.#paced = false
    this.#marks.length = 0
    // The next mark is due at once where all had been sent, else in its time.
    this.#markSentFrames = played - 1
    return wasHeld ? undefined : this.#zeroMs + played * FRAME_MS + (this.#lagMs ?? 0)
  }

  /** Frames that will have been played when a message sent now arrives: it takes as long as the sound did. */
  #playedFrames(): number {
    const sinceStartMs = this.#clock.now() - this.#zeroMs
    const unmarked = this.#marks[0]
    const reckoned = Math.min(this.#sent, Math.ceil(sinceStartMs / FRAME_MS))
    const allowedMs = (this.#lagMs ?? UNKNOWN_LAG_MS) + STALLED_MARK_MS
    const isStalled = unmarked !== undefined && this.#clock.now() - unmarked.dueMs > allowedMs
    return Math.max(this.#markedFrames, isStalled ? Math.min(unmarked.frames, reckoned) : reckoned)
  }

  /** Where the word began during or after which a held voice stopped. */
  #lastWordFrame(): number {
    const stoppedMs = this.#sent * FRAME_MS
    const startMs = this.#words.findLast(word => word.startMs < stoppedMs)?.startMs ?? stoppedMs
    return Math.min(this.#sent, Math.floor(startMs / FRAME_MS))
  }

  /** The frames whose time has come. After a gap in what is made, time starts anew: the line was silent meanwhile. */
  due(): readonly DueFrame[] {
    if (this.#level === 'held') return []
    const now = this.#clock.now()
    const isFirst = this.#sent === 0
    const ranDry = isFirst || now > this.#zeroMs + this.#sent * FRAME_MS
    // Dry with frames at hand: it was we who stalled.
    let stalledMs = ranDry && !isFirst && this.#paced ? now - this.#deadlineMs(this.#sent) : undefined
    if (ranDry && this.#sent < this.#frames.length) {
      this.#zeroMs = now - this.#sent * FRAME_MS
      this.#pacedFrom = this.#sent + LEAD_MS / FRAME_MS
    }
    const due: DueFrame[] = []
    for (let bytes = this.#frames[this.#sent]; bytes; bytes = this.#frames[this.#sent]) {
      const deadlineMs = this.#deadlineMs(this.#sent)
      if (deadlineMs - EARLY_MS > now) break
      // What could not be sent in time because it was not made in time is not late, but new.
      const lateMs = stalledMs ?? (this.#sent >= this.#pacedFrom && this.#paced ? now - deadlineMs : undefined)
      stalledMs = undefined
      due.push({
        bytes: this.#level === 'ducked' ? duck(bytes) : bytes,
        lateMs,
        playsAtMs: deadlineMs + LEAD_MS + (this.#lagMs ?? 0),
      })
      this.#sent++
    }
    return due
  }

  /** How many frames the mark that is due now speaks for, if one is. */
  markDue(): number | undefined {
    const isDue =
      this.#sent - this.#markSentFrames >= MARK_FRAMES || (this.#sentAll() && this.#sent > this.#markSentFrames)
    if (!isDue) return undefined
    this.#markSentFrames = this.#sent
    this.#marks.push({ frames: this.#sent, dueMs: this.#zeroMs + this.#sent * FRAME_MS })
    return this.#sent
  }

  #deadlineMs(frame: number): number {
    return this.#zeroMs + frame * FRAME_MS - LEAD_MS
  }

  marked(frames: number, atMs: number): void {
    const index = this.#marks.findIndex(mark => mark.frames === frames)
    const mark = this.#marks.splice(0, index + 1).at(-1)
    if (!mark) return
    this.#markedFrames = frames
    this.#markedAtMs = atMs
    // The least of them is the way there and back; more than that was only late.
    const lagMs = Math.max(0, atMs - mark.dueMs)
    this.#lagMs = Math.min(this.#lagMs ?? lagMs, lagMs)
    this.#wake?.()
  }

  sentAnything(): boolean {
    return this.#sent > 0
  }

  #sentAll(): boolean {
    return this.#made && this.#sent === this.#frames.length
  }

  #heardAll(): boolean {
    return this.#sentAll() && this.#markedFrames === this.#sent
  }

  /** All was heard, or the last mark is long overdue. */
  isOver(): boolean {
    if (!this.#sentAll()) return false
    const overdueMs = this.#clock.now() - (this.#zeroMs + this.#sent * FRAME_MS)
    return this.#heardAll() || overdueMs > MARK_GRACE_MS
  }

  wantsReport(): boolean {
    return this.#sent > 0 && this.#clock.now() - this.#reportedAtMs >= REPORT_MS
  }

  report(): Heard {
    this.#reportedAtMs = this.#clock.now()
    const heardMs = this.#heardMs()
    const all = this.#heardAll() && !this.#broke
    const heard = this.#words.filter(word => all || word.endMs <= heardMs)
    return { heard: heard.map(word => word.text).join(' '), heardMs }
  }

  /** By the last mark and the time since, but never past a mark that has not come back, nor past what was sent. */
  #heardMs(): number {
    if (this.#sent === 0) return 0
    const now = this.#clock.now()
    const markedMs = this.#markedFrames * FRAME_MS
    const sinceMarkMs = this.#markedFrames > 0 ? markedMs + now - this.#markedAtMs : Number.POSITIVE_INFINITY
    const boundMs = (this.#marks[0]?.frames ?? this.#sent) * FRAME_MS
    // The line may have been silent since the mark: what came after a gap sounds by the new time alone.
    return Math.max(this.#heardFloorMs, markedMs, Math.min(sinceMarkMs, now - this.#zeroMs, boundMs))
  }

  /** Until the next frame is due, or something comes. */
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
    }
  }
}
