/** A word and the time at which its sound ends, by the virtual clock. */
export interface SpokenWord {
  readonly text: string
  readonly endMs: number
}

/** One sound from the caller's side: speech with its words, or a noise without words. */
export interface Sound {
  readonly kind: 'speech' | 'noise'
  readonly fromMs: number
  readonly toMs: number
  readonly words: readonly SpokenWord[]
}

/** The content of one piece of the caller's media. `voiced` counts from the start of the piece. */
export interface Piece {
  readonly fromMs: number
  readonly voiced: { readonly firstMs: number; readonly lastMs: number } | undefined
  readonly words: readonly SpokenWord[]
  /** It is the agent's own sound. */
  readonly isEcho: boolean
}

/** The caller's sounds, one after the other. */
export class CallerSpeech {
  readonly sounds: Sound[] = []

  /** The end of the last sound. */
  get silentFromMs(): number {
    return this.sounds.at(-1)?.toMs ?? 0
  }

  /** Adds speech with these words, after any earlier sound has ended. */
  say(text: string, atMs: number, msPerLetter: number): void {
    const fromMs = Math.max(atMs, this.silentFromMs)
    let endMs = fromMs
    const words = text.split(' ').map(word => {
      endMs += Math.round((word.length + 1) * msPerLetter)
      return { text: word, endMs }
    })
    this.sounds.push({ kind: 'speech', fromMs, toMs: endMs, words })
  }

  /** Adds a noise, such as a cough or a door, after any earlier sound has ended. */
  noise(lengthMs: number, atMs: number): void {
    const fromMs = Math.max(atMs, this.silentFromMs)
    this.sounds.push({ kind: 'noise', fromMs, toMs: fromMs + lengthMs, words: [] })
  }

  /** The part of the sounds between these times. */
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
    return { fromMs, voiced, words, isEcho: false }
  }
}
