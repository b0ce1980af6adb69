import type { Language } from '../language.ts'
import { saidDigits } from '../turn/said-digits.ts'
import { bareText } from '../turn/utterance.ts'

/**
 * The digits of a secret number in these words: "it's four two, double seven" is 4277. Skips all other words, and how many digits
 * come: people read a card in groups, "the first four are four five three nine" (livekit/agents pull request 6448).
 */
export const spokenDigits = (text: string, language: Language): string =>
  saidDigits(bareText(text).replaceAll(language.digits.counts, ' '), language, language.digits.namesInSecrets)
