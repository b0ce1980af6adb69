import type { Transcript } from '../../conversation/ports.ts'
import type { Turn } from './messages.ts'

/** After the end of a turn was asked for, its words come within this time, or the service is dead. */
const END_WITHIN_MS = 4_000
/** A word's end may be dated so much too late. */
const DATED_WITHIN_MS = 100

/** Reads the service's turns: each holds all of its words so far, and its end makes them final. */
export class Turns {
  /** The last turn that is final. */
  #ended = -1
  /** The turn whose end was asked for, and where in the sound that was, in ms of what was sent. */
  #forced = { turn: -1, atMs: 0, hadWords: false }
  #reported = ''
  #owedSinceMs: number | undefined

  /** The end of the turn is asked for, after so much sound was sent. */
  force(nowMs: number, sentMs: number): void {
    const hadWords = this.#reported !== ''
    this.#forced = { turn: this.#ended + 1, atMs: sentMs, hadWords }
    if (hadWords) this.#owedSinceMs ??= nowMs
  }

  /** Undefined for what was told before. `givenMs` tells a time in the sound that the session was given. */
  transcriptOf(turn: Turn, givenMs: (sentMs: number) => number): Transcript | undefined {
    // A turn may come a second time, formatted: its words are final already.
    if (turn.turn_order <= this.#ended) return undefined
    const endMs = turn.words.at(-1)?.end
    const until = endMs === undefined ? {} : { untilMs: Math.round(givenMs(endMs)) }
    if (turn.end_of_turn) return { ...this.#end(turn), ...until }
    const text = turn.words.length > 0 ? turn.words.map(word => word.text).join(' ') : turn.transcript
    if (text === '' || text === this.#reported) return undefined
    this.#reported = text
    return { text, final: false, ended: false, ...until }
  }

  /** Why the service must be dead, if it must. */
  overdue(nowMs: number): string | undefined {
    const isOwed = this.#owedSinceMs !== undefined && nowMs - this.#owedSinceMs > END_WITHIN_MS
    return isOwed ? `no end of the turn ${END_WITHIN_MS} ms after it was asked for` : undefined
  }

  #end(turn: Turn): Transcript {
    const { turn_order, transcript: text, end_of_turn_confidence: confidence } = turn
    const isForced = this.#wasForced(turn)
    this.#ended = turn_order
    this.#reported = ''
    this.#owedSinceMs = undefined
    // The likelihood of a turn that was cut off is that of a moment ago, before the silence.
    if (isForced || confidence === undefined) return { text, final: true, ended: !isForced }
    return { text, final: true, ended: true, endOfTurn: Math.round(confidence * 20) / 20 }
  }

  /** Where nothing was said before, no turn was ended: the next one begins later, and ends by itself. */
  #wasForced({ turn_order, words }: Turn): boolean {
    const { turn, atMs, hadWords } = this.#forced
    if (turn_order > turn) return false
    const endMs = words.at(-1)?.end
    return hadWords || (endMs !== undefined && endMs <= atMs + DATED_WITHIN_MS)
  }
}
