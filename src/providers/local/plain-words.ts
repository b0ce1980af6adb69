const DIGITS = 'zero|oh|one|two|three|four|five|six|seven|eight|nine'
const SPELT = new RegExp(`\\b(${DIGITS})-(?=(?:${DIGITS})\\b)`, 'gi')

/** Words as people write them now: the model was trained on old books, too, and joins digits that are spelt out. */
export function plainWords(text: string): string {
  return text
    .replace(/(?<![\w-])(to)-(day|morrow|night)\b/gi, '$1$2')
    .replace(/\b(to) (morrow)\b/gi, '$1$2')
    .replace(/\b(good)-bye?\b(?!-)/gi, '$1bye')
    .replace(SPELT, '$1 ')
    .replace(/\s+/g, ' ')
    .trim()
}
