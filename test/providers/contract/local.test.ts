import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { contract } from './contract.ts'
import { localStandIn } from './local-speech.ts'

describe('the ears', () =>
  contract('STT', {
    entry: STT.local,
    standIn: async parts => localStandIn(parts),
    has: { interims: false, flush: true, namesCall: false, faults: ['drop', 'stall'] },
  }))

describe('the voice', () =>
  contract('TTS', {
    entry: TTS.local,
    standIn: async parts => localStandIn(parts),
    has: { wordTimes: true, faults: ['drop'] },
  }))
