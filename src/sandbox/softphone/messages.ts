import { z } from 'zod'
import type { CallEvent } from '../twilio/call-event.ts'

/*
 * The softphone's line, `/softphone/line`: a WebSocket with JSON texts both ways, and sound as binary messages of 160 bytes
 * each: 20 ms of mu-law at 8 kHz. One socket has at most one call at a time, and any number of calls one after the other.
 */

/** A caller's number as Twilio gives it, or `anonymous` for a withheld one. */
export const CALLER_NUMBER = /^(?:\+[1-9]\d{6,14}|anonymous)$/
export const MOST_UTTERANCES = 200
export const MOST_WORDS_LETTERS = 1_000

const fromPage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('call'),
    from: z.string().regex(CALLER_NUMBER, 'must be a number like +15550100042, or anonymous'),
  }),
  z.strictObject({ kind: z.literal('key'), key: z.string().regex(/^[0-9*#]$/, 'must be one of 0-9, * and #') }),
  z.strictObject({ kind: z.literal('hang-up') }),
  /** Keeps the last call as a fixture. `say`: what was said, corrected; an utterance that is not named keeps its words. */
  z.strictObject({
    kind: z.literal('save'),
    name: z.string().min(1).max(60),
    utterances: z
      .array(z.strictObject({ index: z.number().int().min(0), say: z.string().max(MOST_WORDS_LETTERS) }))
      .max(MOST_UTTERANCES),
  }),
])

/** What the page may send besides sound. */
export type FromPage = z.infer<typeof fromPage>

/** Reads one text of the page's; one that is wrong gives a `problem` in words. */
export function readFromPage(text: string): FromPage | { readonly problem: string } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { problem: 'a message is not JSON' }
  }
  const parsed = fromPage.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  return { problem: `${issue?.path.join('.') || 'a message'}: ${issue?.message}` }
}

/** The parts of one answer's time, in ms: as in the journal's story. */
export interface ToldLatency {
  readonly turnEndMs: number
  readonly firstTokenMs: number
  readonly firstAudioMs: number
  readonly totalMs: number
  readonly ownMs: number
  readonly savedMs: number
}

/** What a sound over the agent's voice was taken for. `too-late`: the agent had ended by itself before that was known. */
export type Judged = 'interruption' | 'back-channel' | 'echo' | 'no-words' | 'too-late'

/** What the server's journal tells of the call, as it happens. */
export type Told =
  /** A whole turn of the caller's, as the agent answers it. It replaces the interim words before it. */
  | { readonly kind: 'caller'; readonly text: string }
  /** What the caller has said in this turn so far; each replaces the last. */
  | { readonly kind: 'interim'; readonly text: string }
  /** A reply that is over, as far as it was heard. It replaces the words of `speaking` before it. */
  | {
      readonly kind: 'agent'
      readonly text: string
      readonly interrupted: boolean
      readonly latency?: ToldLatency | undefined
    }
  /** What has been heard of the reply so far; each replaces the last. */
  | { readonly kind: 'speaking'; readonly text: string }
  /** Whose turn it is, and why, in a sentence; empty where there is nothing to say. */
  | {
      readonly kind: 'turn'
      readonly state: 'listening' | 'hearing' | 'settling' | 'replying' | 'yielding' | 'ended'
      readonly why: string
    }
  /** A sound over the agent's voice was judged. `words`: those that were heard, or nothing. */
  | { readonly kind: 'overlap'; readonly judged: Judged; readonly words: string }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly arguments: string
      readonly result: string
      readonly tookMs: number
    }
  | { readonly kind: 'trouble'; readonly what: string }
  | { readonly kind: 'ended'; readonly why: string }

/** One of the caller's tasks. `due` is as it would be said, such as "tomorrow at nine". */
export interface ShownTask {
  readonly title: string
  readonly due: string | null
  readonly status: 'pending' | 'completed'
}

/** A stretch of the caller's voice. Times are ms on the timeline of the call's recording. */
export interface SpokenSpan {
  readonly index: number
  /** What was said, as the server understood it; empty where that cannot be read here. */
  readonly say: string
  readonly startMs: number
  readonly endMs: number
}

/** What the carrier measured, from the recording alone. */
export interface CallFigures {
  readonly lengthMs: number
  /** From the stream's beginning to the agent's first sound; null when there was none. */
  readonly greetingAfterMs: number | null
  /** From the caller's last sound to the agent's first, of each turn that was answered. */
  readonly answersMs: readonly number[]
  readonly unanswered: number
  /** How often the agent's sound came too late to go on without a gap, and for how long in all. */
  readonly underruns: number
  readonly underrunMs: number
  /** How often the agent was stopped by the server. */
  readonly clears: number
  /** How the microphone's frames came: lost or missing ones, and those left out or put in against drift. */
  readonly microphone: { readonly missing: number; readonly leftOut: number; readonly putIn: number }
  readonly warnings: readonly string[]
}

/** What the sandbox sends besides sound. */
export type ToPage =
  /**
   * The server that is rung, at once and whenever this changes. `url` is empty while no server is known. `follows`: what
   * it tells can be read here, so `told` and `tasks` come.
   */
  | {
      readonly kind: 'server'
      readonly url: string
      readonly ready: boolean
      readonly notReady: readonly string[]
      readonly follows: boolean
    }
  | { readonly kind: 'ringing'; readonly callSid: string }
  | { readonly kind: 'answered'; readonly callSid: string }
  | { readonly kind: 'carrier'; readonly event: CallEvent }
  /** `atMs`: since the server answered. */
  | { readonly kind: 'told'; readonly atMs: number; readonly told: Told }
  | { readonly kind: 'tasks'; readonly tasks: readonly ShownTask[] }
  | {
      readonly kind: 'ended'
      readonly why: string
      readonly by: 'caller' | 'agent' | 'transfer'
      /** There is something to keep as a fixture, until the next call. */
      readonly savable: boolean
      readonly utterances: readonly SpokenSpan[]
      readonly figures: CallFigures
    }
  | { readonly kind: 'saved'; readonly path: string }
  /** `message`: what was sent could not be read. */
  | { readonly kind: 'refused'; readonly what: 'call' | 'save' | 'key' | 'message'; readonly why: string }
