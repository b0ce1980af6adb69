import type { About, Collector, Reading } from '../../../src/flows/collector.ts'
import { languageOf } from '../../../src/languages/languages.ts'

/** Saturday, noon in Berlin. */
export const NOW = new Date('2026-11-28T11:00:00Z')

export const inLanguage = (code: string): About => ({ language: languageOf(code), now: NOW })

/** Words, and the value that they mean; `~` begins what is asked for more, `?` a part of why it is unclear. */
export type Case<Value> = readonly [words: string, means: Value | `~${string}` | `?${string}`, before?: Value]

/** What was understood, in the form of a case's second column. */
export function understood<Value>(reading: Reading<Value>): unknown {
  switch (reading.kind) {
    case 'value':
      return reading.value
    case 'more':
      return `~${reading.ask}`
    case 'unclear':
      return `?${reading.why}`
  }
}

/** All cases with what the collector understood, and with what it should have. */
export function table<Value>(
  collector: Collector<Value>,
  cases: readonly Case<Value>[],
  code: string,
): { readonly found: readonly unknown[]; readonly meant: readonly unknown[] } {
  const about = inLanguage(code)
  return {
    found: cases.map(([words, means, before]) => {
      const said = understood(collector.read(words, about, before))
      const isPart =
        typeof means === 'string' && /^[~?]/.test(means) && typeof said === 'string' && said.startsWith(means)
      return [words, isPart ? means : said]
    }),
    meant: cases.map(([words, means]) => [words, means]),
  }
}
