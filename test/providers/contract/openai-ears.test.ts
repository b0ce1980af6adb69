import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openOpenAiEarsStandIn } from '../../../src/sandbox/openai-ears/stand-in.ts'
import { contract } from './contract.ts'

describe.each([
  { model: 'gpt-live-transcribe', interims: true },
  // It tells words when the service itself has found the end of the speech.
  { model: 'gpt-4o-transcribe', interims: false },
])('$model', ({ model, interims }) =>
  contract('STT', {
    entry: STT.openai,
    standIn: ({ options }) => openOpenAiEarsStandIn(options),
    has: { interims, flush: interims, namesCall: false },
    values: { model },
  }),
)
