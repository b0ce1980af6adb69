import type { Delivers, Delivery } from '../conversation/delivery.ts'
import type {
  Clock,
  LanguageModel,
  SpeechToText,
  TextToSpeech,
  VoiceActivity,
  VoiceRateHz,
} from '../conversation/ports.ts'
import type { Network } from '../network.ts'
import type { LocalSpeech } from './local/open-local-speech.ts'

/** One setting of a provider, by the name of its environment variable. */
export type SettingSpec =
  /** Never printed. Without it the provider cannot be used, unless its server is named or it is `optional`. */
  | { readonly name: string; readonly kind: 'secret'; readonly optional?: true }
  /** The address of its server. `protocols`: those that it may have, such as `https:`. */
  | { readonly name: string; readonly kind: 'url'; readonly default: string; readonly protocols: readonly string[] }
  /** A model, a voice, a region. Without a default it must be set, unless it is `optional`. */
  | {
      readonly name: string
      readonly kind: 'text'
      readonly default?: string
      readonly optional?: true
      /** The only values that it may have. */
      readonly oneOf?: readonly string[]
    }

/** The value of a setting. */
type Value<Spec> = Spec extends { readonly optional: true } ? string | undefined : string

/** The values of a provider's settings, by the names that its own code has for them: `apiKey`, `baseUrl`, `model`, `voiceId`. */
export type ValuesOf<Specs extends Readonly<Record<string, SettingSpec>>> = {
  readonly [Name in keyof Specs]: Value<Specs[Name]>
}

/** What providers are opened with, once for all calls. */
export interface ProviderParts {
  readonly clock: Clock
  readonly network: Network
}

/** What providers of speech are opened with besides. */
export interface SpeechParts extends ProviderParts {
  /** For providers that hear an utterance when it is over. */
  readonly voiceActivity: VoiceActivity
  /** What of speech this machine does by itself. */
  readonly local: Pick<LocalSpeech, 'ears' | 'voice'>
}

/** What a provider is told of the call that it is opened for. */
export interface ProviderCall {
  readonly callId: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent: string | undefined
  /** BCP 47: the language that is spoken, such as `en` or `de`. */
  readonly language: string
  /** Aborts when the call is over: sockets that were opened for it close. */
  readonly signal: AbortSignal
}

/** Ears for all calls. */
export interface SpeechToTextProvider {
  /** It can tell who of several people on the line has said what. */
  readonly tellsSpeakers?: boolean
  /**
   * Opens nothing by itself: each `transcribe` is a session. `rateHz` is that of the caller's sound, 8000 or 16000. `speakers`:
   * an agent of the call wants to know who has said what.
   */
  forCall(call: ProviderCall & { readonly rateHz: number; readonly speakers?: boolean }): SpeechToText
  close?(): Promise<void>
}

/** A call that a model hears and speaks by itself. The rates are those of the caller's sound and of the agent's. */
export interface CallInPerson extends ProviderCall {
  readonly rateHz: number
  readonly voiceRateHz: VoiceRateHz
}

/** What such a call is held with. */
export interface PortsInPerson {
  readonly speechToText: SpeechToText
  readonly model: LanguageModel
  readonly voice: TextToSpeech
}

/** A provider of minds, opened once for all calls. */
export interface LanguageModelProvider {
  forCall(call: ProviderCall): LanguageModel
  /**
   * For a model that hears and speaks by itself: all that a call is held with, from one session. `voice` speaks what is no
   * answer of the model's. The session closes with the call.
   */
  inPerson?(
    call: CallInPerson,
    others: { readonly voice: TextToSpeech; readonly voiceActivity: VoiceActivity },
  ): PortsInPerson
  close?(): Promise<void>
}

/** A voice for all calls. */
export interface TextToSpeechProvider {
  /** What it can do besides speaking as usual. Default: nothing. */
  readonly delivers?: readonly Delivers[]
  /** May open a socket at once, while the greeting plays. */
  forCall(call: ProviderCall & { readonly rateHz: VoiceRateHz; readonly delivery?: Delivery | undefined }): TextToSpeech
  /** For sentences that are rendered ahead, where nobody waits. Without it, that of a call does. */
  forPhrases?(call: Pick<ProviderCall, 'language' | 'signal'> & { readonly rateHz: VoiceRateHz }): TextToSpeech
  close?(): Promise<void>
}

/** What providers fill. */
export interface Ports {
  readonly STT: SpeechToTextProvider
  readonly LLM: LanguageModelProvider
  readonly TTS: TextToSpeechProvider
}
/** What a provider is for, by the name of its setting: STT, LLM or TTS. */
export type Port = keyof Ports
/** What a provider for this port is opened with. */
export type PartsOf<P extends Port> = P extends 'LLM' ? ProviderParts : SpeechParts

/** `notFound`: what a 404 of the vendor's own says. */
export interface KeyTest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly notFound?: string
}

/** A voice that an account may use, for whoever chooses one. */
export interface ListedVoice {
  /** What the setting of the voice wants. */
  readonly id: string
  readonly name: string
  /** BCP 47, or `any`. */
  readonly language: string
  readonly description: string
}

/** Lists voices; `search` is looked for in what is told of them, and is empty for all. Throws ProviderError. */
export type ListVoices<Values> = (
  values: Values,
  parts: ProviderParts,
  search: string,
  signal: AbortSignal,
) => AsyncIterable<ListedVoice>

/** Sound of a person, from whom a voice is made. */
export interface VoiceSample {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Makes a voice of samples, and resolves with its id. Throws ProviderError; `problems` says what is wrong with samples. */
export interface CloneVoice<Values> {
  problems(samples: readonly VoiceSample[]): readonly string[]
  make(
    values: Values,
    parts: ProviderParts,
    voice: { readonly name: string; readonly samples: readonly VoiceSample[] },
    signal: AbortSignal,
  ): Promise<string>
}

/**
 * A provider as it is chosen by name in STT, LLM or TTS. This is data alone: its code is loaded by `load`, and only where
 * it was chosen.
 */
export interface ProviderEntry<P extends Port, Specs extends Readonly<Record<string, SettingSpec>>> {
  readonly port: P
  /** For people and for errors: "Deepgram". The same vendor has the same title at each port. */
  readonly title: string
  readonly settings: Specs
  /** Its stand-in in the sandbox, by the name that `sandbox/stand-ins.ts` has for it. Without one its key must be set. */
  readonly standIn?: string
  /** The languages that it knows with these settings; undefined, or no such function, for those of all agents. */
  languagesOf?(values: ValuesOf<Specs>): readonly string[] | undefined
  /** A model that hears and speaks by itself: where it is the first, nobody is needed for STT. */
  readonly hearsAndSpeaks?: true
  /** The cheapest request that shows whether its key is taken, for `npm run doctor`. It costs nothing. */
  keyTest?(values: ValuesOf<Specs>): KeyTest
  load(): Promise<(values: ValuesOf<Specs>, parts: PartsOf<P>) => Ports[P] | Promise<Ports[P]>>
  /** For `npm run voices`. Only a voice has this. */
  loadVoices?(): Promise<ListVoices<ValuesOf<Specs>>>
  /** For `npm run voices -- --clone`. */
  loadCloning?(): Promise<CloneVoice<ValuesOf<Specs>>>
}

/** Checks the types of an entry's parts against each other. */
export const provider = <P extends Port, const Specs extends Readonly<Record<string, SettingSpec>>>(
  entry: ProviderEntry<P, Specs>,
): ProviderEntry<P, Specs> => entry
