import type { Language } from '../language.ts'
import type { Next, ToolCall } from '../ports.ts'
import type { Resumed } from '../resumed.ts'
import type { SecretEvent } from '../secret-asked.ts'
import type { Answered } from './answered.ts'
import type { HandedOff } from './hand-off.ts'
import type { LineLanguages } from './languages.ts'
import type { AgentAround, OwnWords, SpokenWords } from './own-words.ts'
import type { PatienceWindow } from './patience.ts'
import type { InterpretedLine, Relayed } from './relayed.ts'
import type { BySpeaker } from './speakers.ts'
import type { Utterance } from './utterance.ts'

/** Sentences that must never fail: each agent words them, and their sound is cached on disk. */
export type Phrase =
  | 'notice'
  | 'greeting'
  | 'back'
  | 'cut-off'
  | 'go-on'
  | 'still-there'
  | 'pardon'
  | 'take-your-time'
  | 'apology'
  | 'give-up'
  | 'transfer'
  | 'joined'
  | 'switched'
  | 'time-warning'
  | 'time-up'
  | 'budget-spent'
  | 'goodbye'

/** A wait that the turn names. It is over at `dueMs`, unless the turn stops naming it. */
export interface Wait {
  readonly id: number
  readonly dueMs: number
  readonly why: string
}

/** A tool call that is not run before the caller has agreed to it. */
export interface Pending {
  readonly call: ToolCall
  readonly question: string
  /** It was asked before, and the answer was neither yes nor no. */
  readonly again: boolean
  /** It was asked at another server, before the line broke: who runs the tool here does not remember it. */
  readonly elsewhere?: true
}

/** One thing the agent says, from the first thought to the last word heard. */
export interface Reply {
  readonly id: number
  readonly content: /** `agreed`: the tool call that the caller has agreed to. It runs before the model is asked. */
    | {
        readonly kind: 'answer'
        readonly to: Utterance
        readonly agreed?: ToolCall
        /** The question that they agreed to, where it was asked at another server. */
        readonly agreedTo?: string
      }
    /** The same question, asked once more. */
    | { readonly kind: 'question'; readonly pending: Pending }
    /** `relay`: what the other person has said in their language. `repeat`: the agent's own words, as after a broken line. */
    | { readonly kind: 'relay' | 'repeat'; readonly text: string }
    /**
     * `keeps`: what the caller has said so far, where the phrase only helps them to go on. `insists`: it is said to its
     * end, whatever is said over it.
     */
    | { readonly kind: 'phrase'; readonly phrase: Phrase; readonly keeps?: Utterance; readonly insists?: true }
  /** The line has begun to play it. */
  readonly sounding: boolean
  /** What the caller has heard of the current part. */
  readonly heard: string
  /** A tool was called for it, so the reply cannot be taken back. */
  readonly acted: boolean
  /** How many of its tools are still running. */
  readonly running: number
  /** The question at its end. */
  readonly asks?: Pending
  /** The caller gives a secret, which nobody else hears. This is called when it is known, or at another server to ask again. */
  readonly secret?: ToolCall
  /** Little of the call's budget was left when it began: it has less room. */
  readonly short?: true
  /** It is the first one after the line broke: the caller is told so before it. */
  readonly resumed?: Resumed
  readonly afterwards: 'listen' | 'greet' | Next
}

/** What stays from turn to turn. */
export interface TurnContext extends InterpretedLine {
  /** The last id that was given to a work. */
  readonly ids: number
  /** The detector hears the caller now. */
  readonly voiced: boolean
  /** How many replies in a row failed. */
  readonly failures: number
  /** The current speech-to-text session, and how many before it failed in a row without a word. */
  readonly sttSession: { readonly id: number; readonly failures: number }
  /** The agent's last words that want an answer. */
  readonly asked: string
  readonly spoken: SpokenWords
  /** The caller's last turn. */
  readonly answered: Answered | undefined
  /** A question that the caller has heard to its end. Their next turn decides whether the tool runs. */
  readonly pending: (Pending & { readonly heardOutMs: number }) | undefined
  /** The longest recent pause after which the caller went on, although their words had sounded complete. */
  readonly pauseMs: number
  /** Somebody has joined beside the caller, who was not told yet. */
  readonly joined: boolean
  /** Somebody may join beside the caller, or is there: the caller is busy with a page, and may be silent for longer. */
  readonly beside: boolean
  /** What is left of what may be spent on the call; nothing while that is ample. */
  readonly budget?: 'little' | 'none'
  /** The line sends the agent's voice back, so a voice over the agent's may be the agent's own. */
  readonly echoes: boolean
  /** The transcript of which some words are the agent's own. */
  readonly own?: OwnWords
  readonly languages?: LineLanguages
  readonly handedOff?: HandedOff
  /** When the call reaches its longest time. The caller is told before that. */
  readonly limit: Wait & { readonly stage: 'ample' | 'to-be-told' | 'told' }
}

/** Whose turn it is: the whole state of a conversation without its history. docs/architecture.md draws it. */
export type Turn = { readonly context: TurnContext } & (
  | { readonly kind: 'listening'; readonly idle: Wait; readonly prompted: boolean }
  /** `draft`: a reply that is prepared while the caller may still go on. */
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
      /** When the current sound over the agent began. */
      readonly soundMs: number
      /** The caller has spoken so long that the agent is silent. It goes on if no words come. */
      readonly silenced: boolean
      readonly judging: Wait
    }
  | { readonly kind: 'ended'; readonly next: Next; readonly why: string }
)

