const FRAME_MS = 20
/** Marks come a few ms late by chance. The recording is not moved for so little. */
const NEGLIGIBLE_MS = 2
/** A line that runs dry loses a frame at least. Less is in how marks are dated. */
const DRY_MS = 15
/** A recording can be changed for two seconds. Sound that is later than this is placed no later. */
const MOST_LAG_MS = 1_500
/** More than can have begun in two seconds. */
const MOST_PIECES = 16

/** What was to play from this time of the clock on plays `byMs` later; earlier where it is negative. */
export interface Move {
  readonly fromMs: number
  readonly byMs: number
}

/** Frames that play one after another. `run`: they were sent one after another, too. */
interface Piece {
  readonly run: number
  readonly fromFrame: number
  /** When frame 0 would play without any lag. */
  readonly zeroMs: number
  lagMs: number
  isMarked: boolean
}

/**
 * When each frame of one speech plays. The carrier begins a run of frames with its next slot, and may fall behind: until
 * the first mark of a run returns, its lag is assumed; each mark then corrects it.
 */
export function placement() {
  let pieces: Piece[] = []
  let run = 0
  const playsAt = (piece: Piece, frame: number): number => piece.zeroMs + frame * FRAME_MS + piece.lagMs

  /** What follows the piece is moved with it, so that nothing overlaps: the carrier plays in order. */
  function moved(piece: Piece, lagMs: number): Move {
    const move = { fromMs: playsAt(piece, piece.fromFrame), byMs: lagMs - piece.lagMs }
    for (const one of pieces.slice(pieces.indexOf(piece))) one.lagMs += move.byMs
    return move
  }

  return {
    /** The run whose frames are being sent. */
    get run() {
      return run
    },
    /** A new run: `frame` is sent after silence, or again after a clear. */
    begin(frame: number, zeroMs: number, lagMs: number): void {
      run++
      const before = pieces.filter(({ fromFrame }) => fromFrame < frame)
      pieces = [...before, { run, fromFrame: frame, zeroMs, lagMs, isMarked: false }].slice(-MOST_PIECES)
    },
    /** The lag of the latest frames. */
    lagMs: () => pieces.at(-1)?.lagMs ?? 0,
    /** Of a frame of the latest run. */
    playsAtMs(frame: number): number {
      const last = pieces.at(-1)
      return last ? playsAt(last, frame) : 0
    },
    /**
     * A mark of `run` came back `lateMs` after its sound would have ended without any lag. `sinceFrame`: how much the mark
     * before it has confirmed. Returns what must be moved, in this order.
     */
    marked(ofRun: number, sinceFrame: number, lateMs: number): readonly Move[] {
      const lagMs = Math.min(MOST_LAG_MS, lateMs)
      const own = pieces.filter(piece => piece.run === ofRun)
      const last = own.at(-1)
      if (!last) return []
      if (!last.isMarked) {
        last.isMarked = true
        return Math.abs(lagMs - last.lagMs) > NEGLIGIBLE_MS ? [moved(last, lagMs)] : []
      }
      if (lagMs > last.lagMs + DRY_MS) {
        // The line ran dry on its way; or the mark alone is late, which the next one shows.
        const later = { ...last, fromFrame: Math.max(last.fromFrame, sinceFrame) }
        pieces.splice(pieces.indexOf(last) + 1, 0, later)
        pieces = pieces.slice(-MOST_PIECES)
        return [moved(later, lagMs)]
      }
      // A line catches up with nothing, so what was later than this cannot have been.
      return own.flatMap(piece => (piece.lagMs > lagMs + NEGLIGIBLE_MS ? [moved(piece, lagMs)] : []))
    },
  }
}
