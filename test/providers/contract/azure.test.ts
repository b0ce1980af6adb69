import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openAzureStandIn } from '../../../src/sandbox/azure/stand-in.ts'
import { contract } from './contract.ts'

describe('hearing', () =>
  contract('STT', {
    entry: STT.azure,
    standIn: ({ options, flite }) => openAzureStandIn(options, flite),
    has: { interims: true, flush: true, namesCall: false },
  }))

describe('speaking', () =>
  contract('TTS', {
    entry: TTS.azure,
    standIn: ({ options, flite }) => openAzureStandIn(options, flite),
    has: { wordTimes: true },
  }))
