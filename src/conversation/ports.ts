import type { Delivery } from './delivery.ts'
import type { OwnSound } from './own-sound.ts'
import type { SecretAsked, TakenSecret } from './secret-asked.ts'
import type { HandedOff } from './turn/hand-off.ts'
import type { Relayed } from './turn/relayed.ts'
import type { BySpeaker } from './turn/speakers.ts'

/** The conversation's only source of time, so that a whole call can run in virtual time. */
export interface Clock {
  /** Milliseconds since a fixed moment; never goes back. */
  now(): number
  /** The calendar time, for what is stored; never for measuring. */
  wallTime(): Date
  /** Resolves after `ms`. Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The only audio format inside: 16-bit mono samples at `rateHz`. */
export interface AudioFrame {
  readonly pcm: Int16Array
  readonly rateHz: number
}

/** The rates of the agent's voice: on a telephone, and in a browser. */
export type VoiceRateHz = 8000 | 24000

/** A frame of the caller's sound. `atMs` is when its first sample was spoken, by the Clock and without jitter. */
export interface CallerFrame extends AudioFrame {
  readonly atMs: number
}

/** A word and when it sounds, in ms from the start of its speech. */
export interface Word {
  readonly text: string
  readonly startMs: number
  readonly endMs: number
}

/** The agent's voice as it is made: sound, and the words in it, which may come before or after it. */
export type Speech =
  | { readonly kind: 'audio'; readonly frame: AudioFrame }
  | { readonly kind: 'words'; readonly words: readonly Word[] }

/** How much of a speech was heard. The last one of a stream is final. */
export interface Heard {
  readonly heard: string
  readonly heardMs: number
}

/** What comes from the caller. */
export type Inbound =
  | { readonly kind: 'audio'; readonly frame: CallerFrame }
  | { readonly kind: 'digit'; readonly digit: string }
  /** What the caller has typed: a whole turn. */
  | { readonly kind: 'typed'; readonly text: string }
  /** Somebody joined beside the caller, to show a screen. */
  | { readonly kind: 'joined' }
  /** A room beside the call was opened, in which somebody may join, or closed. */
  | { readonly kind: 'beside'; readonly open: boolean }
  | ({ readonly kind: 'relayed' } & Relayed)
  | { readonly kind: 'budget'; readonly left: 'little' | 'none'; readonly of: 'call' | 'caller' | 'day' }
  /** The caller has hung up. */
  | { readonly kind: 'gone'; readonly why: string }
  /** The line broke. The caller may still be there, and the carrier may ask what comes next. */
  | { readonly kind: 'lost'; readonly why: string }

/** How loud the agent is on the line: full, low enough to talk over, or silent until it may go on. */
export type VoiceLevel = 'full' | 'ducked' | 'held'

/** What comes after the conversation. */
export type Next = 'hang-up' | 'transfer' | 'goodbye' | 'unavailable'

/** The line to one caller. Hides codecs, pacing and marks. */
export interface Channel extends OwnSound {
  /** The sample rate at which the line takes speech. */
  readonly rateHz: VoiceRateHz
  /** Ends after `gone` or `lost`, or on abort. Has one reader at a time. */
  inbound(signal: AbortSignal): AsyncIterable<Inbound>
  /**
   * Plays speech as it comes. Yields how much was heard at least every 250 ms, and a last time when all was heard. An
   * abort does not throw: the last value comes when the line is silent. A speech of which nothing was sent yields
   * nothing. A speech that fails is played as far as it came; then its error is thrown.
   */
  play(speech: AsyncIterable<Speech>, signal: AbortSignal): AsyncIterable<Heard>
  /**
   * Sets the level of the speech that is played now and of all speech after it. Ducked speech goes on without a gap;
   * held speech waits, and goes on from its last heard word.
   */
  voice(level: VoiceLevel): void
  /** Releases the line. `next` says what comes after it. */
  close(next: Next): Promise<void>
}

/** Speech began or ended. The times are the Clock's, of the first and the last voiced sample. */
export type VoiceEvent =
  | { readonly kind: 'speech-start'; readonly firstVoicedMs: number }
  | { readonly kind: 'speech-end'; readonly lastVoicedMs: number }

/** Tells speech from silence. */
export interface VoiceActivity {
  detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncIterable<VoiceEvent>
}

/**
 * Words of the caller. The next transcript replaces them until they are final. `ended`: the utterance seems finished.
 */
export interface Transcript extends BySpeaker {
  readonly text: string
  readonly final: boolean
  readonly ended: boolean
  /** How likely (0 to 1) the turn is over, by words and sound. Only some providers tell. */
  readonly endOfTurn?: number
  /** When the last word ended, in ms of the sound that the session was given. Only some providers tell. */
  readonly untilMs?: number
  /** Its words, as many as the text has between spaces, in ms of that sound. Only some providers tell. */
  readonly words?: readonly Word[] | undefined
}

/** What a speech-to-text session is given: sound, or `flush`, which asks for the words so far as final. */
export type SttInput = CallerFrame | 'flush'

/** Judges by the words alone how likely (0 to 1) a turn is complete. `asked` is what the agent said before it. */
export interface TurnEnd {
  /** The only language that it knows, as BCP 47; undefined where it knows all. */
  readonly language?: string
  judge(utterance: string, asked: string | undefined): number
}

/** The ears of a call. */
export interface SpeechToText {
  /**
   * Who hears now, by the name of the settings: where one provider fails, another may go on. Undefined is the first one
   * of the settings. `local`: this machine hears by itself, and nobody is paid.
   */
  readonly by?: string | undefined
  /** After `flush` the words are final within this time, or the session fails. Only some providers can say. */
  readonly finalWithinMs?: number
  /** Throws ProviderError when the provider fails or falls silent. */
  transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncIterable<Transcript>
}

/** One entry of the history, as the model is told it. An agent's text holds only what was heard. */
export type Message =
  | ({ readonly role: 'caller'; readonly text: string } & BySpeaker)
  | { readonly role: 'agent'; readonly text: string; readonly interrupted: boolean }
  | { readonly role: 'tool'; readonly call: ToolCall; readonly result: string | undefined }

/** What the model asks a tool to do. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The model's own text; JSON unless the model made a mistake. */
  readonly arguments: string
  /** What the model's server wants to get back with the call, such as Gemini's signature. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** What the model is told of a tool, and what the conversation must know of it. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>
  /** The tool changes something: it runs at most once, and a barge-in does not stop it. */
  readonly changes: boolean
  /** Its server makes a change once per idempotency key, and gives the first answer again. */
  readonly keyed?: boolean
  /** The agents that may call it. Default: all. */
  readonly agents?: readonly string[]
  /** What the caller hears while the tool is slow, such as "I am looking it up." */
  readonly filler?: string
  /** The same in other languages than English, by their codes. */
  readonly fillers?: Readonly<Record<string, string>>
}

