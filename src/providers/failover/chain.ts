import type { Clock, LanguageModel, SpeechToText, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import type { LanguageModelProvider, ProviderCall, SpeechToTextProvider, TextToSpeechProvider } from '../entry.ts'
import { withUntoldWords } from '../speaking/untold-words.ts'
import { wholeSpeech } from '../speaking/whole-speech.ts'
import { trimmed } from '../trimmed.ts'
import type { Breakers } from './breaker.ts'
import type { FailoverParts } from './candidate.ts'
import type { Hedging } from './hedge.ts'

/** An open provider, as the settings name it. */
export interface Link<P> {
  readonly name: string
  readonly title: string
  readonly provider: P
}

/** The providers of a port in the order of the settings: the next one serves where one fails. There is at least one. */
export type Chain<P> = readonly [Link<P>, ...Link<P>[]]

type Several = typeof import('./several.ts')

/** What all calls of the process share. */
export interface ChainParts {
  readonly clock: Clock
  readonly breakers: Breakers
  /** Undefined where nothing may be asked twice. */
  readonly hedging: Hedging | undefined
  /** Undefined where each port has one provider. */
  readonly several: Several | undefined
}

/** A call, and where it is told that another provider took over, and what that cost. */
export type ChainedCall = ProviderCall & Pick<FailoverParts, 'note' | 'used'> & { readonly speakers?: boolean }

function loaded({ several }: ChainParts): Several {
  if (!several) throw new Error('a port has several providers, and what is around them was not loaded')
  return several
}

/** Nothing is wrapped around one that is alone. */
export const speechToTextOf = (
  chain: Chain<SpeechToTextProvider>,
  call: ChainedCall & { readonly rateHz: number },
  parts: ChainParts,
): SpeechToText =>
  chain.length === 1 ? chain[0].provider.forCall(call) : loaded(parts).severalEars(chain, call, parts)

export const languageModelOf = (
  chain: Chain<LanguageModelProvider>,
  call: ChainedCall,
  parts: ChainParts,
): LanguageModel =>
  chain.length === 1 ? chain[0].provider.forCall(call) : loaded(parts).severalMinds(chain, call, parts)

export const textToSpeechOf = (
  chain: Chain<TextToSpeechProvider>,
  call: ChainedCall & { readonly rateHz: VoiceRateHz },
  parts: ChainParts,
): TextToSpeech => {
  const [{ provider, title }, ...others] = chain
  const several = others.length > 0
  const voice = several ? loaded(parts).severalVoices(chain, call, parts) : voiceAlone(provider, title, call)
  return withUntoldWords(voice, parts.clock)
}

export const voiceAlone = (
  provider: TextToSpeechProvider,
  title: string,
  call: ChainedCall & { readonly rateHz: VoiceRateHz },
): TextToSpeech => trimmed(wholeSpeech(provider.forCall(call), title))
