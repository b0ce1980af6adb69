import type { Language } from '../../conversation/language.ts'

/** Letters that the caller spelt, and which tokens they were. */
export interface Spelt {
  readonly from: number
  /** The token after the last one. */
  readonly to: number
  readonly letters: string
}

interface Spelling {
  /** Names of letters, as recognisers write them; they count beside letters alone. */
  readonly names: ReadonlyMap<string, string>
  readonly times: Readonly<Record<string, number>>
  /** "As" in "M as in Mike"; the word after it (or after `in`) is left out. */
  readonly as: RegExp
  readonly cases: RegExp
}

const namesBy = (list: string): ReadonlyMap<string, string> =>
  new Map(list.split(' ').map((pair): [string, string] => [pair.slice(0, -2), pair.slice(-1)]))

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  en: {
    names: namesBy(
      'ay=a bee=b be=b cee=c see=c sea=c dee=d eff=f gee=g aitch=h haitch=h eye=i jay=j kay=k el=l ell=l em=m en=n oh=o pee=p cue=q queue=q are=r ar=r ess=s tee=t tea=t you=u vee=v ex=x why=y wye=y zee=z zed=z',
    ),
    times: { double: 2, triple: 3 },
    as: /^(?:as|for|like)$/,
    cases: /^(?:capital|uppercase|lowercase|upper|lower|case|letter)$/,
  },
  de: {
    names: namesBy(
      'be=b ce=c de=d ef=f ge=g ha=h jott=j ka=k el=l em=m en=n pe=p ku=q er=r es=s te=t vau=v fau=v we=w ix=x ypsilon=y zett=z zet=z eszett=ß',
    ),
    times: { doppel: 2, doppelt: 2, doppeltes: 2, zweimal: 2, dreimal: 3 },
    as: /^wie$/,
    cases: /^(?:groß|großes|klein|kleines|buchstabe)$/,
  },
  es: {
    names: namesBy(
      'be=b ce=c de=d efe=f ge=g hache=h jota=j ka=k ele=l eme=m ene=n eñe=ñ pe=p cu=q erre=r ere=r ese=s te=t uve=v equis=x griega=y ye=y zeta=z',
    ),
    times: { doble: 2, triple: 3 },
    as: /^(?:de|como)$/,
    cases: /^(?:mayúscula|minúscula|letra)$/,
  },
}

const NATO =
  `alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo
  sierra tango uniform victor whiskey xray yankee zulu alfa juliett whisky x-ray`.split(/\s+/)
const LETTER = /^\p{L}$/u
/** So many letters in a row are a spelling, if at least one of them stands alone as a letter. */
const LEAST = 2

const natoOf = (word: string): string | undefined => (NATO.includes(word) ? word[0] : undefined)

/** All spellings in these tokens: "a double n a", "m as in mike, i, l", "november oscar". */
export function speltIn(tokens: readonly string[], language: Language): readonly Spelt[] {
  const spelling = SPELLINGS[language.code] ?? SPELLINGS.en
  if (!spelling) return []
  const { names, times, as, cases } = spelling
  const found: Spelt[] = []

  /** One letter, or a doubled one, that begins at this token. `sure`: it stands there as a letter. */
  function letterAt(
    at: number,
  ): { readonly letters: string; readonly to: number; readonly sure: boolean; readonly isNamed?: true } | undefined {
    const word = tokens[at] ?? ''
    const count = times[word]
    if (count !== undefined) {
      const next = tokens[at + 1] ?? ''
      // "Double u" is a letter of its own.
      if (next === 'u' && language.code === 'en' && count === 2 && !/^u$/.test(tokens[at + 2] ?? ''))
        return { letters: 'w', to: at + 2, sure: true }
      const once = letterAt(at + 1)
      return once?.letters.length === 1 ? { ...once, letters: once.letters.repeat(count), sure: true } : undefined
    }
    if (language.code === 'es' && word === 'i' && tokens[at + 1] === 'griega')
      return { letters: 'y', to: at + 2, sure: true }
    if (language.code === 'es' && word === 'uve' && tokens[at + 1] === 'doble')
      return { letters: 'w', to: at + 2, sure: true }
    if (cases.test(word)) {
      const next = letterAt(at + 1)
      return next?.sure ? next : cases.test(tokens[at + 1] ?? '') ? letterAt(at + 1) : undefined
    }
    const letter = LETTER.test(word) ? word : undefined
    if (letter !== undefined && as.test(tokens[at + 1] ?? '') && !LETTER.test(tokens[at + 2] ?? '')) {
      const inWord = tokens[at + 2] === 'in' && language.code === 'en' ? at + 3 : at + 2
      if ((tokens[inWord] ?? '').startsWith(letter))
        return { letters: letter, to: inWord + 1, sure: true, isNamed: true }
    }
    if (letter !== undefined) return { letters: letter, to: at + 1, sure: true }
    const named = names.get(word)
    if (named !== undefined) return { letters: named, to: at + 1, sure: false }
    const nato = natoOf(word)
    return nato === undefined ? undefined : { letters: nato, to: at + 1, sure: false }
  }

  for (let at = 0; at < tokens.length; ) {
    let letters = ''
    let sure = 0
    let nato = 0
    let to = at
    let count = 0
    let named = 0
    for (let next = letterAt(to); next; next = letterAt(to)) {
      if (natoOf(tokens[to] ?? '') !== undefined) nato++
      letters += next.letters
      if (next.sure) sure++
      if (next.isNamed) named++
      count++
      to = next.to
    }
    // "Are you" alone spells nothing, and "I a" hardly does; a row of a telephone alphabet does.
    const isRow = letters.length >= LEAST && count > 1 && (sure * 2 >= count || (nato === count && count > 2))
    const isSpelling = isRow || named > 0
    if (isSpelling) found.push({ from: at, to, letters })
    at = isSpelling ? to : at + 1
  }
  return found
}

/** Letters for the voice: "A N N A". */
export const lettersApart = (text: string): string => [...text].join(' ').toUpperCase()
