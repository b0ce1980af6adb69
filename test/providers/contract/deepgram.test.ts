import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { contract } from './contract.ts'

/** The SDK sets no limit of its own, so it is that of ws. */
const longestMessage = 100 * 1024 * 1024

describe('nova-3', () =>
  contract('STT', {
    entry: STT.deepgram,
    standIn: ({ options }) => openDeepgramStandIn(options),
    has: { interims: true, flush: true, namesCall: true, longestMessage },
  }))

describe('Flux', () =>
  contract('STT', {
    entry: STT.deepgram,
    standIn: ({ options }) => openDeepgramStandIn(options),
    has: { interims: true, flush: false, namesCall: true, longestMessage },
    values: { model: 'flux-general-en' },
  }))
