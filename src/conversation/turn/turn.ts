import type { Language } from '../language.ts'
import type { Next, ToolCall, VoiceLevel } from '../ports.ts'
import type { Answered } from './answered.ts'
import type { PatienceWindow } from './patience.ts'
import { type Utterance, wordsOf } from './utterance.ts'

/** Sentences that must never fail: each agent words them, and their sound is kept on disk. */
export type Phrase =
  | 'notice'
  | 'greeting'
  | 'back'
  | 'still-there'
  | 'pardon'
  | 'take-your-time'
  | 'apology'
  | 'give-up'
  | 'transfer'
  | 'time-warning'
  | 'time-up'
  | 'goodbye'

/** A wait that the turn names: it ends at `dueMs` unless the turn stops naming it. */
export interface Wait {
  readonly id: number
  readonly dueMs: number
  readonly why: string
}

/** A tool that was called and is not run before the caller has agreed to it. */
export interface Pending {
  readonly call: ToolCall
  readonly question: string
  /** It has been asked before, and the answer was neither yes nor no. */
  readonly again: boolean
}

/** One thing the agent says, from the first thought to the last word heard. */
export interface Reply {
  readonly id: number
  readonly content: /** `agreed`: the tool that the caller's words have agreed to; it is run before the model is asked. */
    | { readonly kind: 'answer'; readonly to: Utterance; readonly agreed?: ToolCall }
    /** A question asked once more, as it stands. */
    | { readonly kind: 'question'; readonly pending: Pending }
    /** `keeps`: what the caller has said so far, where the phrase only helps him to go on. */
    | { readonly kind: 'phrase'; readonly phrase: Phrase; readonly keeps?: Utterance }
  /** Some of it has been given to the line. */
  readonly sounding: boolean
  /** What the caller has heard of the part that is being said. */
  readonly heard: string
  /** A tool has been called for it, so it cannot be taken back as if it had never been. */
  readonly acted: boolean
  /** Tools that have been called for it and have not come back. */
  readonly running: number
  /** It ends in this question. */
  readonly asks?: Pending
  readonly afterwards: 'listen' | 'greet' | Next
}

/** What stays from state to state. */
export interface TurnContext {
  /** Ids given out to works so far. */
  readonly ids: number
  /** The detector hears the caller just now. */
  readonly voiced: boolean
  /** Replies in a row that failed. */
  readonly failures: number
  /** Which session of the ears is on, and how many in a row brought no word. */
  readonly sttSession: { readonly id: number; readonly failures: number }
  /** What the agent said last that wants an answer. */
  readonly asked: string
  /** What the caller heard of the agent lately, in one reply or several, and when the last of it. */
  readonly spoken: { readonly text: string; readonly atMs: number }
  /** The caller's last turn. */
  readonly answered: Answered | undefined
  /** What the caller has been asked, to the end of the question: his next turn says whether it is done. */
  readonly pending: (Pending & { readonly heardOutMs: number }) | undefined
  /** The longest pause after which this caller lately went on, though his words had sounded complete. */
  readonly pauseMs: number
  /** His telephone sends the agent's voice back, so that a voice alone over the agent's tells nothing. */
  readonly echoes: boolean
  /** The call's longest time: told, then ended. */
  readonly limit: Wait & { readonly stage: 'ample' | 'to-be-told' | 'told' }
}

/** Whose turn it is: the whole state of a conversation but for its history. docs/architecture.md has the picture. */
export type Turn = { readonly context: TurnContext } & (
  | { readonly kind: 'listening'; readonly idle: Wait; readonly prompted: boolean }
  /** `draft`: a reply that is made ready while the caller may still go on. */
  | { readonly kind: 'hearing'; readonly utterance: Utterance; readonly draft: Reply | undefined; readonly lull: Wait }
  | {
      readonly kind: 'settling'
      readonly utterance: Utterance
      readonly draft: Reply | undefined
      readonly patience: Wait
    }
  | { readonly kind: 'replying'; readonly reply: Reply; readonly deadAir: Wait | undefined }
  | {
      readonly kind: 'yielding'
      readonly reply: Reply
      readonly deadAir: Wait | undefined
      readonly utterance: Utterance
      readonly speaking: boolean
      /** When the sound began that is being judged. */
      readonly soundMs: number
      /** He has spoken for so long that the agent is silent, and goes on only if it was nothing. */
      readonly silenced: boolean
      readonly judging: Wait
    }
  | { readonly kind: 'ended'; readonly next: Next; readonly why: string }
)

export type TurnOf<Kind extends Turn['kind']> = Extract<Turn, { kind: Kind }>

/** Parts between the whole numbers are fillers: they sound, but nothing is answered yet. */
export const isFiller = (part: number): boolean => !Number.isInteger(part)

