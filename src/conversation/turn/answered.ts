import { bareText, settled, type Utterance, wordsOf } from './utterance.ts'

/** A turn of the caller that is being answered, or was: a transcript of it that comes late is not another turn. */
export interface Answered {
  readonly atMs: number
  /** All its words, bare. */
  readonly words: string
  /** Those of its end that were never made final, bare. */
  readonly late: string
}

/** An end that was taken early may be made final so much later (Flux: `eot_timeout_ms`). */
const LATE_MS = 5_000
/** A transcript that comes twice comes again as soon as this. */
const TWICE_MS = 1_500

export const answering = (utterance: Utterance, atMs: number): Answered => ({
  atMs,
  words: bareText(wordsOf(utterance)),
  late: bareText(settled(utterance).late),
})

/** A final has come: nothing is late any more. */
export const allFinal = (answered: Answered): Answered => ({ ...answered, late: '' })

/** Are these words nothing but a late transcript of that turn, or one that has come before? */
export function isAnswered(text: string, { atMs, words, late }: Answered, nowMs: number): boolean {
  const bare = bareText(text)
  const isLate = nowMs <= atMs + LATE_MS && begins(late, bare)
  return bare !== '' && (isLate || (nowMs <= atMs + TWICE_MS && ` ${words}`.endsWith(` ${bare}`)))
}

/** The words without those of that turn with which they begin. */
export function unanswered(text: string, { atMs, late }: Answered, nowMs: number): string {
  const bare = bareText(text)
  if (late === '' || nowMs > atMs + LATE_MS) return text
  if (begins(late, bare)) return ''
  if (!begins(bare, late)) return text
  const words = text.trim().split(/\s+/)
  let covered = ''
  let at = 0
  while (at < words.length && bareText(covered).length < late.length) covered += ` ${words[at++]}`
  return words.slice(at).join(' ')
}

const begins = (text: string, beginning: string): boolean => beginning !== '' && `${text} `.startsWith(`${beginning} `)
