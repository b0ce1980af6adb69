/** What the person chose on this machine. */
export interface Chosen {
  /** A device's id, or empty for the browser's own choice. */
  readonly microphone: string
  /** From 0 to 1. */
  readonly volume: number
  /** The number that rings. */
  readonly number: string
  readonly isWithheld: boolean
}

const KEY = 'partyline.softphone'
export const DEFAULTS: Chosen = { microphone: '', volume: 0.8, number: '+15550100042', isWithheld: false }
const NUMBER = /^\+[1-9]\d{6,14}$/

/** Reads what was chosen; what is missing or not ours is as at the start. */
export function chosenFrom(text: string | null): Chosen {
  try {
    const read = JSON.parse(text ?? 'null') as Partial<Chosen> | null
    const { microphone, volume, number, isWithheld } = read ?? {}
    return {
      microphone: typeof microphone === 'string' ? microphone : DEFAULTS.microphone,
      volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : DEFAULTS.volume,
      number: typeof number === 'string' && NUMBER.test(number) ? number : DEFAULTS.number,
      isWithheld: isWithheld === true,
    }
  } catch {
    return DEFAULTS
  }
}

/** The number as the carrier takes it, of what was typed; undefined if it is none. */
export function numberIn(typed: string): string | undefined {
  const dialled = typed.replace(/[\s().\-/]/g, '').replace(/^00/, '+')
  return NUMBER.test(dialled) ? dialled : undefined
}

/** A browser may forbid storage: then each page begins anew. */
export const stored = {
  read(): Chosen {
    try {
      return chosenFrom(localStorage.getItem(KEY))
    } catch {
      return DEFAULTS
    }
  },
  write(chosen: Chosen): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(chosen))
    } catch {
      // It holds until the page is closed.
    }
  },
}
