import type { Language } from '../../conversation/language.ts'
import { cardinal as english } from '../../languages/english-speech/number-words.ts'
import { cardinal as german } from '../../languages/german-speech/number-words.ts'
import { cardinal as spanish } from '../../languages/spanish-speech/number-words.ts'

interface NumberWords {
  readonly cardinal: (digits: string) => string
  /** Other words for the same. */
  readonly also: Readonly<Record<string, number>>
  readonly hundred: RegExp
  readonly thousand: RegExp
  readonly million: RegExp
  /** Words inside a number that say nothing of it. */
  readonly between: RegExp
  /** German writes a number in one word. */
  readonly joined?: RegExp
}

const WORDS: Readonly<Record<string, NumberWords>> = {
  en: {
    cardinal: english,
    also: { nought: 0, nil: 0, dozen: 12 },
    hundred: /^hundred$/,
    thousand: /^(?:thousand|grand)$/,
    million: /^millions?$/,
    between: /^and$/,
  },
  de: {
    cardinal: digits => german(digits),
    also: { ein: 1, eine: 1, einen: 1, einem: 1, einer: 1, zwo: 2, dutzend: 12, fuenf: 5, zwoelf: 12, dreissig: 30 },
    hundred: /^hundert$/,
    thousand: /^tausend$/,
    million: /^million(?:en)?$/,
    between: /^und$/,
    joined: /^(.*?)(tausend)(.*)$/,
  },
  es: {
    cardinal: digits => spanish(digits),
    also: {
      un: 1,
      una: 1,
      veintiún: 21,
      veintiuna: 21,
      veintiun: 21,
      docena: 12,
      dieciseis: 16,
      veintidos: 22,
      veintitres: 23,
      veintiseis: 26,
    },
    hundred: /^(?!)$/,
    thousand: /^mil$/,
    million: /^mill(?:ón|on|ones)$/,
    between: /^y$/,
  },
}

const made = new Map<string, ReadonlyMap<string, number>>()

/** All numbers below a thousand by their words: made once, of the words that the agent says itself. */
function namesIn(code: string, { cardinal, also }: NumberWords): ReadonlyMap<string, number> {
  const known = made.get(code)
  if (known) return known
  const names = new Map<string, number>(Object.entries(also))
  for (let value = 0; value < 1_000; value++) {
    const words = cardinal(String(value)).replaceAll('-', ' ')
    names.set(words, value)
    // "Hunderteinundzwanzig" is "einhunderteinundzwanzig" too.
    if (code === 'de' && value >= 100 && value < 200) names.set(words.replace(/^ein/, ''), value)
    if (code === 'es') names.set(words.normalize('NFD').replace(/[\u0300-\u036f]/g, ''), value)
  }
  made.set(code, names)
  return names
}

export interface NumberFound {
  readonly value: number
  readonly from: number
  /** The token after its last one. */
  readonly to: number
}

const DOZEN = /^(?:dozen|dutzend|docena)$/
const MOST_TOGETHER = 4
const FIGURES = /^\d{1,3}(?:,\d{3})+$|^\d{1,12}$/

/** The number that begins at this token, in words or figures: "two hundred and fifty", "1,200". Decimals are left to others. */
export function numberAt(tokens: readonly string[], from: number, language: Language): NumberFound | undefined {
  const words = WORDS[language.code] ?? WORDS.en
  if (!words) return undefined
  const names = namesIn(language.code, words)

  /** The longest words below a thousand from here on. */
  function smallAt(at: number): NumberFound | undefined {
    const word = tokens[at] ?? ''
    if (FIGURES.test(word)) return { value: Number(word.replaceAll(',', '')), from: at, to: at + 1 }
    for (let count = Math.min(MOST_TOGETHER, tokens.length - at); count > 0; count--) {
      const value = names.get(tokens.slice(at, at + count).join(' '))
      if (value !== undefined) return { value, from: at, to: at + count }
    }
    return undefined
  }

  function belowThousand(at: number): NumberFound | undefined {
    const isOne = language.code === 'en' && /^an?$/.test(tokens[at] ?? '')
    if (isOne && !/^(?:thousand|million|hundred|dozen)$/.test(tokens[at + 1] ?? '')) return undefined
    const first = isOne ? { value: 1, from: at, to: at + 1 } : smallAt(at)
    if (first === undefined) return undefined
    const isScaled = words?.hundred.test(tokens[first.to] ?? '') === true && first.value < 100
    const hundreds = isScaled ? first.value * 100 : first.value
    const end = isScaled ? first.to + 1 : first.to
    // "One hundred and twenty".
    const isOpen = isScaled || (hundreds > 0 && hundreds % 100 === 0)
    const isBetween = words?.between.test(tokens[end] ?? '') === true
    const rest = isOpen && (isScaled || isBetween) ? smallAt(isBetween ? end + 1 : end) : undefined
    if (rest !== undefined && rest.value < 100) return { value: hundreds + rest.value, from: at, to: rest.to }
    return { value: hundreds, from: at, to: end }
  }

  function scaled(
    at: number,
    scale: RegExp,
    times: number,
    below: (at: number) => NumberFound | undefined,
  ): NumberFound | undefined {
    const bare = scale.test(tokens[at] ?? '')
    const first = bare ? { value: 1, from: at, to: at } : below(at)
    if (first === undefined) return undefined
    if (!scale.test(tokens[first.to] ?? '')) return bare ? undefined : first
    const after = first.to + (words?.between.test(tokens[first.to + 1] ?? '') ? 2 : 1)
    const rest = below(after)
    if (rest !== undefined && rest.value < times)
      return { value: first.value * times + rest.value, from: at, to: rest.to }
    return { value: first.value * times, from: at, to: first.to + 1 }
  }

  const word = tokens[from] ?? ''
  const [, before = '', , after = ''] = words.joined?.exec(word) ?? []
  if (words.joined?.test(word)) {
    const [high, low] = [
      before === '' ? 1 : names.get(before === 'ein' ? 'eins' : before),
      after === '' ? 0 : names.get(after.replace(/^und/, '')),
    ]
    return high === undefined || low === undefined ? undefined : { value: high * 1_000 + low, from, to: from + 1 }
  }
  if (/^(?:an?|one|eine?|una?)$/.test(word) && DOZEN.test(tokens[from + 1] ?? ''))
    return { value: 12, from, to: from + 2 }
  return scaled(from, words.million, 1_000_000, at => scaled(at, words.thousand, 1_000, belowThousand))
}

/** The tokens with numbers of hundreds and thousands in figures: "two thousand and one" is "2001". Others stay. */
export function withHundreds(tokens: readonly string[], language: Language): readonly string[] {
  const words = WORDS[language.code] ?? WORDS.en
  const all: string[] = []
  for (let at = 0; at < tokens.length; ) {
    const found = numberAt(tokens, at, language)
    const part = found === undefined ? [] : tokens.slice(at, found.to)
    const isBig = part.some(
      word => words?.hundred.test(word) || words?.thousand.test(word) || /hundert|tausend|cient/.test(word),
    )
    if (found !== undefined && isBig) all.push(String(found.value))
    else all.push(tokens[at] ?? '')
    at = found !== undefined && isBig ? found.to : at + 1
  }
  return all
}
