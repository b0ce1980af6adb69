import { dictionary } from 'cmu-pronouncing-dictionary'

/**
 * A sentence in the phonetic letters that Piper's English voices were trained with. The words are those of the CMU
 * dictionary, said in American English; no program of another licence takes part. Throws an Error that names a word
 * which is not there.
 */
export function phonemesOf(text: string): string {
  const said = text.toLowerCase().replace(/[’‘]/g, "'").replace(/…/g, ',')
  return (said.match(/[a-z']+|[.,?!;]/g) ?? [])
    .map(piece => (/[a-z]/.test(piece) ? ` ${phonemesOfWord(piece)}` : piece))
    .join('')
    .trim()
}

/** Small words as they are said within a sentence; the dictionary has them as they are said alone. */
const WEAK: Readonly<Record<string, string>> = {
  a: 'ɐ',
  an: 'ɐn',
  and: 'ænd',
  at: 'æt',
  can: 'kæn',
  do: 'dˈuː',
  for: 'fɔːɹ',
  from: 'fɹʌm',
  i: 'aɪ',
  in: 'ɪn',
  is: 'ɪz',
  it: 'ɪt',
  my: 'maɪ',
  of: 'ʌv',
  on: 'ɔn',
  the: 'ðə',
  to: 'tə',
  you: 'juː',
}

/** The letters of the dictionary. A vowel without stress has a row of its own where it sounds different. */
const LETTERS: Readonly<Record<string, string>> = {
  AA: 'ɑː',
  AE: 'æ',
  AH: 'ʌ',
  AH0: 'ə',
  AO: 'ɔː',
  AW: 'aʊ',
  AY: 'aɪ',
  B: 'b',
  CH: 'tʃ',
  D: 'd',
  DH: 'ð',
  EH: 'ɛ',
  ER: 'ɜː',
  ER0: 'ɚ',
  EY: 'eɪ',
  F: 'f',
  G: 'ɡ',
  HH: 'h',
  IH: 'ɪ',
  IY: 'iː',
  IY0: 'i',
  JH: 'dʒ',
  K: 'k',
  L: 'l',
  M: 'm',
  N: 'n',
  NG: 'ŋ',
  OW: 'oʊ',
  OY: 'ɔɪ',
  P: 'p',
  R: 'ɹ',
  S: 's',
  SH: 'ʃ',
  T: 't',
  TH: 'θ',
  UH: 'ʊ',
  UW: 'uː',
  V: 'v',
  W: 'w',
  Y: 'j',
  Z: 'z',
  ZH: 'ʒ',
}

const STRESS: Readonly<Record<string, string>> = { 1: 'ˈ', 2: 'ˌ' }

function phonemesOfWord(word: string): string {
  const known = WEAK[word]
  if (known) return known
  const spelled = dictionary[word]
  if (!spelled) throw new Error(`the CMU dictionary has no word "${word}": say it with another one`)
  const letters = spelled.split(' ')
  return letters.map((letter, i) => phonemeOf(letter, letters[i - 1], letters[i + 1])).join('')
}

function phonemeOf(letter: string, before: string | undefined, after: string | undefined): string {
  const stress = letter.match(/\d$/)?.[0]
  // An American t between vowels, such as in "water", is a flap.
  if (letter === 'T' && isVowel(before) && after?.endsWith('0') && isVowel(after)) return 'ɾ'
  const bare = letter.replace(/\d$/, '')
  return `${STRESS[stress ?? ''] ?? ''}${LETTERS[letter] ?? LETTERS[bare] ?? ''}`
}

const isVowel = (letter: string | undefined): boolean => letter !== undefined && /\d$/.test(letter)
