import { z } from 'zod'
import type { Delta } from '../../conversation/ports.ts'

/** No answer takes more. A count beyond it, or below 0, is a mistake, and would make a call look spent, or free. */
const MOST_TOKENS = 100_000_000

/** A vendor's count of tokens; what cannot be one counts as not told. */
export const tokenCount = z.int().nonnegative().max(MOST_TOKENS).nullish().catch(undefined)

/** What an answer took. `cached` is a share of `input`. */
export const tokens = (input: number, output: number, cached: number): Extract<Delta, { kind: 'tokens' }> => ({
  ...{ kind: 'tokens', input, output },
  cached: Math.min(cached, input),
})
