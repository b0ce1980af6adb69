import { LLM } from '../../../../src/providers/catalogue/language-models.ts'
import { openOpenAiStandIn } from '../../../../src/sandbox/openai/stand-in.ts'
import { contract } from '../contract.ts'

contract('LLM', {
  entry: LLM.responses,
  standIn: ({ options }) => openOpenAiStandIn(options),
  has: { usage: true },
  values: { model: 'gpt-6-luna' },
})