export type TurnOf<Kind extends Turn['kind']> = Extract<Turn, { kind: Kind }>

/** Parts between the whole numbers are fillers: the caller hears them, but they answer nothing. */
export const isFiller = (part: number): boolean => !Number.isInteger(part)

/** What happens in a conversation, a few times a second at most. `atMs` counts from the start of the call. */
export type TurnEvent = { readonly atMs: number } & (
  | { readonly kind: 'speech-start'; readonly firstVoicedMs: number }
  | { readonly kind: 'speech-end'; readonly lastVoicedMs: number }
  | ({
      readonly kind: 'words'
      readonly text: string
      readonly final: boolean
      readonly ended: boolean
      /** How likely (0 to 1) the turn is complete with these words. Without it the last words decide. */
      readonly complete?: number
    } & BySpeaker &
      AgentAround)
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'typed'; readonly text: string }
  /** Somebody joined the call beside the caller, to show a screen. */
  | { readonly kind: 'joined' }
  /** A room beside the call was opened, in which somebody may join, or closed. */
  | { readonly kind: 'beside'; readonly open: boolean }
  | ({ readonly kind: 'relayed' } & Relayed)
  /** What may be spent on the call, on the caller's calls of a day, or on all calls of a day is nearly spent, or spent. */
  | { readonly kind: 'budget'; readonly left: 'little' | 'none'; readonly of: 'call' | 'caller' | 'day' }
  /** `own`: how like (0 to 1) the sound over the agent is to the agent's own. */
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
  /** The tool did not run: the caller is asked first. */
  | {
      readonly kind: 'tool-asked'
      readonly reply: number
      readonly part: number
      readonly call: ToolCall
      readonly question: string
    }
  | SecretEvent
  /** A tool of this reply has changed the language of the call. */
  | { readonly kind: 'language'; readonly reply: number; readonly code: string }
  /** A tool of this reply has given the call to another agent. */
  | ({ readonly kind: 'hand-off' } & HandedOff)
  /** The exchanges from one to another were summed up: replies that begin from now on are told this instead. */
  | { readonly kind: 'summarised'; readonly from: number; readonly until: number; readonly text: string }
  | { readonly kind: 'reply-done'; readonly reply: number }
  | { readonly kind: 'reply-failed'; readonly reply: number; readonly provider: string; readonly why: string }
  | { readonly kind: 'stt-failed'; readonly session: number; readonly why: string; readonly retryable: boolean }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string }
  /** From outside. `next`: a person takes the caller over. */
  | { readonly kind: 'stopped'; readonly why: string; readonly next?: 'transfer' }
)

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never
/** An event before the conversation has put its time on it. */
export type UntimedEvent = Unstamped<TurnEvent>

/** The times and permissions by which turns are taken. They stay the same for a whole call. */
export interface Policy {
  readonly patience: PatienceWindow
  /** The agent is silent after `speechMs` of speech without a word, or `backChannelMs` of back-channels alone. */
  readonly bargeIn: {
    /** The agent's voice while it is not known yet whether the caller interrupts. */
    readonly voice: 'ducked' | 'held'
    readonly speechMs: number
    readonly backChannelMs: number
  }
  readonly idleMs: number
  readonly deadAirMs: number
  /** How many drafts may be made for one turn of the caller. */
  readonly draftsPerTurn: number
  readonly limitMs: number
  /** The caller is told so long before the limit. */
  readonly limitNoticeMs: number
  readonly canTransfer: boolean
  readonly interprets?: true
  /** The most letters of one answer of the model that are said. Default: three minutes of speech. */
  readonly mostLetters?: number
}

/** What decides besides the turn and the event. The journal keeps the policy, but only the code of the language. */
export interface Rules {
  readonly policy: Policy
  readonly language: Language
}

/** What is done because the turn names it. `converse` starts newly named works, and aborts those no longer named. */
export type Work =
  | { readonly kind: 'wait'; readonly id: number; readonly wait: Wait }
  /** A held reply is made but not heard, and runs no tool, until the turn names it as not held. */
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply; readonly held: boolean }
  /** `failures`: how many sessions in a row failed before it. */
  | { readonly kind: 'stt-session'; readonly id: number; readonly failures: number }

const waiting = (...waits: readonly (Wait | undefined)[]): readonly Work[] =>
  waits.flatMap(wait => (wait ? [{ kind: 'wait', id: wait.id, wait } as const] : []))
const replying = (reply: Reply, held = false): Work => ({ kind: 'reply', id: reply.id, reply, held })
const drafting = (draft: Reply | undefined): readonly Work[] => (draft ? [replying(draft, true)] : [])

/** The works that this turn names. No two have the same id. */
export function worksOf(turn: Turn): readonly Work[] {
  // Who asks for a secret listens by themselves.
  const isHeard = !('reply' in turn && turn.reply.secret)
  const session = isHeard ? [{ kind: 'stt-session', ...turn.context.sttSession } as const] : []
  const always = [...session, ...waiting(turn.context.limit)]
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

/** Whether anything is to be done for this change of turn: another kind, or works that begin or end. The journal has each such turn. */
export function isDecision(before: Turn, after: Turn): boolean {
  if (before === after) return false
  if (before.kind !== after.kind) return true
  const ids = new Set(worksOf(before).map(work => work.id))
  const works = worksOf(after)
  return works.length !== ids.size || works.some(work => !ids.has(work.id))
}
