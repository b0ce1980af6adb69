import type { JournalLine } from '../conversation/lines.ts'

/** Follows what the caller says, word by word, by the lines of the call. */
export interface SaidSoFar {
  /** True where the line brought other words. */
  take(line: JournalLine): boolean
  /** What the caller has said since the last answer began, final or not. */
  now(): string
  /** What they had said before it. */
  before(): string
}

export function saidSoFar(): SaidSoFar {
  let [earlier, final, interim] = ['', '', '']
  let isAnswered = false
  const now = (): string => `${final} ${interim}`.trim()

  function words(text: string, isFinal: boolean): void {
    if (isAnswered) {
      // The last transcript of what is being answered may come behind the answer's beginning.
      if (text !== '' && now().endsWith(text)) return
      earlier = now() || earlier
      ;[final, interim] = ['', '']
    }
    isAnswered = false
    if (isFinal) [final, interim] = [`${final} ${text}`.trim(), '']
    else interim = text
  }

  return {
    now,
    before: () => earlier,
    take(line) {
      if ('decided' in line) {
        const { decided } = line
        if (decided.kind === 'turn' && decided.turn.kind === 'replying') isAnswered = true
        return false
      }
      if (!('input' in line)) return false
      const { input } = line
      if (input.kind !== 'words' && input.kind !== 'typed') return false
      const had = now()
      words(input.text, input.kind === 'typed' || input.final)
      return now() !== had
    },
  }
}
