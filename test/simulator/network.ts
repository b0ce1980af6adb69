import type { Chance } from './chance.ts'

/** One direction of a socket: what is sent arrives later, and in order. */
export interface NetTraits {
  readonly delayMs: number
  readonly jitterMs: number
  /** How likely a message is held up, with all that follow it, for so long at most. */
  readonly stalls: number
  readonly mostStallMs: number
}

/** A net of some quality: most are good, some are bad. */
export function anyNet(chance: Chance): NetTraits {
  const isBad = chance.happens(0.25)
  return {
    delayMs: chance.between(5, isBad ? 250 : 80),
    jitterMs: chance.between(0, isBad ? 60 : 10),
    stalls: chance.happens(0.3) ? 0.002 : 0,
    mostStallMs: isBad ? 1_500 : 300,
  }
}

/** One direction of one socket: from when a message is sent to when it arrives. */
export function pipe(net: NetTraits, chance: Chance): { arrival(sentMs: number): number; stalledMs: number } {
  let lastMs = 0
  return {
    /** The worst hold-up so far. */
    stalledMs: 0,
    arrival(sentMs) {
      const stallMs = net.stalls > 0 && chance.happens(net.stalls) ? chance.between(50, net.mostStallMs) : 0
      this.stalledMs = Math.max(this.stalledMs, stallMs)
      lastMs = Math.max(lastMs, sentMs + net.delayMs + chance.between(0, net.jitterMs) + stallMs)
      return lastMs
    },
  }
}
