/** A word, and when its sound ends, by the world's clock. */
export interface SpokenWord {
  readonly text: string
  readonly endMs: number
}

/** One stretch of sound from the caller's side: speech with its words, a noise without. */
export interface Sound {
  readonly kind: 'speech' | 'noise'
  readonly fromMs: number
  readonly toMs: number
  readonly words: readonly SpokenWord[]
}

/** What came over in one piece of the caller's media. Times count from the start of the piece. */
export interface Piece {
  readonly fromMs: number
  readonly voiced: { readonly firstMs: number; readonly lastMs: number } | undefined
  readonly words: readonly SpokenWord[]
}

/** What the caller utters, one sound after the other. */
export class CallerSpeech {
  readonly sounds: Sound[] = []

  /** The moment from which on he is silent. */
  get silentFromMs(): number {
    return this.sounds.at(-1)?.toMs ?? 0
  }

  /** Says these words at this pace; what is being uttered already is said to its end first. */
  say(text: string, atMs: number, msPerLetter: number): void {
    const fromMs = Math.max(atMs, this.silentFromMs)
    let endMs = fromMs
    const words = text.split(' ').map(word => {
      endMs += Math.round((word.length + 1) * msPerLetter)
      return { text: word, endMs }
    })
    this.sounds.push({ kind: 'speech', fromMs, toMs: endMs, words })
  }

  /** Coughs, hums, slams a door. */
  noise(lengthMs: number, atMs: number): void {
    const fromMs = Math.max(atMs, this.silentFromMs)
    this.sounds.push({ kind: 'noise', fromMs, toMs: fromMs + lengthMs, words: [] })
  }

  /** What of it falls into this time. */
  piece(fromMs: number, toMs: number): Piece {
    let voiced: Piece['voiced']
    const words: SpokenWord[] = []
    for (let at = this.sounds.length - 1; at >= 0; at--) {
      const sound = this.sounds[at]
      if (!sound || sound.toMs <= fromMs) break
      if (sound.fromMs >= toMs) continue
      const firstMs = Math.max(sound.fromMs, fromMs) - fromMs
      const lastMs = Math.max(voiced?.lastMs ?? 0, Math.min(sound.toMs, toMs) - fromMs)
      voiced = { firstMs, lastMs }
      words.unshift(...sound.words.filter(word => word.endMs > fromMs && word.endMs <= toMs))
    }
    return { fromMs, voiced, words }
  }
}
