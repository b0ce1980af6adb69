import { bareText, begins, settled, type Utterance, withoutBeginning, wordsOf } from './utterance.ts'

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

/** After a final transcript no words are late any more, but those after the ones that it tells. */
export function afterFinal(answered: Answered, text: string): Answered {
  const bare = bareText(text)
  return { ...answered, late: begins(answered.late, bare) ? withoutBeginning(answered.late, bare) : '' }
}

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
  return begins(bare, late) ? withoutBeginning(text, late) : text
}
