/** What the model is told of one direction of a line. */
export interface LineImpairments {
  /** Packets, or time, that never came: 0 to 100. */
  readonly lossPercent: number
  /** How much longer the losses last than losses by chance would (1): G.107's BurstR. */
  readonly burstRatio: number
  /** From mouth to ear, one way, with the buffer against jitter. */
  readonly delayMs: number
  /** How well losses are borne: G.113's Bpl of the codec and its concealment. */
  readonly robustness: number
}

/** Bpl of G.711 where a lost packet is silence, and where it is concealed (ITU-T G.113, appendix I). */
export const UNCONCEALED = 4.3
export const CONCEALED = 25.1

/** R of a line with nothing wrong: all other factors of G.107 at their default values. */
const BEST_R = 93.2
/** The codec's own impairment (Ie) is 0 for G.711. */
const MOST_LOSS_IMPAIRMENT = 95
const UNNOTICED_DELAY_MS = 100

/**
 * The transmission rating of ITU-T G.107 (06/2015), from 0 to 93.2, reduced to what a server knows of a line:
 * R = 93.2 − Idd − Ie,eff. Ie,eff is the loss by section 7.5, Idd the delay without echo by section 7.4.
 *
 * Its limits: G.107 is made to plan networks, not to judge a call. It knows narrow-band telephony; a browser's Opus is
 * rated as if it were G.711 with concealment, so the best is 93.2 although it sounds better. Loudness, noise, echo and the
 * caller's own network behind the carrier are taken for perfect, as nobody tells them here. The agent's thinking is no
 * delay of the line.
 */
export function ratingOf({ lossPercent, burstRatio, delayMs, robustness }: LineImpairments): number {
  const loss = (MOST_LOSS_IMPAIRMENT * lossPercent) / (lossPercent / burstRatio + robustness)
  return Math.max(0, BEST_R - (lossPercent > 0 ? loss : 0) - delayImpairment(delayMs))
}

function delayImpairment(delayMs: number): number {
  if (delayMs <= UNNOTICED_DELAY_MS) return 0
  const x = Math.log2(delayMs / UNNOTICED_DELAY_MS)
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
}

/** The mean opinion that people would have of a line of this rating, from 1 to 4.5 (ITU-T G.107, annex B). */
export function mosOf(rating: number): number {
  if (rating <= 0) return 1
  if (rating >= 100) return 4.5
  // Below a rating of 6.5 the polynomial falls under the worst opinion there is.
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
}
