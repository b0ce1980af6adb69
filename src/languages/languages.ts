import { createRequire } from 'node:module'
import type { Language } from '../conversation/language.ts'
import { english } from './english.ts'

const require = createRequire(import.meta.url)

/**
 * The others are loaded where they are first asked for, since most servers never do. By `require`, because nobody waits where
 * a journal's language is asked for.
 */
const KNOWN: Readonly<Record<string, () => Language>> = {
  en: () => english,
  de: () => (require('./german.ts') as typeof import('./german.ts')).german,
  es: () => (require('./spanish.ts') as typeof import('./spanish.ts')).spanish,
}
const CODES = Object.keys(KNOWN)
const made = new Map<string, Language>()

/** The language of a journal, with the others, to which a call may change. Throws an Error for one that this server does not know. */
export function languageOf(code: string): Language {
  const load = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined
  if (!load) {
    const known = CODES.map(one => `"${one}"`).join(', ')
    throw new Error(`the call was held in "${code}"; this server knows ${known}`)
  }
  const language = made.get(code) ?? withOthers(load())
  made.set(code, language)
  return language
}

const withOthers = (language: Language): Language => ({
  ...language,
  other: code => (code !== language.code && isKnownLanguage(code) ? KNOWN[code]?.() : undefined),
})

/** All that this server knows. */
export const allLanguages = (): readonly Language[] => CODES.map(languageOf)

export const isKnownLanguage = (code: string): boolean => CODES.includes(code)