/** What the tool is told by this server. A model cannot set it. */
export interface ToolContext {
  readonly callId: string
  readonly owner: string
  readonly agent: string
  readonly idempotencyKey: string
  /** BCP 47: the language of the call now. Default: English. */
  readonly language?: string
  /** The caller has agreed to this call. */
  readonly agreed: boolean
  /** Whether they agreed to this question, where it was asked at another server. */
  readonly wasAsked?: (question: string) => boolean
  /** It was run before, at a server that is gone, and its result is not known: its key tells whether it was done. */
  readonly again?: true
  /** Is given what a function of this process answers besides words for the model. */
  readonly answered?: (answer: unknown) => void
  /** Words of a stranger, such as those on a shared screen, have reached the model: the caller is asked before anything but an addition is made. */
  readonly asksFirst?: boolean
  /** The caller's turns that the model was told, the latest last. */
  readonly said?: readonly string[]
  /** What became of the secret that the tool wanted when it was called before. */
  readonly taken?: TakenSecret
  /** The reply that it is made for, and all calls of the same answer of the model. Nothing for a call on its own. */
  readonly together?: { readonly reply: number; readonly calls: readonly ToolCall[] }
}

/** A tool's result: words for the model, or a question that the caller must agree to before the tool runs. */
export type ToolOutcome =
  | {
      readonly kind: 'done'
      readonly text: string
      /** The code of the language in which the call goes on. */
      readonly language?: string
      /** The very words for the caller. The model is not asked for others. */
      readonly say?: string
      readonly handOff?: Pick<HandedOff, 'agent' | 'history'>
      /** The caller is asked for it, and then the tool is called again. */
      readonly secret?: SecretAsked
      /** The caller is told so and put through to a person, where one can be reached. `brief`: what staff should know. */
      readonly toPerson?: { readonly brief?: string | undefined }
    }
  | { readonly kind: 'ask'; readonly question: string }

/** A tool that was run in a call at a server that is gone, with what the model was told of it. */
export interface MadeBefore {
  /** The name of the agent that called it. */
  readonly agent: string
  readonly call: ToolCall
  readonly result: string
  readonly agoMs: number
}

/** The tools that the model may call. */
export interface ToolSet {
  readonly specs: readonly ToolSpec[]
  /** Resolves with words for the model, also when the tool failed for a reason that can be told. Throws otherwise. */
  run(call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<ToolOutcome>
  /** A call goes on here: a change that was made a moment ago is not made again when it is asked for again. */
  remember?(callId: string, made: readonly MadeBefore[]): void
}

/** A part of a reply: a model that speaks by itself knows by it what of its answers is to be heard. */
export interface ReplyPart {
  readonly reply: number
  readonly part: number
}

/** What the model is asked. */
export interface Prompt {
  readonly instructions: string
  readonly history: readonly Message[]
  readonly tools: readonly ToolSpec[]
  /** What can be perceived now besides the conversation, such as the caller's screen. It is data, not said by anybody. */
  readonly context?: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string
  /** What the answer is for. */
  readonly of?: ReplyPart
}

/** A piece of what a model answers: words, a whole call of a tool, or at last what it took. */
export type Delta =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly call: ToolCall }
  | {
      readonly kind: 'tokens'
      readonly input: number
      readonly output: number
      readonly cached: number
      /** Those of them that are sound, which costs more. */
      readonly audio?: AudioTokens
      /** As for SpeechToText. */
      readonly by?: string | undefined
    }
  /** It works on what can only be passed on as a whole, such as a tool call: a sign of life, and no more. */
  | { readonly kind: 'writing' }

/** Tokens of sound that a model heard or spoke. `cached` is a share of `input`. */
export interface AudioTokens {
  readonly input: number
  readonly output: number
  readonly cached: number
}

/** The mind of a call. */
export interface LanguageModel {
  /** As for SpeechToText. */
  readonly by?: string | undefined
  /** Throws ProviderError when the provider fails, stalls, or stops too early. */
  reply(prompt: Prompt, signal: AbortSignal): AsyncIterable<Delta>
}

/** The voice of a call. */
export interface TextToSpeech {
  /** As for SpeechToText. */
  readonly by?: string | undefined
  /**
   * Turns the pieces of text into one speech. Throws ProviderError when the provider fails or stalls. `of`: the pieces are
   * what a model answered for this part.
   */
  speak(text: AsyncIterable<string>, signal: AbortSignal, of?: ReplyPart, how?: Delivery): AsyncIterable<Speech>
  /** Whether the sound of a speech that begins with this piece is at hand: it costs nothing. */
  keeps?(piece: string, of?: ReplyPart): boolean
}
