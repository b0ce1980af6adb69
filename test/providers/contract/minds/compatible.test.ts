import { describe } from 'vitest'
import { LLM } from '../../../../src/providers/catalogue/language-models.ts'
import { openCompatibleStandIn } from '../../../../src/sandbox/compatible/stand-in.ts'
import { contract } from '../contract.ts'

describe.each(['ollama', 'gemma'] as const)('%s', kind => {
  contract('LLM', {
    entry: LLM.compatible,
    standIn: ({ options }) => openCompatibleStandIn(options, { kind }),
    has: { usage: false },
    values: { model: 'llama3.2' },
  })
})
