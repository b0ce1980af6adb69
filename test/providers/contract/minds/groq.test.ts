import { LLM } from '../../../../src/providers/catalogue/language-models.ts'
import { openGroqStandIn } from '../../../../src/sandbox/groq/stand-in.ts'
import { contract } from '../contract.ts'

contract('LLM', {
  entry: LLM.groq,
  standIn: ({ options }) => openGroqStandIn(options),
  has: { usage: true },
})
