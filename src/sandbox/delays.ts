/** A delay by its measured distribution: the median and the 95th percentile. */
export interface Delay {
  readonly medianMs: number
  readonly p95Ms: number
}

/** The delays of the vendors. */
export interface DelayProfile {
  /** Transcription: from the end of the last word to the interim that holds it. */
  readonly interim: Delay
  /** The final's delay after the end of the last word or, with `after: 'silence'`, after `silenceMs` or a Finalize. */
  readonly final: Delay & ({ readonly after: 'last-word' } | { readonly after: 'silence'; readonly silenceMs: number })
  /** The language model. */
  readonly firstToken: Delay
  readonly tokensPerSecond: number
  /** Speech: from the text to its first sound. */
  readonly firstSound: Delay
}

/** How quickly stand-ins answer: as no vendor does, as vendors do, as another product was measured, or as on this machine. */
export type ProfileName = 'fast' | 'typical' | 'peer' | 'local'

const interim: Delay = { medianMs: 120, p95Ms: 180 }
const final = { medianMs: 247, p95Ms: 298, after: 'last-word' } as const

/**
 * `fast`: the best published figures of each vendor. `typical`: a language model and a voice at their usual speed.
 * `peer`: the constant delays with which another system's figures were measured, so that ours can be compared.
 * `local`: none but those of this machine, as where no vendor takes part.
 */
export const profiles: Readonly<Record<ProfileName, DelayProfile>> = {
  fast: {
    interim,
    final,
    firstToken: { medianMs: 98, p95Ms: 217 },
    tokensPerSecond: 200,
    firstSound: { medianMs: 75, p95Ms: 120 },
  },
  typical: {
    interim,
    final,
    firstToken: { medianMs: 637, p95Ms: 1615 },
    tokensPerSecond: 80,
    firstSound: { medianMs: 100, p95Ms: 250 },
  },
  peer: {
    interim: steady(90),
    final: { ...steady(90), after: 'silence', silenceMs: 300 },
    firstToken: steady(300),
    tokensPerSecond: 60,
    firstSound: steady(60),
  },
  local: {
    interim: steady(0),
    final: { ...steady(0), after: 'last-word' },
    firstToken: steady(0),
    tokensPerSecond: 1_000,
    firstSound: steady(0),
  },
}

/** Whether there are delays of this name. */
export function isProfileName(text: string): text is ProfileName {
  return Object.hasOwn(profiles, text)
}

/** The standard score of the 95th percentile. */
const SCORE_P95 = 1.6449

/** Draws one delay in ms, log-normal with that median and 95th percentile; `chance` gives seeded numbers in [0, 1). */
export function drawMs({ medianMs, p95Ms }: Delay, chance: () => number): number {
  if (medianMs <= 0) return 0
  const spread = Math.log(p95Ms / medianMs) / SCORE_P95
  return medianMs * Math.exp(spread * normal(chance))
}

function steady(ms: number): Delay {
  return { medianMs: ms, p95Ms: ms }
}

/** A standard normal number (Box and Muller). */
function normal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}
