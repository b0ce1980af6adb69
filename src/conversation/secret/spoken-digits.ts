import { bareText } from '../turn/utterance.ts'

const NAMES: ReadonlyMap<string, string> = new Map([
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
    (name, digit): readonly [string, string] => [name, String(digit)],
  ),
  ['oh', '0'],
  ['o', '0'],
])
const TIMES: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
])

/** The digits that are said one by one in these words: "it's four two, double seven" is 4277. Other words are passed over. */
export function spokenDigits(text: string): string {
  let digits = ''
  let times = 1
  for (const word of bareText(text).split(' ')) {
    const digit = NAMES.get(word) ?? (/^[0-9]+$/.test(word) ? word : '')
    digits += digit.length === 1 ? digit.repeat(times) : digit
    times = TIMES.get(word) ?? 1
  }
  return digits
}
