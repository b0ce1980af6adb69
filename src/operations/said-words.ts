import type { JournalLine } from '../conversation/lines.ts'

const MOST_WORDS = 5_000
const WORD = /[\p{L}\p{N}]{4,}/gu
const ANY_WORD = /[\p{L}\p{N}]{2,}/gu
/** Numbers are told word by word, in the agents' languages; these are too short to be noticed otherwise. */
const SHORT_NUMBERS = new Set(['oh', 'one', 'two', 'six', 'ten', 'ein', 'elf', 'uno', 'una', 'dos', 'mil'])
/** Words of error messages that are also said. They tell nothing of a caller. */
const HARMLESS = new Set(
  `again already answer back bearer before broke came connection could does exist failed first found from given have
  header incorrect invalid limit long longer made message model must name nothing number open over please rate reached
  request required server session should sound speech stream such text than that them themselves then there this time
  token took voice wait want were when will with without word words wrong your`.split(/\s+/),
)

/** The words of one call, of its tools, and of a screen that was shown in it, that must not be in a log. */
export interface SaidWords {
  take(line: JournalLine): void
  /** Replaces each word that was said in this call. */
  without(text: string): string
}

export function saidWords(): SaidWords {
  const said = new Set<string>()
  function add(text: string): void {
    for (const [word] of text.toLowerCase().matchAll(WORD)) if (said.size < MOST_WORDS) said.add(word)
  }
  return {
    take(line) {
      if ('decided' in line && line.decided.kind === 'clause') add(line.decided.text)
      if ('noted' in line && line.noted.kind === 'screen-look') add(String(line.noted.text))
      if (!('input' in line)) return
      const { input } = line
      if (input.kind === 'words' || input.kind === 'typed' || input.kind === 'relayed') add(input.text)
      if (input.kind === 'tool-called') add(input.call.arguments)
      if (input.kind === 'tool-result') add(input.result)
    },
    without: text =>
      text.replace(ANY_WORD, whole => {
        const word = whole.toLowerCase()
        return SHORT_NUMBERS.has(word) || (said.has(word) && !HARMLESS.has(word)) ? '…' : whole
      }),
  }
}
