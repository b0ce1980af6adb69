import { describe } from 'vitest'
import type { TextToSpeech } from '../../../src/conversation/ports.ts'
import { LLM } from '../../../src/providers/catalogue/language-models.ts'
import type { LanguageModelProvider, SpeechParts, SpeechToTextProvider } from '../../../src/providers/entry.ts'
import { earsInPerson } from '../../../src/providers/failover/in-person.ts'
import { openOpenAiRealtimeStandIn } from '../../../src/sandbox/openai-realtime/stand-in.ts'
import { contract, type StandInParts } from '../contract/contract.ts'

const entry = LLM['openai-realtime']
const standIn = ({ options, flite }: StandInParts) => openOpenAiRealtimeStandIn(options, flite)
/** Nothing is spoken by it here. */
const voice: TextToSpeech = {
  speak: () => {
    throw new Error('nobody has asked this voice')
  },
}

describe('the model alone', () => contract('LLM', { entry, standIn, has: { usage: true } }))

/** The ports of a call that it holds, each by itself. */
const mind = {
  ...entry,
  async load() {
    const open = await entry.load()
    return (values: never, parts: SpeechParts): LanguageModelProvider => {
      const provider = open(values, parts)
      if (provider instanceof Promise) throw new Error('it opens at once')
      const { voiceActivity } = parts
      return {
        forCall(call) {
          const own = provider.inPerson?.({ ...call, rateHz: 8_000, voiceRateHz: 8_000 }, { voice, voiceActivity })
          if (!own) throw new Error('it does not speak')
          return own.model
        },
      }
    }
  },
}
const ears = {
  ...entry,
  async load() {
    const open = await entry.load()
    return (values: never, parts: SpeechParts): SpeechToTextProvider => {
      const provider = open(values, parts)
      if (provider instanceof Promise) throw new Error('it opens at once')
      return { forCall: call => earsInPerson(provider, call, { voice, voiceActivity: parts.voiceActivity }) }
    }
  },
}

describe('the model that speaks', () => contract('LLM', { entry: mind as never, standIn, has: { usage: true } }))
describe('its ears', () =>
  contract('STT', { entry: ears as never, standIn, has: { interims: true, flush: true, namesCall: true } }))
