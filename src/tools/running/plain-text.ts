/** Marks that the end is missing. */
const CUT = '(The rest was cut.)'
/** The rest is not processed: texts from servers may be megabytes long. */
const MOST_READ = 20_000

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu
// These read text in which all whitespace is single spaces: a run of spaces could be divided in many ways.
const BRACKETED_ROLE = /\[ ?\/? ?(?:inst|sys|system|user|assistant) ?\]/gi
const ROLE = /\b(system|developer|assistant|user|human|tool|function|ai|agent|caller)( \w+)? ?:/gi
const RESULT = /\b(result of [\w-]+) ?:/gi

/**
 * A server's text as one line of plain words: no control or invisible characters, no markup, and nothing that looks as if
 * another speaker began ("system:", "[INST]").
 */
export function plainText(text: string): string {
  return text
    .slice(0, MOST_READ)
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(/[<>|`*~#]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(BRACKETED_ROLE, ' ')
    .replace(RESULT, '$1,')
    .replace(ROLE, '$1$2,')
    .replace(/\s+/g, ' ')
    .trim()
}

/** At most `most` characters: cut after a sentence if one ends late enough, otherwise after a word, and marked as cut. */
export function cutToSize(text: string, most: number): string {
  if (text.length <= most) return text
  const room = text.slice(0, most - CUT.length - 1)
  const sentence = room.match(/^.*[.?!](?=\s)/s)?.[0] ?? ''
  const word = room.replace(/\s+\S*$/, '')
  const start = sentence.length > room.length / 2 ? sentence : word
  return `${start.toWellFormed()} ${CUT}`
}

/** A text for the log: one line of at most `most` characters. */
export function logText(text: string, most = 300): string {
  return text
    .slice(0, most)
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}
