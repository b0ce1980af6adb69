import { LLM } from '../../../../src/providers/catalogue/language-models.ts'
import { openAnthropicStandIn } from '../../../../src/sandbox/anthropic/stand-in.ts'
import { contract } from '../contract.ts'

contract('LLM', {
  entry: LLM.anthropic,
  standIn: ({ options }) => openAnthropicStandIn(options),
  has: { usage: true },
})
