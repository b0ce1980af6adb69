/** Time and chance come into the conversation by this door alone, so that a whole call can run in virtual time. */
export interface Clock {
  /** Monotonic milliseconds since some fixed moment. */
  now(): number
  /** The calendar, for what is stored; never for measuring. */
  wallTime(): Date
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The one audio format inside: 16-bit mono samples at `rateHz`. */
export interface AudioFrame {
  readonly pcm: Int16Array
  readonly rateHz: number
}

/** A frame of the caller's sound; `atMs` is when its first sample was spoken, by the Clock, jitter taken out. */
export interface CallerFrame extends AudioFrame {
  readonly atMs: number
}

/** A word and when it sounds, in ms from the start of the speech it belongs to. */
export interface Word {
  readonly text: string
  readonly startMs: number
  readonly endMs: number
}

/** The agent's voice as it is made: sound, and (before or after it) the words in that sound. */
export type Speech =
  | { readonly kind: 'audio'; readonly frame: AudioFrame }
  | { readonly kind: 'words'; readonly words: readonly Word[] }

/** How far a speech has been heard; the last one of a stream is final. */
export interface Heard {
  readonly heard: string
  readonly heardMs: number
}

/** What comes in from the person. */
export type Inbound =
  | { readonly kind: 'audio'; readonly frame: CallerFrame }
  | { readonly kind: 'digit'; readonly digit: string }
  /** The person has hung up. */
  | { readonly kind: 'gone'; readonly why: string }
  /** The line broke; the person may still be there, and the carrier ask what becomes of him. */
  | { readonly kind: 'lost'; readonly why: string }

/** How loud the agent is on the line: as it is, so low that one hears oneself speak, or silent until it may go on. */
export type VoiceLevel = 'full' | 'ducked' | 'held'

/** What becomes of the person when the conversation is over. */
export type Next = 'hang-up' | 'transfer' | 'goodbye' | 'unavailable'

/** The line to one person: a phone call, a browser's room. Codecs, pacing and marks are its own secret. */
export interface Channel {
  /** The rate in which the line takes speech. */
  readonly rateHz: number
  /** Ends after `gone` or `lost`, or on abort. Read by one reader. */
  inbound(signal: AbortSignal): AsyncIterable<Inbound>
  /**
   * Plays speech as it comes. Yields how much was heard at least every 250 ms, and a last time when all was heard or,
   * after an abort, when the line has fallen silent: an abort ends the stream, it does not throw. A speech of which
   * nothing was sent yields nothing; one that fails is played as far as it came, then its error is thrown.
   */
  play(speech: AsyncIterable<Speech>, signal: AbortSignal): AsyncIterable<Heard>
  /**
   * Turns what is played, and what will be, to this level at once. Ducked speech goes on where it was heard to; held
   * speech waits, and goes on from its last heard word.
   */
  voice(level: VoiceLevel): void
  /** How like (0 to 1) the person's sound since `sinceMs`, by the Clock, is to what was played to him then: an echo. */
  echo(sinceMs: number): number
  /** Gives up the line; `next` is what the person meets then. */
  close(next: Next): Promise<void>
}

/** Hears that somebody speaks. Times are the Clock's, of the first and the last voiced sample. */
export type VoiceEvent =
  | { readonly kind: 'speech-start'; readonly firstVoicedMs: number }
  | { readonly kind: 'speech-end'; readonly lastVoicedMs: number }

export interface VoiceActivity {
  detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncIterable<VoiceEvent>
}

/**
 * Words of the caller. An interim replaces the interim before it; a final freezes its words; `ended` says that the
 * provider takes the utterance for finished.
 */
export interface Transcript {
  readonly text: string
  readonly final: boolean
  readonly ended: boolean
  /** How likely (0 to 1) the provider thinks it, by words and sound, that the turn is over; only some say. */
  readonly endOfTurn?: number
}

/** What the ears are given: sound, or the wish to have the words so far made final. */
export type SttInput = CallerFrame | 'flush'

/** Judges by the words alone how likely it is (0 to 1) that a turn is complete, `asked` having been said before it. */
export interface TurnEnd {
  judge(utterance: string, asked: string | undefined): number
}

export interface SpeechToText {
  /** Throws ProviderError when the provider fails or falls silent. */
  transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncIterable<Transcript>
}

/** One entry of what was said and done, as the model is told it. An agent's text holds only what was heard. */
export type Message =
  | { readonly role: 'caller'; readonly text: string }
  | { readonly role: 'agent'; readonly text: string; readonly interrupted: boolean }
  | { readonly role: 'tool'; readonly call: ToolCall; readonly result: string | undefined }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** As the model wrote them: JSON, if all is well. */
  readonly arguments: string
}

export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>
  /** A tool that changes something runs at most once and is not stopped by a barge-in. */
  readonly changes: boolean
  /** What the caller hears if it takes its time, such as "I am looking it up." */
  readonly filler?: string
}

/** What the tool is told by us, and a model can never write. */
export interface ToolContext {
  readonly callId: string
  readonly owner: string
  readonly agent: string
  readonly idempotencyKey: string
  /** The caller has agreed to this very call. */
  readonly agreed: boolean
}

/** What came of a tool: words for the model, or a question to which the caller must agree before it is run. */
export type ToolOutcome =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'ask'; readonly question: string }

export interface ToolSet {
  readonly specs: readonly ToolSpec[]
  /** Resolves with words for the model also when the tool failed in a way that can be told; throws otherwise. */
  run(call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<ToolOutcome>
}

/** What the model is asked. */
export interface Prompt {
  readonly instructions: string
  readonly history: readonly Message[]
  readonly tools: readonly ToolSpec[]
}

export type Delta =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly call: ToolCall }
  | {
      readonly kind: 'tokens'
      readonly input: number
      readonly output: number
      readonly cached: number
    }

export interface LanguageModel {
  /** Throws ProviderError when the provider fails, stalls, or ends without having finished. */
  reply(prompt: Prompt, signal: AbortSignal): AsyncIterable<Delta>
}

export interface TextToSpeech {
  /** Speaks the pieces of text as one speech. Throws ProviderError when the provider fails or stalls. */
  speak(text: AsyncIterable<string>, signal: AbortSignal): AsyncIterable<Speech>
}
