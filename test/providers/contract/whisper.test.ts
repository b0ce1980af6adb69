import { describe } from 'vitest'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openGroqEarsStandIn } from '../../../src/sandbox/whisper/groq.ts'
import { openWhisperStandIn } from '../../../src/sandbox/whisper/stand-in.ts'
import { lasting } from '../in-virtual-time/lasting-faults.ts'
import { contract } from './contract.ts'

const HAS = { interims: true, flush: true, namesCall: false } as const

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