/** What happens to a conversation, at human speed; `atMs` counts from the start of the call. */
export type TurnEvent = { readonly atMs: number } & (
  | { readonly kind: 'speech-start'; readonly firstVoicedMs: number }
  | { readonly kind: 'speech-end'; readonly lastVoicedMs: number }
  | {
      readonly kind: 'words'
      readonly text: string
      readonly final: boolean
      readonly ended: boolean
      /** How likely it is that the turn is complete with these words; without it the words' endings are looked at. */
      readonly complete?: number
    }
  | { readonly kind: 'digit'; readonly digit: string }
  /** `own`: how like (0 to 1) what was heard over the agent meanwhile is to the agent's own sound. */
  | { readonly kind: 'wait-over'; readonly wait: number; readonly own?: number }
  | { readonly kind: 'reply-sounding'; readonly reply: number; readonly part: number }
  | {
      readonly kind: 'heard'
      readonly reply: number
      readonly part: number
      readonly text: string
      readonly cut: boolean
    }
  | { readonly kind: 'tool-called'; readonly reply: number; readonly part: number; readonly call: ToolCall }
  | {
      readonly kind: 'tool-result'
      readonly reply: number
      readonly part: number
      readonly callId: string
      readonly result: string
    }
  /** The tool was not run: the caller is asked first. */
  | {
      readonly kind: 'tool-asked'
      readonly reply: number
      readonly part: number
      readonly call: ToolCall
      readonly question: string
    }
  | { readonly kind: 'reply-done'; readonly reply: number }
  | { readonly kind: 'reply-failed'; readonly reply: number; readonly provider: string; readonly why: string }
  | { readonly kind: 'stt-failed'; readonly session: number; readonly why: string; readonly retryable: boolean }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string }
)

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never
/** An event before the conversation has put its time on it. */
export type UntimedEvent = Unstamped<TurnEvent>

/** The numbers and permissions by which turns are taken; a call keeps one for its whole length. */
export interface Policy {
  readonly patience: PatienceWindow
  /** `speechMs` of it without a word silence the agent; of mere signs of listening it may be `backChannelMs`. */
  readonly bargeIn: {
    /** What becomes of the agent's voice while it is not yet known whether it is an interruption. */
    readonly voice: 'ducked' | 'held'
    readonly speechMs: number
    readonly backChannelMs: number
  }
  readonly idleMs: number
  readonly deadAirMs: number
  /** Replies that may be prepared in one turn of the caller before it is known to be over. */
  readonly draftsPerTurn: number
  readonly limitMs: number
  /** Told this long before the limit. */
  readonly limitNoticeMs: number
  readonly canTransfer: boolean
}

/** All that decides besides the turn and the event. The journal keeps the policy, and only the code of the language. */
export interface Rules {
  readonly policy: Policy
  readonly language: Language
}

/** What is being done because the turn names it: the shell starts what is newly named and aborts what no longer is. */
export type Work =
  | { readonly kind: 'wait'; readonly id: number; readonly wait: Wait }
  /** A reply that is held is made but not heard, and changes nothing, until it is named without. */
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply; readonly held: boolean }
  /** `failures` sessions in a row failed before it. */
  | { readonly kind: 'stt-session'; readonly id: number; readonly failures: number }

const waiting = (...waits: readonly (Wait | undefined)[]): readonly Work[] =>
  waits.flatMap(wait => (wait ? [{ kind: 'wait', id: wait.id, wait } as const] : []))
const replying = (reply: Reply, held = false): Work => ({ kind: 'reply', id: reply.id, reply, held })
const drafting = (draft: Reply | undefined): readonly Work[] => (draft ? [replying(draft, true)] : [])

/** The works that this turn names. */
export function worksOf(turn: Turn): readonly Work[] {
  const always = [{ kind: 'stt-session', ...turn.context.sttSession } as const, ...waiting(turn.context.limit)]
  switch (turn.kind) {
    case 'listening':
      return [...always, ...waiting(turn.idle)]
    case 'hearing':
      return [...always, ...drafting(turn.draft), ...waiting(turn.lull)]
    case 'settling':
      return [...always, ...drafting(turn.draft), ...waiting(turn.patience)]
    case 'replying':
      return [...always, replying(turn.reply), ...waiting(turn.deadAir)]
    case 'yielding':
      return [...always, replying(turn.reply), ...waiting(turn.deadAir, turn.judging)]
    case 'ended':
      return []
  }
}

/** Nothing that the caller does stops these words. */
export function isUninterruptible({ content, afterwards }: Reply): boolean {
  if (content.kind !== 'phrase') return false
  return afterwards === 'greet' || (afterwards !== 'listen' && content.phrase !== 'goodbye')
}

/** How loud the agent is while this turn goes on: not over a caller of whom it is not known yet what he wants. */
export function voiceOf(turn: Turn, policy: Policy): VoiceLevel {
  if (turn.kind !== 'yielding' || turn.context.echoes || isUninterruptible(turn.reply)) return 'full'
  // Words that are none of an interruption have lifted the doubt.
  const worded = wordsOf(turn.utterance) !== ''
  if (worded && !turn.speaking) return 'full'
  return turn.silenced ? 'held' : policy.bargeIn.voice
}
