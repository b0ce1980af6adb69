const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', hellip: '…' },
  ...{ lsquo: '’', rsquo: '’', ldquo: '“', rdquo: '”', deg: '°', euro: '€', pound: '£', cent: '¢', yen: '¥' },
  ...{ times: '×', divide: '÷', plusmn: '±', copy: '', reg: '', trade: '', bull: '', middot: '' },
}
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi

/** Of a list; a star in a line is emphasis. */
const STAR = /^([^\S\r\n\u2028\u2029]*)\*(?=[^\S\r\n])/gm

const RULE = /^(?:[\s*_=~─━═#·•|:+-])*$/u
/** What a line begins with that is not said: quotes, headings, bullets and their check boxes. */
const LEAD = /^(?:\s+|>+(?!=?\d)|#{1,6}(?=\s|$)|[-+•‣◦▪●○■□–—·✓✔✗](?=\s|$))+/u
/** A voice pauses after a full stop, not after a bracket. */
const LIST_NUMBER = /^(\d{1,3})\)(?=\s)/
const CLOSED_HEADING = /(?<=\s)#{1,6}$/
const ENDED = /[.!?…:;,–—-]["'”’)\]]*$/

const FANCY = /[\uFF01-\uFF5E\u{1D400}-\u{1D7FF}]/gu
const EMOTICON = /(?<![\p{L}\p{N}])(?:[:;=][-o^']?[)(DPp|*\]}]+|<\/?3+|\^_?\^)(?!\p{L})/gu
const PICTURE = /(?![#*\d°℃℉№])(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{So}]|\u20E3)/gu

/**
 * The text without signs for the eye: markdown, entities, emoji, tables, invisible characters. Each line that ends without
 * punctuation gets a full stop, so that lists are spoken with pauses. Has no spaces at its ends.
 */
export function withoutMarkup(text: string): string {
  const plain = inlineText(text.toWellFormed().replace(ENTITY, entity).replace(STAR, '$1-'))
    .replace(FANCY, sign => sign.normalize('NFKC'))
    .replace(/[\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFFD]/g, '')
    .replace(EMOTICON, '')
    .replace(PICTURE, '')
  return joined(plain.split(/\r\n?|\n/))
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code >= 0x20 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : ''
}

function joined(lines: readonly string[]): string {
  let text = ''
  let last = ''
  let isParagraph = false
  for (const line of lines) {
    const said = lineText(line)
    if (said === '') {
      isParagraph = true
      continue
    }
    // A line that goes on with a small letter was only wrapped.
    const isWrapped = !isParagraph && /^\s*\p{Ll}/u.test(line)
    text += last === '' ? '' : `${isWrapped || ENDED.test(last) ? '' : '.'} `
    text += said
    last = said
    isParagraph = false
  }
  const isLastEnded = !isParagraph || last === '' || ENDED.test(last)
  return isLastEnded || lines.length === 1 ? text : `${text}.`
}

function lineText(line: string): string {
  if (RULE.test(line)) return ''
  const bare = line.replace(LEAD, '').trim()
  if (!bare.includes('|')) return bare.replace(CLOSED_HEADING, '').replace(LIST_NUMBER, '$1.').trim()
  return bare
    .split('|')
    .map(cell => cell.trim())
    .filter(cell => cell !== '')
    .join(', ')
}

/** A star between numbers, and one that stands alone as a key of a telephone does, is no emphasis. */
const STARS = /(\d ?\*)(?= ?\d)|(?<=\s)(\*)(?=[\s.,;:!?]|$|-\p{L}|\d{1,4}(?![\d*]))|\*/gu

function inlineText(text: string): string {
  return text
    .replace(/\\(?=[^\p{L}\p{N}\s])/gu, '')
    .replace(/\*{2,}|_{2,}|~{2,}|`+/g, '')
    .replace(STARS, '$1$2')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '')
}
