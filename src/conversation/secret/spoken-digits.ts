import type { Language } from '../language.ts'
import { saidDigits } from '../turn/said-digits.ts'

/** The digits of a secret number in these words: "it's four two, double seven" is 4277. Skips all other words. */
export const spokenDigits = (text: string, language: Language): string =>
  saidDigits(text, language, language.digits.namesInSecrets)
