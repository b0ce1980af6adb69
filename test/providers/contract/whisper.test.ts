import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openGroqEarsStandIn } from '../../../src/sandbox/whisper/groq.ts'
import { openWhisperStandIn } from '../../../src/sandbox/whisper/stand-in.ts'
import { lasting } from '../in-virtual-time/lasting-faults.ts'
import { contract } from './contract.ts'

/**
 * Who has no answer sends the same sound once more after a while, and the stand-in takes that for another utterance: requests
 * that hang are tried in whisper.test.ts.
 */
const HAS = { interims: true, flush: true, namesCall: false, faults: ['drop', 'malformed', 'status'] } as const

describe('Whisper', () =>
  contract('STT', {
    entry: STT.whisper,
    standIn: ({ options }) => lasting(openWhisperStandIn(options)),
    has: HAS,
  }))

describe('Groq', () =>
  contract('STT', {
    entry: STT.groq,
    standIn: ({ options }) => lasting(openGroqEarsStandIn(options)),
    has: HAS,
  }))
