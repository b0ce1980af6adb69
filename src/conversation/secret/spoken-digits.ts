import type { Language } from '../language.ts'
import { bareText } from '../turn/utterance.ts'

/** The digits said one by one in these words: "it's four two, double seven" is 4277. Skips all other words. */
export function spokenDigits(text: string, { digits }: Language): string {
  let spoken = ''
  let times = 1
  for (const word of bareText(text).split(' ')) {
    const named = digits.names.get(word) ?? digits.namesInSecrets.get(word)
    const digit = named ?? (/^[0-9]+$/.test(word) ? word : '')
    spoken += digit.length === 1 ? digit.repeat(times) : digit
    times = digits.times.get(word) ?? 1
  }
  return spoken
}
