import type { JournalLine } from '../conversation/lines.ts'
import type { Channel, Clock, Next } from '../conversation/ports.ts'
import type { NotReached } from '../conversation/ring-out.ts'
import type { Relayed } from '../conversation/turn/relayed.ts'
import type { Policy } from '../conversation/turn/turn.ts'
import type { LineBackground } from './line/background.ts'

/** What a channel needs of the server: one value for all channels. */
export interface CallHost {
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  /** Aborted when the server closes: calls that still go on end then. */
  readonly signal: AbortSignal
  /** Is told of each request that is not signed by the channel's vendor. */
  readonly refused: (ip: string, path: string) => void
  readonly admission: {
    /** Is there room for this call? Asking again for the same call takes no second place. */
    readonly admit: (callId: string) => boolean
    /**
     * The same for a caller who may wait for a place, since `sinceMs` of the wall clock. `caller` is the number, undefined
     * where it is withheld.
     */
    readonly receive: (
      callId: string,
      asking: { readonly caller: string | undefined; readonly sinceMs: number },
    ) => Reception
    /** A call that has begun is to open another stream: it is never turned away. */
    readonly goesOn: (callId: string, caller: string | undefined) => void
    /** The call is being transferred, and has its place should nobody answer. */
    readonly comesBack: (callId: string) => void
    /** The carrier expects nothing more of this call, until it brings a stream again. */
    readonly forget: (callId: string) => void
    /** The carrier says that the call is over. */
    readonly over: (callId: string) => void
    /** The carrier was told to ask again, for a call that another server may answer. */
    readonly sentBack: (callId: string) => void
    /** The server is shutting down and takes no new calls. */
    readonly isStopped: () => boolean
  }
  /** What all servers of one number share. */
  readonly store: {
    readonly factsOf: (callId: string) => Promise<CallFacts>
    /** Resolves to true for the first who asks for this stream of this call, on whichever server. */
    readonly takePass: (callId: string, attempt: number, at: Date) => Promise<boolean>
    /** Nothing is kept of a stream after which another one was opened. */
    readonly keepNext: (callId: string, next: Next, attempt?: number) => Promise<void>
    /** Counts a stream that ended without a word of what comes next. `sinceMs`: since the one before, if there was one. */
    readonly broke: (
      callId: string,
      at: Date,
    ) => Promise<{ readonly streams: number; readonly times: number; readonly sinceMs: number | undefined }>
  }
  /** Opens the record of a call; the call is held until the record is sealed. */
  readonly openCall: (opening: CallOpening) => Promise<OpenCall>
}

/** What comes of a call that asks for a place. `position` counts from 1; `isNew`: it did not wait on this server before. */
export type Reception =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'waits'; readonly position: number; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly why: 'stopping' | 'full' | 'late' | 'caller' }

/** What is known of a call between its requests, whichever server they reach. */
export interface CallFacts {
  /** Streams that were opened for it so far. */
  readonly streams: number
  /** What follows when the stream has ended; nothing while it lasts, or when its server died. */
  readonly next: Next | undefined
}

/** The name of the agent that answers a number that was called, or the one that is named, if it is there. */
export type AgentAt = (asked: { readonly number?: string | undefined; readonly named?: string | undefined }) => string

/** `rung`: the server has rung them, so of them, too, nothing but the call itself is known. */
export type Caller = 'number' | 'hidden-number' | 'browser' | 'rung'

/** Of a call that the server has made itself: for which ringing. */
export interface RungOpening {
  readonly ring: string
  /** The call beside which it is held. */
  readonly besideCallId?: string | undefined
  /** The code of the language in which it begins. */
  readonly language?: string | undefined
}

/** A call whose line is there. */
export interface CallOpening {
  readonly callId: string
  readonly channelName: string
  /** The rate of its recording, and of the sound that its recorder is given. */
  readonly rateHz: number
  /** The caller's sound has timestamps of the carrier, so what is missing in it can be told. */
  readonly isDated?: boolean
  /** Is told of each line of the journal, when it is written. */
  readonly onLine?: (line: JournalLine) => void
  /** Counts the streams of this call from 1: a call comes back after a transfer. */
  readonly attempt: number
  /** Whose data the call is about. */
  readonly owner: string
  /** Who calls. Of a hidden number nothing but the call itself is known. */
  readonly caller: Caller
  /** E.164: whose line it is, where that is not the owner. */
  readonly number?: string | undefined
  /** The server has made this call itself. */
  readonly rung?: RungOpening | undefined
  /** The agent that was chosen for this call. Default: that of the settings. */
  readonly agent?: string | undefined
  /** The caller can be put through to a person on this channel. */
  readonly canTransfer: boolean
  /** The caller can share a screen on this channel. */
  readonly canShow?: boolean
}

