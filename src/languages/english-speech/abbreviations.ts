/** Before a name. */
const TITLES: Readonly<Record<string, string>> = {
  ...{ Mr: 'Mister', Mrs: 'Missus', Dr: 'Doctor', Drs: 'Doctors', Prof: 'Professor', Rev: 'Reverend', Gen: 'General' },
  ...{ Col: 'Colonel', Capt: 'Captain', Lt: 'Lieutenant', Sgt: 'Sergeant', Gov: 'Governor', Sen: 'Senator' },
  ...{
    Rep: 'Representative',
    Pres: 'President',
    Hon: 'Honorable',
    St: 'Saint',
    Mt: 'Mount',
    Ft: 'Fort',
    Msgr: 'Monsignor',
  },
}
/** After the name of a street. */
const STREETS: Readonly<Record<string, string>> = {
  ...{ St: 'Street', Dr: 'Drive', Ave: 'Avenue', Av: 'Avenue', Blvd: 'Boulevard', Rd: 'Road', Ln: 'Lane', Ct: 'Court' },
  ...{ Pl: 'Place', Sq: 'Square', Hwy: 'Highway', Pkwy: 'Parkway', Ter: 'Terrace' },
}
/** After the name of a person or a company. */
const SUFFIXES: Readonly<Record<string, string>> = {
  ...{
    Jr: 'Junior',
    Sr: 'Senior',
    Inc: 'Incorporated',
    Ltd: 'Limited',
    Corp: 'Corporation',
    Co: 'Company',
    Bros: 'Brothers',
  },
}
/** With their full stop. */
const WORDS: Readonly<Record<string, string>> = {
  ...{
    'e.g': 'for example',
    eg: 'for example',
    'i.e': 'that is',
    ie: 'that is',
    etc: 'et cetera',
    vs: 'versus',
    v: 'versus',
  },
  ...{ approx: 'approximately', appt: 'appointment', dept: 'department', tel: 'telephone' },
  ...{ 'a.k.a': 'also known as', incl: 'including', excl: 'excluding', resp: 'respectively', temp: 'temperature' },
  ...{
    min: 'minimum',
    max: 'maximum',
    misc: 'miscellaneous',
    govt: 'government',
    intl: 'international',
    cf: 'compare',
  },
  ...{ est: 'established', 'r.s.v.p': 'R S V P' },
  ...{ mr: 'Mister', mrs: 'Missus', prof: 'Professor' },
  ...{ hrs: 'hours', hr: 'hour', mins: 'minutes', yrs: 'years', ext: 'extension', pm: 'p m', 'ph.d': 'P H D' },
}
const SHORT: Readonly<Record<string, string>> = {
  ...{ 'w/o': 'without', 'w/': 'with', 'b/c': 'because', 'n/a': 'not available', 'c/o': 'care of', 'a/c': 'A C' },
  ...{ 'and/or': 'and or', 'r&d': 'R and D', 'q&a': 'Q and A', 'b&b': 'B and B' },
}

const anyOf = (words: Readonly<Record<string, string>>): string =>
  Object.keys(words)
    .toSorted((a, b) => b.length - a.length)
    .map(word => word.replaceAll('.', '\\.'))
    .join('|')
