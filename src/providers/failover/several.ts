import type { LanguageModel, SpeechToText, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import type { LanguageModelProvider, SpeechToTextProvider, TextToSpeechProvider } from '../entry.ts'
import type { Candidate } from './candidate.ts'
import { type Chain, type ChainedCall, type ChainParts, voiceAlone } from './chain.ts'
import { failoverLanguageModel } from './language-model.ts'
import { probeLanguageModel, probeSpeechToText, probeTextToSpeech } from './probes.ts'
import { failoverSpeechToText } from './speech-to-text.ts'
import { failoverTextToSpeech } from './text-to-speech.ts'

// What is wrapped around the providers of a port that has several. It is loaded where a port has.

function candidatesOf<P, T>(
  chain: Chain<P>,
  open: (provider: P, title: string) => T,
  probe: (provider: P) => (signal: AbortSignal) => Promise<void>,
): readonly Candidate<T>[] {
  return chain.map(({ name, title, provider }) => ({
    ...{ name, title },
    open: () => open(provider, title),
    probe: probe(provider),
  }))
}

export function severalEars(
  chain: Chain<SpeechToTextProvider>,
  call: ChainedCall & { readonly rateHz: number },
  { clock, breakers }: ChainParts,
): SpeechToText {
  const candidates = candidatesOf(
    chain,
    provider => provider.forCall(call),
    provider => probeSpeechToText(provider, call.language, clock),
  )
  return failoverSpeechToText(candidates, { ...call, clock, breakers })
}

export function severalMinds(
  chain: Chain<LanguageModelProvider>,
  call: ChainedCall,
  { clock, breakers, hedging }: ChainParts,
): LanguageModel {
  const candidates = candidatesOf(
    chain,
    provider => provider.forCall(call),
    provider => probeLanguageModel(provider, call.language),
  )
  return failoverLanguageModel(candidates, { ...call, clock, breakers, hedging })
}

export function severalVoices(
  chain: Chain<TextToSpeechProvider>,
  call: ChainedCall & { readonly rateHz: VoiceRateHz },
  { clock, breakers }: ChainParts,
): TextToSpeech {
  const candidates = candidatesOf(
    chain,
    // Each by itself: one that takes over in the middle of a sentence begins with silence, too.
    (provider, title) => voiceAlone(provider, title, call),
    provider => probeTextToSpeech(provider, call.language),
  )
  return failoverTextToSpeech(candidates, { ...call, clock, breakers })
}