/** The number of a call's line, if it is known. */
export const numberIn = ({ number, caller, owner }: Pick<CallOpening, 'number' | 'caller' | 'owner'>) =>
  number ?? (caller === 'number' ? owner : undefined)

/** A call whose record is open. */
export interface OpenCall {
  readonly recorder: CallRecorder
  readonly note: (note: LineNote) => void
  /** Takes the frames of the caller's screen; undefined where it cannot be shown, or where nobody looks at screens. */
  readonly screen?: CallScreen | undefined
  /** What the agent's voice does as soon as somebody speaks over it. */
  readonly yields: Policy['bargeIn']['voice']
  /** Holds the conversation; resolves when it is over and its record is sealed. */
  readonly hold: (line: CallLine, signal: AbortSignal) => Promise<void>
}

/** A channel's line, which is told of what others do beside it. Nothing comes of it once the caller has left. */
export interface CallLine extends Channel {
  /** What sounds behind the agent; undefined on a line without sound. */
  readonly background?: LineBackground
  /** The caller, or somebody beside them, has typed something. */
  typed(text: string): void
  /** Somebody has joined beside the caller, to show a screen. */
  joined(): void
  /** A room beside the call was opened, in which somebody may join, or closed. */
  beside(open: boolean): void
  /** On a line that is interpreted: the other person has said something, or something is to be said about them. */
  relayed(said: Relayed): void
  /** What may be spent on the call, the caller or the day is nearly spent, or spent. */
  budget(left: 'little' | 'none', of: 'call' | 'caller' | 'day'): void
}

/** The caller's shared screen, as its channel sees it: nothing is looked at before the consent. */
export interface CallScreen {
  /**
   * A raw picture with the planes Y, U and V of I420, sides in pixels, taken at a time of the Clock. Any number of them may
   * be given. It is kept, so its data must not be written to again.
   */
  frame(picture: { readonly data: Uint8Array; readonly width: number; readonly height: number }, atMs: number): void
  consent(given: boolean): void
  pause(): void
  resume(): void
  readonly state: () => 'off' | 'watching' | 'paused'
}

/** The call's recording, as its channel sees it. */
export interface CallRecorder {
  /** Sound of the caller: `positionMs` counts from the start of the stream, `atMs` is the clock's. */
  caller(pcm: Int16Array, positionMs: number, atMs: number): void
  /** Sound of the agent, and when it plays. */
  agent(pcm: Int16Array, playsAtMs: number): void
  /** The agent's sound from this time of the clock on plays `byMs` later than was told; earlier where it is negative. */
  moveAgent(fromMs: number, byMs: number): void
  /** What was to play from this time of the clock on is not heard. */
  cutAgent(atMs: number): void
}

/** What operators want to know of the line. */
export type LineNote =
  | { readonly kind: 'frame-late'; readonly lateMs: number }
  /** Sound is missing. `lostMessages`: how many the carrier counted between the two, and did not deliver. */
  | { readonly kind: 'caller-gap'; readonly gapMs: number; readonly lostMessages?: number }
  | { readonly kind: 'caller-audio-dropped' }
  /** The person's page has heard them speak over the agent, before it was heard here. */
  | { readonly kind: 'spoken-over' }
  /** From here on this sounds behind the agent, and is in its leg of the recording: names of made sounds, or of files. */
  | { readonly kind: 'background-sound'; readonly background?: string; readonly thinking?: string }
  /** Somebody with a screen beside the call. */
  | { readonly kind: 'companion'; readonly state: 'awaited' | 'here' | 'away' | 'gone' }
  /** Who speaks for the agent in a room. `odd`: what it tells cannot be; the agent goes by its own clock instead. */
  | {
      readonly kind: 'avatar'
      readonly state: 'asked' | 'here' | 'late' | 'refused' | 'gone' | 'stalled' | 'odd'
      readonly why?: string
    }
  /** Somebody is rung for this call: the last two digits of their number. */
  | { readonly kind: 'ringing-out'; readonly agent: string; readonly endsIn: string }
  /** What came of it. `callId`: the call that is held with them. */
  | { readonly kind: 'rung-out'; readonly outcome: 'held' | NotReached; readonly callId?: string }
  /** The network to a browser, since the beginning. */
  | {
      readonly kind: 'network'
      readonly lossPercent: number
      readonly jitterMs: number
      readonly roundTripMs: number | undefined
    }
