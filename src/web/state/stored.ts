/** What the person chose on this machine. */
export interface Options {
  readonly isPushToTalk: boolean
  /** Whether screen readers read captions out. */
  readonly isAnnounced: boolean
}

const KEY = 'partyline.options'
const DEFAULTS: Options = { isPushToTalk: false, isAnnounced: true }

/** Reads options; what is missing or not ours is as at the start. */
export function optionsFrom(text: string | null): Options {
  try {
    const read = JSON.parse(text ?? 'null') as Partial<Options> | null
    return {
      isPushToTalk: read?.isPushToTalk === true,
      isAnnounced: read?.isAnnounced !== false,
    }
  } catch {
    return DEFAULTS
  }
}

/** A browser may forbid storage: then each page begins anew. */
export const stored = {
  read(): Options {
    try {
      return optionsFrom(localStorage.getItem(KEY))
    } catch {
      return DEFAULTS
    }
  },
  write(options: Options): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(options))
    } catch {
      // It holds until the page is closed.
    }
  },
}
