import type { Chance } from './chance.ts'

/** One direction of a socket, which delivers messages late but in order. */
export interface NetTraits {
  readonly delayMs: number
  readonly jitterMs: number
  /** The probability that a message stalls, and all later ones with it, for `mostStallMs` at most. */
  readonly stalls: number
  readonly mostStallMs: number
}

/** A random network: most are good, some are bad. */
export function anyNetwork(chance: Chance): NetTraits {
  const isBad = chance.happens(0.25)
  return {
    delayMs: chance.between(5, isBad ? 250 : 80),
    jitterMs: chance.between(0, isBad ? 60 : 10),
    stalls: chance.happens(0.3) ? 0.002 : 0,
    mostStallMs: isBad ? 1_500 : 300,
  }
}

/** One direction of one socket: maps the time of sending to the time of arrival. */
export function pipe(net: NetTraits, chance: Chance): { arrival(sentMs: number): number; stalledMs: number } {
  let lastMs = 0
  return {
    /** The longest stall so far. */
    stalledMs: 0,
    arrival(sentMs) {
      const stallMs = net.stalls > 0 && chance.happens(net.stalls) ? chance.between(50, net.mostStallMs) : 0
      this.stalledMs = Math.max(this.stalledMs, stallMs)
      lastMs = Math.max(lastMs, sentMs + net.delayMs + chance.between(0, net.jitterMs) + stallMs)
      return lastMs
    },
  }
}
