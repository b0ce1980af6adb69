/** What the agent is told of what is played. */
export interface PlaybackReports {
  started(): void
  finished(playedMs: number, isInterrupted: boolean): void
}

/** One stream of the agent's voice. */
interface Piece {
  readonly stream: string
  sound: Int16Array[]
  taken: number
  hasEnded: boolean
}

/** Half a minute that nobody has played yet; what comes beyond it is left out. */
const MOST_SECONDS = 30
/** Streams that wait. */
const MOST_PIECES = 20

/** The agent's voice on its way through a worker: streams, one after the other, each told of when it begins and is over. */
export class FacePlayback {
  readonly #rateHz: number
  readonly #reports: PlaybackReports
  #pieces: Piece[] = []

  constructor(rateHz: number, reports: PlaybackReports) {
    this.#rateHz = rateHz
    this.#reports = reports
  }

  begin(stream: string): void {
    // The end of the one before may have been lost: nothing more comes of it.
    for (const piece of this.#pieces) piece.hasEnded = true
    if (this.#pieces.length < MOST_PIECES) this.#pieces.push({ stream, sound: [], taken: 0, hasEnded: false })
  }

  /** Sound of a stream; of one that was cleared nothing is played. */
  add(stream: string, pcm: Int16Array): void {
    const waiting = this.#pieces.reduce((sum, piece) => sum + samplesIn(piece), 0)
    if (waiting > MOST_SECONDS * this.#rateHz) return
    this.#pieces.find(piece => piece.stream === stream)?.sound.push(pcm)
  }

  end(stream: string): void {
    for (const piece of this.#pieces) if (piece.stream === stream) piece.hasEnded = true
  }

  /** Nothing of what has come is played any more. `unplayedMs` of what was taken is not either. */
  clear(unplayedMs: number): void {
    const [piece] = this.#pieces
    this.#pieces = []
    if (piece) this.#reports.finished(Math.max(0, this.#ms(piece) - unplayedMs), true)
  }

  #ms({ taken }: Piece): number {
    return (taken / this.#rateHz) * 1_000
  }

  /** Is there so much to play, or all of a stream? */
  canBegin(samples: number): boolean {
    const [piece] = this.#pieces
    return piece !== undefined && (piece.hasEnded || samplesIn(piece) >= samples)
  }

  /** The next sound, of this many samples: with silence where there is too little, and undefined where there is none. */
  take(samples: number): Int16Array | undefined {
    const pcm = new Int16Array(samples)
    let at = 0
    for (let piece = this.#pieces[0]; piece; piece = this.#pieces[0]) {
      at = this.#from(piece, pcm, at)
      if (piece.sound.length > 0 || !piece.hasEnded) break
      this.#pieces.shift()
      this.#reports.finished(this.#ms(piece), false)
    }
    return at > 0 ? pcm : undefined
  }

  #from(piece: Piece, pcm: Int16Array, from: number): number {
    let at = from
    while (at < pcm.length) {
      const next = piece.sound.shift()
      if (!next) break
      if (piece.taken === 0 && next.length > 0) this.#reports.started()
      const part = next.subarray(0, pcm.length - at)
      pcm.set(part, at)
      at += part.length
      piece.taken += part.length
      if (part.length < next.length) piece.sound.unshift(next.subarray(part.length))
    }
    return at
  }
}

const samplesIn = ({ sound }: Piece): number => sound.reduce((sum, { length }) => sum + length, 0)
