/** Ways to say words. The names are those that Cartesia has for emotions. */
export const MANNERS = [
  ...(['neutral', 'calm', 'happy', 'excited', 'curious'] as const),
  ...(['sympathetic', 'apologetic', 'confident', 'sad'] as const),
] as const
/** One of them. */
export type Manner = (typeof MANNERS)[number]

/**
 * How words are to be said; a voice leaves out what it cannot do. `manner` may be known only when the first of the words are
 * there, so a voice reads it then.
 */
export interface Delivery {
  /** Of the voice's own speed, which is 1; between SLOWEST and FASTEST. */
  readonly speed?: number | undefined
  readonly manner?: Manner | undefined
}

/** What of a delivery a voice can do. */
export type Delivers = 'speed' | 'manner'

export const SLOWEST = 0.7
export const FASTEST = 1.4

/** The nearest speed that a voice may be asked for, in hundredths. */
export const possibleSpeed = (speed: number): number =>
  Math.round(Math.min(FASTEST, Math.max(SLOWEST, speed)) * 100) / 100