const STREET = new RegExp(
  `(?<=[\\p{Lu}\\d][\\p{L}\\d'’-]{0,30} )(${anyOf(STREETS)})(?:\\.|(?![\\p{L}\\p{N}'’]))(?=(,| \\p{Ll}| [NSEW]\\b|["')]*$)|( \\p{Lu}))`,
  'gu',
)
const TITLE = new RegExp(`(?<![\\p{L}\\p{N}])(${anyOf(TITLES)})(?:\\. ?|\\s)(?=\\p{Lu})`, 'gu')
const SUFFIX = new RegExp(`(?<=\\p{L},? )(${anyOf(SUFFIXES)})\\.`, 'gu')
const WORD = new RegExp(`(?<![\\p{L}\\p{N}.])(${anyOf(WORDS)})\\.(?!\\p{L})`, 'giu')
const SLASHED = new RegExp(`(?<![\\p{L}\\p{N}])(${anyOf(SHORT)})(?![\\p{L}\\p{N}])`, 'giu')
const NUMBERED = /(?<![\p{L}\p{N}])(?:nos?\.|№|#) ?(?=\d)/giu
const BEFORE_NUMBER = /(?<![\p{L}\p{N}])(apt|ste|rm|fig|vol|ch|pp?|sec)\. ?(?=\p{N})/giu
const NUMBERED_THINGS: Readonly<Record<string, string>> = {
  ...{
    apt: 'apartment',
    ste: 'suite',
    rm: 'room',
    fig: 'figure',
    vol: 'volume',
    ch: 'chapter',
    p: 'page',
    pp: 'pages',
  },
  ...{ sec: 'section' },
}
/** Without a full stop, too. */
const VERSUS = /(?<![\p{L}\p{N}.])vs(?![\p{L}\p{N}.'’])/giu
const ABOUT = /(?<![\p{L}\p{N}.])approx(?= [\p{N}$€£])/giu
const DOTTED = /(?<![\p{L}\p{N}.])((?:\p{L}\.){2,10})(?!\p{L})/gu
const INITIAL =
  /(?<![\p{L}\p{N}])(\p{Lu})\. ?(?=\p{Lu}\.)|(?<=(?:^|\p{Lu}\p{L}{0,30}[. ] ?))(\p{Lu})\. ?(?=\p{Lu}\p{Ll})/gu

/** Abbreviations in full: "Doctor Smith", "twelve Main Street", "for example"; dotted letters as letters: "U S". */
export function abbreviationsInWords(text: string): string {
  return text
    .replace(VERSUS, 'versus')
    .replace(ABOUT, 'approximately')
    .replace(SLASHED, short => SHORT[short.toLowerCase()] ?? short)
    .replace(NUMBERED, sign => (/^nos/i.test(sign) ? 'numbers ' : 'number '))
    .replace(BEFORE_NUMBER, (whole, thing: string) => `${NUMBERED_THINGS[thing.toLowerCase()] ?? whole} `)
    .replace(STREET, streetInFull)
    .replace(TITLE, (whole, title: string) => `${TITLES[title] ?? whole} `)
    .replace(SUFFIX, (whole, suffix: string, at: number, all: string) => {
      return `${SUFFIXES[suffix] ?? whole}${endsText(all, at + whole.length) ? '.' : ''}`
    })
    .replace(WORD, (whole, word: string, at: number, all: string) => {
      const isEnd = endsText(all, at + whole.length) || (word === 'etc' && /^ \p{Lu}/u.test(all.slice(at + 4, at + 7)))
      return `${WORDS[word.toLowerCase()] ?? whole}${isEnd ? '.' : ''}`
    })
    .replace(DOTTED, (whole, letters: string, at: number, all: string) => {
      return `${letters.replaceAll('.', ' ').trim()}${endsText(all, at + whole.length) ? '.' : ''}`
    })
    .replace(INITIAL, '$1$2 ')
}

/** Before a capital "St." is a saint, unless a house number comes before the street's name. */
function streetInFull(
  whole: string,
  sign: string,
  ends: string | undefined,
  _: string | undefined,
  at: number,
  all: string,
): string {
  const name = STREETS[sign] ?? whole
  if (ends !== undefined) return whole.endsWith('.') && /^["')]*$/.test(ends) ? `${name}.` : name
  const isAddress = /\d[\p{L}\d]{0,5} (?:[\p{Lu}\d][\p{L}\d'’.-]{0,30} ){1,4}$/u.test(
    all.slice(Math.max(0, at - 80), at),
  )
  if (!isAddress) return whole
  return whole.endsWith('.') ? `${name}.` : name
}

/** Is there nothing but closing signs from here on? Then the full stop ends the sentence too. */
const endsText = (text: string, at: number): boolean => text.length - at < 5 && /^["')\] ]*$/.test(text.slice(at))
