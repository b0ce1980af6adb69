import { LLM } from '../../../../src/providers/catalogue/language-models.ts'
import type { ScreenReader } from '../../../../src/sandbox/gemini/screen-reader.ts'
import { openGeminiStandIn } from '../../../../src/sandbox/gemini/stand-in.ts'
import { contract } from '../contract.ts'

/** Nobody shows it a screen. */
const blind: ScreenReader = { read: async () => [], close: async () => undefined }

contract('LLM', {
  entry: LLM.gemini,
  standIn: ({ options }) => openGeminiStandIn(options, blind),
  has: { usage: true },
})
