/**
 * What page and sandbox say on `/softphone/line`, besides sound. The sandbox's side is `src/sandbox/softphone/messages.ts`;
 * a test holds that both mean the same.
 */
export type FromPage =
  | { readonly kind: 'call'; readonly from: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'hang-up' }
  | {
      readonly kind: 'save'
      readonly name: string
      readonly utterances: readonly { readonly index: number; readonly say: string }[]
    }

/** The parts of one answer's time, in ms from the caller's last sound. */
export interface Latency {
  readonly turnEndMs: number
  readonly firstTokenMs: number
  readonly firstAudioMs: number
  readonly totalMs: number
  readonly ownMs: number
  readonly savedMs: number
}

/** What a sound over the agent's voice was taken for. */
export type Judged = 'interruption' | 'back-channel' | 'echo' | 'no-words' | 'too-late'
export type TurnState = 'listening' | 'hearing' | 'settling' | 'replying' | 'yielding' | 'ended'

/** What the server's journal tells of the call, as it happens. */
export type Told =
  | { readonly kind: 'caller'; readonly text: string }
  | { readonly kind: 'interim'; readonly text: string }
  | {
      readonly kind: 'agent'
      readonly text: string
      readonly interrupted: boolean
      readonly latency?: Latency | undefined
    }
  | { readonly kind: 'speaking'; readonly text: string }
  | { readonly kind: 'turn'; readonly state: TurnState; readonly why: string }
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

/** What the carrier tells, as far as it is shown. */
export type CarrierEvent =
  | { readonly kind: 'say'; readonly atMs: number; readonly text: string }
  | { readonly kind: 'dial'; readonly atMs: number; readonly number: string; readonly outcome: string }
  | { readonly kind: 'warning'; readonly atMs: number; readonly text: string }
  | {
      readonly kind: 'document' | 'stream-started' | 'stream-ended' | 'utterance' | 'clear' | 'key' | 'hung-up'
      readonly atMs: number
    }

/** `due` is as it would be said, such as "tomorrow at nine". */
export interface Task {
  readonly title: string
  readonly due: string | null
  readonly status: 'pending' | 'completed'
}

/** A stretch of the caller's voice, and what was understood of it. */
export interface Utterance {
  readonly index: number
  readonly say: string
  readonly startMs: number
  readonly endMs: number
}

/** What the carrier measured. */
export interface Figures {
  readonly lengthMs: number
  readonly greetingAfterMs: number | null
  readonly answersMs: readonly number[]
  readonly unanswered: number
  readonly underruns: number
  readonly underrunMs: number
  readonly clears: number
  readonly microphone: { readonly missing: number; readonly leftOut: number; readonly putIn: number }
  readonly warnings: readonly string[]
}

/** The server that is rung. `url` is empty while none is known; `follows`: what it tells comes as `told` and `tasks`. */
export interface Server {
  readonly kind: 'server'
  readonly url: string
  readonly ready: boolean
  readonly notReady: readonly string[]
  readonly follows: boolean
}

/** How a call ended. `savable`: it can be kept as a fixture, until the next call. */
export interface Ended {
  readonly kind: 'ended'
  readonly why: string
  readonly by: 'caller' | 'agent' | 'transfer'
  readonly savable: boolean
  readonly utterances: readonly Utterance[]
  readonly figures: Figures
}

export type ToPage =
  | Server
  | { readonly kind: 'ringing'; readonly callSid: string }
  | { readonly kind: 'answered'; readonly callSid: string }
  | { readonly kind: 'carrier'; readonly event: CarrierEvent }
  | { readonly kind: 'told'; readonly atMs: number; readonly told: Told }
  | { readonly kind: 'tasks'; readonly tasks: readonly Task[] }
  | Ended
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'refused'; readonly what: 'call' | 'save' | 'key' | 'message'; readonly why: string }

/** The message in a text; undefined if it is none. */
export function messageIn(text: string): ToPage | undefined {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null && 'kind' in read ? (read as ToPage) : undefined
  } catch {
    return undefined
  }
}
