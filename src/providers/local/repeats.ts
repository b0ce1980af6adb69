/** People repeat themselves, and spell numbers such as five five five five: that is shorter. */
const LEAST_TOKENS = 16
const LEAST_TIMES = 4
const LONGEST_PHRASE = 16

/**
 * How many tokens at the end of a text say a phrase again and again, without its first time: 0 where it does not. A decoder
 * that has begun so seldom finds its way out.
 */
export function repeatedAtEnd(tokens: readonly number[]): number {
  for (let length = 1; length <= LONGEST_PHRASE; length++) {
    let same = 0
    while (same + length < tokens.length && tokens.at(-1 - same) === tokens.at(-1 - same - length)) same++
    // What is the same as the phrase before it comes in addition to the first time.
    const times = Math.floor(same / length) + 1
    if (times >= LEAST_TIMES && times * length >= LEAST_TOKENS) return (times - 1) * length + (same % length)
  }
  return 0
}
