import type { Language } from '../language.ts'
import { bareText } from './utterance.ts'

/**
 * The digits that the words spell: "double five, twenty-three" are 5523. Skips all other words. `more` has further names
 * of single digits.
 */
export function saidDigits(text: string, { digits }: Language, more?: ReadonlyMap<string, string>): string {
  let said = ''
  /** What was said last, while it ends with zeros that the next words may take the place of. */
  let open = ''
  let times = 1
  for (const word of bareText(text).split(' ')) {
    if (digits.between.has(word)) continue
    const figures = /^[0-9]+$/.test(word) ? word : undefined
    const spelt = digits.names.get(word) ?? more?.get(word)
    const group = digits.groups.get(word)
    const next = figures ?? spelt ?? group
    if (next !== undefined && figures === undefined && times === 1 && fits(open, next)) {
      open = open.slice(0, -next.length) + next
    } else {
      said += open
      open = ''
      if (figures !== undefined || spelt !== undefined) said += next?.length === 1 ? next.repeat(times) : (next ?? '')
      else if (group !== undefined && times === 1) open = group
    }
    times = digits.times.get(word) ?? 1
  }
  return said + open
}

/** "Sixty" and "five" are 65, but "sixty" and "ten" are 6010. */
const fits = (open: string, next: string): boolean =>
  !next.startsWith('0') && open.length > next.length && open.endsWith('0'.repeat(next.length))
