import { saidDigits } from '../conversation/turn/said-digits.ts'
import type { About } from './collector.ts'
import type { Given } from './fold.ts'
import { isNone } from './phrases.ts'
import { tokensOf } from './reading/words.ts'
import type { FlowDefinition } from './steps.ts'

const SMALL =
  /^(?:an?|the|it|is|it's|i|my|me|to|of|and|or|for|with|please|yes|no|at|dot|das|die|der|ist|und|mit|el|la|es|un|una|y|con)$/
/** So much of the words must be the caller's: models leave words out, and write numbers and addresses in their own way. */
const LEAST_SHARE = 0.5

const squashed = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')

/** The names of steps whose words the caller never said: invented by the model. Nothing where it is not known what they said. */
export function notSaid(
  flow: FlowDefinition,
  given: Given,
  said: readonly string[] | undefined,
  about: About,
): readonly string[] {
  if (said === undefined) return []
  const all = said.join(' ')
  const letters = squashed(all)
  const words = new Set(tokensOf(all).flatMap(token => [token, squashed(token)]))
  const digits = saidDigits(all, about.language)
  const isSaid = (token: string): boolean => {
    if (words.has(token)) return true
    const own = saidDigits(token, about.language)
    if (own !== '' && digits.includes(own)) return true
    const bare = squashed(token)
    return bare.length > 2 && letters.includes(bare)
  }
  return Object.entries(given.answers).flatMap(([name, answer]) => {
    const step = flow.steps[name]
    if (step?.kind !== 'collect' || typeof answer !== 'string') return []
    // A translation, and "none" for something that was not wanted, are the model's words.
    if (step.as.isTranslated && about.language.code !== 'en') return []
    const tokens = tokensOf(answer.replace(/[@._+-]/g, ' ')).filter(token => !SMALL.test(token))
    if (tokens.length === 0 || (step.optional && isNone(answer.toLowerCase().trim(), about))) return []
    const share = tokens.filter(isSaid).length / tokens.length
    return share < LEAST_SHARE ? [name] : []
  })
}
