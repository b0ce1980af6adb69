import { cutToSize, plainText } from './plain-text.ts'

const LONGEST = 400
const PREFIX = /^(?:(?:MCP error|[A-Z]?\w*Error)\b[ :-]*(?:-?\d+)?[ :]*)+/

/** A server's own words for an error, without the names of errors before them. */
export const withoutErrorPrefix = (text: string): string => text.replace(PREFIX, '')

/**
 * What a server said of an error, as an aside for the model, so that it can correct its call; empty if there is nothing.
 * Brackets and quotation marks are taken out, so that the text cannot end the aside.
 */
export function unspoken(text: string): string {
  const words = withoutErrorPrefix(plainText(plainText(text).replace(/[()"]/g, ' ')))
  if (!/[\p{L}\p{N}]/u.test(words)) return ''
  return ` (Not to be said: its server answered "${cutToSize(words, LONGEST)}". If that is about the arguments, call it again with right ones.)`
}
