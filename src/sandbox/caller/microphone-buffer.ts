import { isVoicedMulaw } from '../ringing/mulaw-loudness.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'

/** Two frames, 40 ms, are kept before the first is played; after jitter up to eight. */
const LEAST_AHEAD = 2
const MOST_AHEAD = 8
/** After a stall of the sender more than 400 ms of sound are not made up for: the oldest is lost. */
const MOST_FRAMES = 20
/** Sound that comes again within 200 ms was late; after a longer time it was switched off. */
const LATE_SLOTS = 10
/** The depth of the buffer is judged over 2 s. */
const WINDOW_SLOTS = 100
/** Without a late frame for 30 s less is kept ahead. */
const CALM_WINDOWS = 15

/** How a microphone's frames came. */
export interface MicrophoneFigures {
  /** Slots in which a frame was due and none was there, or which were lost after a stall. */
  readonly missing: number
  /** Frames left out, and pauses made longer, against drift of the two clocks. */
  readonly leftOut: number
  readonly putIn: number
}

/** Sound of a microphone on its way into a call: in at the sender's pace, out at the line's, a frame of 20 ms a slot. */
export interface MicrophoneBuffer {
  /** Mu-law at 8 kHz, of any length. */
  push(mulaw: Uint8Array): void
  /** The frame of this slot; undefined when there is none. */
  take(): Uint8Array | undefined
  readonly figures: () => MicrophoneFigures
}

/**
 * Clocks of two machines, or of a sound card and a machine, drift: what is kept ahead grows or shrinks slowly. A frame is
 * left out or a pause made longer where the caller is silent, and within speech only when no silence comes for 2 s.
 */
export function openMicrophoneBuffer(): MicrophoneBuffer {
  const frames: Uint8Array[] = []
  let rest = new Uint8Array()
  let ahead = LEAST_AHEAD
  let isFlowing = false
  /** Slots since the first frame that waits to be played. */
  let waited = 0
  /** Slots since it ran dry, and how many of them had nothing at all; undefined while nothing has come yet. */
  let dry: { slots: number; empty: number } | undefined
  let slots = 0
  let least = Number.POSITIVE_INFINITY
  let calm = 0
  let wish: 'leave-out' | 'put-in' | undefined
  let isUrgent = false
  const figures = { missing: 0, leftOut: 0, putIn: 0 }

  function judgeDepth(): void {
    slots++
    least = Math.min(least, frames.length)
    if (slots < WINDOW_SLOTS) return
    if (++calm >= CALM_WINDOWS && ahead > LEAST_AHEAD) {
      ahead--
      calm = 0
    }
    const next = least >= ahead ? 'leave-out' : least === 0 ? 'put-in' : undefined
    isUrgent = next !== undefined && next === wish
    wish = next
    slots = 0
    least = Number.POSITIVE_INFINITY
  }

  const isTimeTo = (what: typeof wish): boolean =>
    wish === what && (isUrgent || (frames[0] !== undefined && !isVoicedMulaw(frames[0])))

  /** The frames of a sender that was late, or the first ones, are kept until there are enough of them. */
  function isToBePlayed(): boolean {
    if (isFlowing) return frames.length > 0
    if (frames.length === 0) return false
    return frames.length >= ahead || ++waited > ahead
  }

  function miss(): undefined {
    if (isFlowing) dry = { slots: 0, empty: 0 }
    if (isFlowing) waited = 0
    isFlowing = false
    wish = undefined
    if (!dry) return undefined
    dry.slots++
    if (frames.length === 0) dry.empty++
    return undefined
  }

  function flow(): void {
    isFlowing = true
    if (dry && dry.empty <= LATE_SLOTS) {
      figures.missing += dry.slots
      // Half of what was missing: a single stall is no habit.
      ahead = Math.min(MOST_AHEAD, ahead + Math.ceil(dry.empty / 2))
      calm = 0
    }
    dry = undefined
    slots = 0
    least = Number.POSITIVE_INFINITY
  }

  return {
    push(mulaw) {
      const all = rest.length === 0 ? mulaw : Buffer.concat([rest, mulaw])
      const whole = all.length - (all.length % SLOT_BYTES)
      for (let at = 0; at < whole; at += SLOT_BYTES) frames.push(all.slice(at, at + SLOT_BYTES))
      rest = all.slice(whole)
      const tooMany = frames.length - MOST_FRAMES
      if (tooMany <= 0) return
      figures.missing += tooMany
      frames.splice(0, tooMany)
    },
    take() {
      if (!isToBePlayed()) return miss()
      if (!isFlowing) flow()
      if (isTimeTo('put-in')) {
        wish = undefined
        figures.putIn++
        return frames[0]
      }
      if (isTimeTo('leave-out') && frames.length > 1) {
        if (isUrgent || frames.length - 1 <= ahead) wish = undefined
        figures.leftOut++
        frames.shift()
      }
      const frame = frames.shift()
      judgeDepth()
      return frame
    },
    figures: () => ({ ...figures }),
  }
}
