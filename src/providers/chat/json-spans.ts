/** Where a text has a complete JSON object or array, from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The outermost balanced brackets of a text, in one pass. What is inside need not be valid JSON. */
export function jsonSpans(text: string): readonly Span[] {
  const spans: Span[] = []
  let depth = 0
  let start = 0
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (isQuoted) {
      if (letter === '\\') i++
      else if (letter === '"') isQuoted = false
    } else if (letter === '{' || letter === '[') {
      if (depth++ === 0) start = i
    } else if (depth > 0 && letter === '"') isQuoted = true
    else if (depth > 0 && (letter === '}' || letter === ']') && --depth === 0) spans.push({ start, end: i + 1 })
  }
  return spans
}
