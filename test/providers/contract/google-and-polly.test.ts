import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openGoogleStandIn } from '../../../src/sandbox/google/stand-in.ts'
import { openPollyStandIn } from '../../../src/sandbox/polly/stand-in.ts'
import { contract } from './contract.ts'

describe('Google Cloud Speech', () =>
  contract('STT', {
    entry: STT.google,
    standIn: ({ options }) => openGoogleStandIn(options),
    has: { interims: true, flush: true, namesCall: false },
  }))

describe('Amazon Polly', () =>
  contract('TTS', {
    entry: TTS.polly,
    standIn: ({ options, flite }) => openPollyStandIn(options, flite),
    has: { wordTimes: true },
  }))
