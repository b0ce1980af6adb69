/** What abbreviations stand for in a language. */
export interface Abbreviations {
  /** With their full stops, in any case: "z. B." Spaces inside may be missing. */
  readonly dotted: Readonly<Record<string, string>>
  /** Only in this case, with a full stop, and before a name: "Hr." */
  readonly titles: Readonly<Record<string, string>>
  /** Without a full stop, before or after a stroke: "c/o". */
  readonly stroked: Readonly<Record<string, string>>
  /** With a full stop, before a number: "Nr. 5". */
  readonly beforeNumber: Readonly<Record<string, string>>
  /** Before a number without one: "n.º", "№". */
  readonly numberSign: RegExp
  readonly number: string
}

const anyOf = (words: Readonly<Record<string, string>>): string =>
  Object.keys(words)
    .toSorted((a, b) => b.length - a.length)
    .map(word => word.replaceAll('.', '\\.').replaceAll(' ', '[ \\u00a0]?'))
    .join('|')
const key = (written: string): string => written.toLowerCase().replace(/[ \u00a0]/g, '')
const lowered = (words: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(words).map(([short, full]) => [key(short), full]))

const LETTERS = /(?<![\p{L}\p{N}.])((?:\p{L}\.){2,10})(?!\p{L})/gu
const INITIAL = /(?<![\p{L}\p{N}])(\p{Lu})\. ?(?=\p{Lu}\.|\p{Lu}\p{Ll})/gu

/** Is there nothing but closing signs from here on? Then the full stop ends the sentence too. */
const endsText = (text: string, at: number): boolean => text.length - at < 5 && /^["')\] ]*$/.test(text.slice(at))

/** Puts abbreviations in full: "zum Beispiel"; dotted letters as letters: "U S". */
export function abbreviationsBy(all: Abbreviations): (text: string) => string {
  const { numberSign, number } = all
  const [dotted, stroked, beforeNumber] = [lowered(all.dotted), lowered(all.stroked), lowered(all.beforeNumber)]
  const dottedOnes = new RegExp(`(?<![\\p{L}\\p{N}.])(?:${anyOf(all.dotted)})(?!\\p{L})`, 'giu')
  const titles = new RegExp(`(?<![\\p{L}\\p{N}])(${anyOf(all.titles)})(?= ?\\p{Lu})`, 'gu')
  const strokedOnes = new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf(all.stroked)})(?![\\p{L}\\p{N}/])`, 'giu')
  const numbered = new RegExp(`(?<![\\p{L}\\p{N}]|\\p{L}\\.)(${anyOf(all.beforeNumber)}) ?(?=\\p{N})`, 'giu')
  return text =>
    text
      .replace(strokedOnes, short => stroked.get(key(short)) ?? short)
      .replace(numberSign, `${number} `)
      .replace(numbered, (whole, short: string) => `${beforeNumber.get(key(short)) ?? whole} `)
      .replace(titles, (whole, title: string) => `${all.titles[title] ?? whole} `)
      .replace(dottedOnes, (whole, at: number, written: string) => {
        return `${dotted.get(key(whole)) ?? whole}${endsText(written, at + whole.length) ? '.' : ''}`
      })
      .replace(LETTERS, (whole, letters: string, at: number, written: string) => {
        return `${letters.replaceAll('.', ' ').trim()}${endsText(written, at + whole.length) ? '.' : ''}`
      })
      .replace(INITIAL, '$1 ')
}
