import { bareText, settled, type Utterance, wordsOf } from './utterance.ts'

/** The caller's last turn. A late transcript of it must not become a turn of its own. */
export interface Answered {
  readonly atMs: number
  /** All its words, as bare text. */
  readonly words: string
  /** Its last words that were never made final, as bare text. */
  readonly late: string
}

/** The words of a turn that was ended early may become final so much later (Flux: `eot_timeout_ms`). */
const LATE_MS = 5_000
/** A repeated transcript comes within this time. */
const TWICE_MS = 1_500

export const answering = (utterance: Utterance, atMs: number): Answered => ({
  atMs,
  words: bareText(wordsOf(utterance)),
  late: bareText(settled(utterance).late),
})

/** After a final transcript no words are late any more. */
export const allFinal = (answered: Answered): Answered => ({ ...answered, late: '' })

/** Are these words only a late or repeated transcript of that turn? */
export function isAnswered(text: string, { atMs, words, late }: Answered, nowMs: number): boolean {
  const bare = bareText(text)
  const isLate = nowMs <= atMs + LATE_MS && begins(late, bare)
  return bare !== '' && (isLate || (nowMs <= atMs + TWICE_MS && ` ${words}`.endsWith(` ${bare}`)))
}

/** Is this the last form of that turn's words, or a longer one? */
export const isLastForm = (
  { atMs, late }: Answered,
  told: { readonly text: string; readonly final: boolean; readonly atMs: number },
): boolean => told.final && told.atMs <= atMs + LATE_MS && begins(bareText(told.text), late)

/** The words without those of that turn at their beginning. */
export function unanswered(text: string, { atMs, late }: Answered, nowMs: number): string {
  const bare = bareText(text)
  if (nowMs > atMs + LATE_MS) return text
  if (begins(late, bare)) return ''
  if (!begins(bare, late)) return text
  const words = text.trim().split(/\s+/)
  let covered = 0
  let at = 0
  // Bare words are joined by single spaces, so one more than the letters of all is their length.
  while (at < words.length && covered - 1 < late.length) {
    const letters = bareText(words[at++] ?? '').length
    if (letters > 0) covered += letters + 1
  }
  return words.slice(at).join(' ')
}

const begins = (text: string, beginning: string): boolean => beginning !== '' && `${text} `.startsWith(`${beginning} `)
