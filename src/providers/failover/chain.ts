import type { Clock, LanguageModel, SpeechToText, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import type { LanguageModelProvider, ProviderCall, SpeechToTextProvider, TextToSpeechProvider } from '../entry.ts'
import { wholeSpeech } from '../speaking/whole-speech.ts'
import { trimmed } from '../trimmed.ts'
import type { Breakers } from './breaker.ts'
import type { Candidate, FailoverParts } from './candidate.ts'
import type { Hedging } from './hedge.ts'
import { failoverLanguageModel } from './language-model.ts'
import { probeLanguageModel, probeSpeechToText, probeTextToSpeech } from './probes.ts'
import { failoverSpeechToText } from './speech-to-text.ts'
import { failoverTextToSpeech } from './text-to-speech.ts'

/** An open provider, as the settings name it. */
export interface Link<P> {
  readonly name: string
  readonly title: string
  readonly provider: P
}

/** The providers of a port in the order of the settings: the next one serves where one fails. There is at least one. */
export type Chain<P> = readonly [Link<P>, ...Link<P>[]]

/** What all calls of the process share. */
export interface ChainParts {
  readonly clock: Clock
  readonly breakers: Breakers
  /** Undefined where nothing may be asked twice. */
  readonly hedging: Hedging | undefined
}

/** A call, and where it is told that another provider took over, and what that cost. */
export type ChainedCall = ProviderCall & Pick<FailoverParts, 'note' | 'used'>

/** Nothing is wrapped around one that is alone. */
function chained<P, T>(
  chain: Chain<P>,
  open: (provider: P, title: string) => T,
  probe: (provider: P) => (signal: AbortSignal) => Promise<void>,
  around: (candidates: readonly Candidate<T>[]) => T,
): T {
  if (chain.length === 1) return open(chain[0].provider, chain[0].title)
  return around(
    chain.map(({ name, title, provider }) => ({
      name,
      title,
      open: () => open(provider, title),
      probe: probe(provider),
    })),
  )
}

export const speechToTextOf = (
  chain: Chain<SpeechToTextProvider>,
  call: ChainedCall & { readonly rateHz: number },
  { clock, breakers }: ChainParts,
): SpeechToText =>
  chained(
    chain,
    provider => provider.forCall(call),
    provider => probeSpeechToText(provider, call.language, clock),
    candidates => failoverSpeechToText(candidates, { ...call, clock, breakers }),
  )

export const languageModelOf = (
  chain: Chain<LanguageModelProvider>,
  call: ChainedCall,
  { clock, breakers, hedging }: ChainParts,
): LanguageModel =>
  chained(
    chain,
    provider => provider.forCall(call),
    provider => probeLanguageModel(provider, call.language),
    candidates => failoverLanguageModel(candidates, { ...call, clock, breakers, hedging }),
  )

export const textToSpeechOf = (
  chain: Chain<TextToSpeechProvider>,
  call: ChainedCall & { readonly rateHz: VoiceRateHz },
  { clock, breakers }: ChainParts,
): TextToSpeech =>
  chained(
    chain,
    // Each by itself: one that takes over in the middle of a sentence begins with silence, too.
    (provider, title) => trimmed(wholeSpeech(provider.forCall(call), title)),
    provider => probeTextToSpeech(provider, call.language),
    candidates => failoverTextToSpeech(candidates, { ...call, clock, breakers }),
  )
