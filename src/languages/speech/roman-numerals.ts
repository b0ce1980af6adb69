const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1_000 }

/** A number above zero and below 400 in Roman letters, in its one right spelling, as a part of other patterns. */
const ROMAN = '(?=[CLXVI])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})'

/** "XIV" → "14". */
function figures(roman: string): string {
  const values = [...roman].map(letter => VALUES[letter] ?? 0)
  return String(values.reduce((sum, value, at) => sum + (value < (values[at + 1] ?? 0) ? -value : value), 0))
}

/** Where Roman numerals are sure in a language. What they stand for is written in figures, for the readers that follow. */
export interface RomanPlaces {
  /** Words before a numeral, as alternatives of a pattern: "Chapter", "siglos?". */
  readonly after: string
  /** Names of those who are counted: "Henry", "Johannes Paul". */
  readonly names: string
  /** Words behind a numeral that counts them: " century", "\. Weltkrieg". */
  readonly before: string
  /** A single I that is sure only where no small letter follows: English has a word "I". */
  readonly isWordI: boolean
  readonly counted: (value: string, before: string) => string
  readonly name: (value: string, before: string, dot: string) => string
}

/** How much of what stands before decides about a form. */
const MOST_BEFORE = 60

/** Roman numerals in figures where they are sure; everywhere else capital letters stay letters. */
export function romanNumeralsBy(places: RomanPlaces): (text: string) => string {
  const oneI = places.isWordI ? 'I(?! \\p{Ll})(?![\\p{L}\\p{N}])' : 'I(?![\\p{L}\\p{N}])'
  const numeral = `(${oneI}|(?!I(?![\\p{L}\\p{N}])|[LCDM](?![\\p{L}\\p{N}]))${ROMAN}(?![\\p{L}\\p{N}-]))`
  const after = new RegExp(`(?<=(?<![\\p{L}\\p{N}])(?:${places.after}) )${numeral}`, 'gu')
  const name = new RegExp(`(?<=(?<![\\p{L}\\p{N}])(?:${places.names}) )${numeral}(\\.?)`, 'gu')
  const before = new RegExp(`(?<![\\p{L}\\p{N}])(?:${numeral})(?=${places.before})`, 'gu')
  return text =>
    text
      .replace(after, roman => figures(roman))
      .replace(name, (_, roman: string, dot: string, at: number, all: string) =>
        places.name(figures(roman), all.slice(Math.max(0, at - MOST_BEFORE), at), dot),
      )
      .replace(before, (_, roman: string, at: number, all: string) =>
        places.counted(figures(roman), all.slice(Math.max(0, at - MOST_BEFORE), at)),
      )
}
