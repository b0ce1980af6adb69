import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openAssemblyAiStandIn } from '../../../src/sandbox/assemblyai/stand-in.ts'
import { contract } from './contract.ts'

describe.each(['universal-streaming-english', 'universal-3-5-pro'])('%s', model =>
  contract('STT', {
    entry: STT.assemblyai,
    standIn: ({ options }) => openAssemblyAiStandIn(options),
    has: { interims: true, flush: true, namesCall: false },
    values: { model },
  }),
)
