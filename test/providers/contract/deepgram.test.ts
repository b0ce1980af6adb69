import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { contract } from './contract.ts'

describe('nova-3', () =>
  contract('STT', {
    entry: STT.deepgram,
    standIn: ({ options }) => openDeepgramStandIn(options),
    has: { interims: true, flush: true, namesCall: true },
  }))

describe('Flux', () =>
  contract('STT', {
    entry: STT.deepgram,
    standIn: ({ options }) => openDeepgramStandIn(options),
    has: { interims: true, flush: false, namesCall: true },
    values: { model: 'flux-general-en' },
  }))
