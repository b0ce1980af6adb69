import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One symptom, in the caller's own words. */
export interface Symptom {
  readonly what: string
  readonly since: string
  /** 1 to 10. */
  readonly severity: number
}

/** What is noted in one call. */
export interface Intake {
  consent: boolean
  readonly symptoms: Symptom[]
}

/** Calls that are held at once; the oldest is forgotten beyond that. */
const MOST_CALLS = 1_000

/** The intakes of calls that go on, and a folder for those that are finished. */
export function openIntakes(folder: string) {
  const intakes = new Map<string, Intake>()
  return {
    of(callId: string): Intake {
      const known = intakes.get(callId)
      if (known) return known
      const oldest = intakes.keys().next()
      if (intakes.size >= MOST_CALLS && !oldest.done) intakes.delete(oldest.value)
      const intake: Intake = { consent: false, symptoms: [] }
      intakes.set(callId, intake)
      return intake
    },
    forget: (callId: string): void => void intakes.delete(callId),
    /** Writes it where the nurses' own software finds it, for nobody else to read. */
    async finish(callId: string, callBack: string): Promise<void> {
      const { symptoms } = this.of(callId)
      const name = callId.replace(/[^A-Za-z0-9-]/g, '_')
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const text = `${JSON.stringify({ callId, callBack, symptoms }, null, 2)}\n`
      await writeFile(join(folder, `${name}.json`), text, { mode: 0o600 })
      intakes.delete(callId)
    },
  }
}

/**
 * Words with which a person must take the call at once, whatever a model thinks of them. Rather one too many: a nurse who is
 * asked for nothing loses a minute.
 */
const RED_FLAGS: readonly RegExp[] = [
  /\b(?:chest|heart)\b.*\b(?:pain|pains|hurts?|ache|aches|pressure|tight\w*)\b|\b(?:pain|pressure|tight\w*)\b.*\bchest\b/i,
  /\b(?:can(?:no|')?t|cannot|hard to|trouble|struggl\w+|short(?:ness)? of)\b.*\bbreath\w*\b/i,
  /\b(?:face|arm|leg|speech|mouth)\b.*\b(?:droop\w*|numb|weak|slurr\w*|paraly\w*)\b|\bslurr\w+ speech\b|\bstroke\b/i,
  /\b(?:unconscious|passed out|faint(?:ed|ing)|seizure|not responding|won't wake)\b/i,
  /\b(?:bleeding)\b.*\b(?:heavy|heavily|a lot|badly|won't stop|doesn't stop)\b|\b(?:heavy|severe) bleeding\b|\b(?:cough|vomit|throw)\w*\b.*\bblood\b/i,
  /\b(?:kill(?:ing)? myself|suicid\w*|end my life|hurt(?:ing)? myself|don't want to live)\b/i,
  /\b(?:worst headache)\b|\b(?:stiff neck)\b.*\bfever\b|\bfever\b.*\bstiff neck\b/i,
  /\b(?:swollen|swelling)\b.*\b(?:throat|tongue|lips?)\b|\b(?:throat|tongue)\b.*\b(?:swollen|swelling|closing)\b|\banaphyla\w*\b/i,
  /\boverdos\w*\b|\b(?:too many|whole (?:box|bottle) of) (?:pills|tablets)\b/i,
]

export const isRedFlag = (words: string): boolean => RED_FLAGS.some(flag => flag.test(words))
/** From here on it is one, whatever it is. */
export const RED_FLAG_SEVERITY = 9
