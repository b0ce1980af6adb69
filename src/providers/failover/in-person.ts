import type { SpeechToText, TextToSpeech, VoiceActivity } from '../../conversation/ports.ts'
import type {
  CallInPerson,
  LanguageModelProvider,
  PortsInPerson,
  ProviderCall,
  SpeechToTextProvider,
} from '../entry.ts'
import { type Chain, type ChainedCall, type ChainParts, type Link, languageModelOf, speechToTextOf } from './chain.ts'

/** What such a call is held with besides. */
interface Others {
  /** Speaks what is no answer of the model's, and what another model answers. */
  readonly voice: TextToSpeech
  readonly voiceActivity: VoiceActivity
  /** Whoever hears where the model fails; undefined where nobody is named. */
  readonly ears: Chain<SpeechToTextProvider> | undefined
}

/**
 * The ports of a call whose first model hears and speaks by itself; undefined where it does not. Where its session fails,
 * those go on who are named after it.
 */
export function inPersonOf(
  [mind, ...minds]: Chain<LanguageModelProvider>,
  call: ChainedCall & CallInPerson,
  { ears, ...others }: Others,
  parts: ChainParts,
): PortsInPerson | undefined {
  const { provider, name, title } = mind
  const own = provider.inPerson?.(call, others)
  if (!own) return undefined
  // A breaker asks for another session than the call's.
  const mindOfCall: Link<LanguageModelProvider> = {
    ...mind,
    provider: { forCall: asked => (asked === call ? own.model : provider.forCall(asked)) },
  }
  const earsOfCall: Link<SpeechToTextProvider> = {
    ...{ name, title },
    provider: { forCall: asked => (asked === call ? own.speechToText : earsInPerson(provider, asked, others)) },
  }
  return {
    speechToText: speechToTextOf([earsOfCall, ...(ears ?? [])], call, parts),
    model: languageModelOf([mindOfCall, ...minds], call, parts),
    voice: own.voice,
  }
}

/** The ears of a model that hears by itself, on their own. Throws an Error where it does not. */
export function earsInPerson(
  { inPerson }: LanguageModelProvider,
  call: ProviderCall & { readonly rateHz: number },
  others: { readonly voice: TextToSpeech; readonly voiceActivity: VoiceActivity },
): SpeechToText {
  if (!inPerson) throw new Error('the model does not hear by itself')
  return inPerson({ ...call, voiceRateHz: 8_000 }, others).speechToText
}
