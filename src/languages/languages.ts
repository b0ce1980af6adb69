import type { Language } from '../conversation/language.ts'
import { english } from './english.ts'
import { german } from './german.ts'
import { spanish } from './spanish.ts'

const KNOWN: readonly Language[] = [english, german, spanish]

/** All that this server knows, each with the others, to which a call may change. */
export const LANGUAGES: readonly Language[] = KNOWN.map(language => ({
  ...language,
  others: KNOWN.filter(other => other !== language),
}))

/** The language of a journal. Throws an Error for one that this server does not know. */
export function languageOf(code: string): Language {
  const found = LANGUAGES.find(language => language.code === code)
  if (found) return found
  const known = LANGUAGES.map(language => `"${language.code}"`).join(', ')
  throw new Error(`the call was held in "${code}"; this server knows ${known}`)
}
