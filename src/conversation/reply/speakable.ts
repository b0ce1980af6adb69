import type { Language } from '../language.ts'
import { AudibleText } from './audible-text.ts'
import { hasWords } from './has-words.ts'
import { withoutMarkup } from './markup.ts'

const MOST_ROUNDS = 5

/**
 * A written text as it is spoken: without markup, reasoning, emoji and notes, and with numbers, dates and signs as words.
 * A space at either end stays, since voices join the pieces of a speech as they are. Pure; takes any text in linear time;
 * what is speakable already stays as it is. Empty if nothing of it can be voiced.
 */
export function speakable(text: string, language: Language): string {
  let words = text
  let before = ''
  // Words that stood beside a sign stand alone without it, and may mean something then.
  for (let round = 0; round < MOST_ROUNDS && words !== before; round++) {
    before = words
    words = inOneRound(words, language)
  }
  if (!hasWords(words)) return ''
  return `${/^\s/.test(text) ? ' ' : ''}${words}${/\s$/.test(text) ? ' ' : ''}`
}

function inOneRound(text: string, { inWords }: Language): string {
  const audible = new AudibleText()
  const heard = audible.push(text) + audible.rest()
  return inWords(withoutMarkup(heard))
    .replace(/\s+/g, ' ')
    .replace(/^ ?(?:[-–—] )+/, '')
    .trim()
}
