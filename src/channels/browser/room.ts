/** The LiveKit server, and this server's key at it. */
export interface LivekitAccess {
  /** The address that both browsers and this server connect to: ws or wss. */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
}

/** The rates of a room's sound: what a person says, and what the agent says. */
export const HEARD_RATE_HZ = 16_000
export const SPOKEN_RATE_HZ = 24_000
/**
 * Of what the agent says, in bits a second. Below some 76,000 Opus models a throat where it takes the sound for speech
 * (opus_encoder.c, mode_thresholds), which takes it twice the time (measured).
 */
export const VOICE_BITRATE = 80_000n

/** A participant that is not the agent. */
export interface Person {
  readonly identity: string
  /** One who comes by a SIP trunk has a number and no page. */
  readonly kind: 'browser' | 'telephone'
  readonly attributes: Readonly<Record<string, string>>
}

/** How the network between the room and the person was since the last report. */
export interface RoomStatistics {
  readonly lossPercent: number
  readonly jitterMs: number
  readonly roundTripMs: number | undefined
}

/** A picture of a shared screen in planes of I420: all of Y, then U and V at half the size. */
export interface ScreenFrame {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** What is told of an avatar: a participant that speaks for the agent, and shows a face. */
export type AvatarNews =
  /** It is there, and can be given the agent's voice. */
  | { readonly kind: 'here' }
  | { readonly kind: 'gone'; readonly why: string }
  /** It does not take what it is sent. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It tells that it plays what it was sent first and has not played yet. */
  | { readonly kind: 'started' }
  /** It tells that it has played a speech to its end, or, where it was interrupted, up to a position, if it tells one. */
  | { readonly kind: 'finished'; readonly positionMs: number | undefined; readonly isInterrupted: boolean }
  /** Whether the room hears sound of it. */
  | { readonly kind: 'sounding'; readonly isSounding: boolean }

/** What an avatar is told to do. */
export type AvatarOrder =
  /** One is asked to come: it is waited for from now on. */
  | { readonly kind: 'expect' }
  /** Plays some of the agent's voice, at 24 kHz, after what was given before. */
  | { readonly kind: 'sound'; readonly pcm: Int16Array }
  /** The speech is at its end. */
  | { readonly kind: 'end' }
  /** What was given and is not played yet is never heard. */
  | { readonly kind: 'clear' }
  /** Leaves the room. */
  | { readonly kind: 'remove' }

/** What a room tells. Each is called in the order in which it happened, and none may throw. */
export interface RoomListener {
  arrived(person: Person): void
  left(identity: string, why: string): void
  /** The track of their microphone, which captions name; undefined when it is gone. */
  microphone(identity: string, track: string | undefined): void
  /** The next piece of what a person says, at 16 kHz. Nothing comes while their microphone is muted. */
  sound(identity: string, pcm: Int16Array): void
  typed(identity: string, text: string): void
  key(identity: string, digit: string): void
  /** The person asks for something by a remote procedure call. */
  asked(identity: string, method: 'leave' | 'screen' | 'spoken-over', payload: string): void
  screen(identity: string, frame: ScreenFrame): void
  screenPaused(identity: string, isPaused: boolean): void
  /** The screen is no longer shared. */
  screenGone(identity: string): void
  avatar(news: AvatarNews): void
  /** This server is no longer in the room. */
  lost(why: string): void
}

/** The agent's place in a room. No method throws, even after the room was lost. */
export interface Room {
  /** Plays some of the agent's voice, at 24 kHz, after what was given before. Each piece takes time, however short it is. */
  play(pcm: Int16Array): void
  /** What was given and is not played yet is never heard. */
  clear(): void
  /** Pages are silent at once for 300 ms, whatever they have buffered: a jitter buffer holds a tenth of a second. */
  hush(): void
  /** Tells the avatar, if one was asked to come, what it shall do. */
  avatar(order: AvatarOrder): void
  /** Resolves once the person receives the agent's voice. Rejects on abort. */
  heard(signal: AbortSignal): Promise<void>
  /** Sends text to all pages in the room, in order. */
  tell(topic: string, text: string, attributes?: Readonly<Record<string, string>>): void
  /** What all pages can read of the agent at any time. */
  show(attributes: Readonly<Record<string, string>>): void
  statistics(): Promise<RoomStatistics | undefined>
  /** Leaves the room; `for-good` ends it for everybody: pages are told, and a telephone is hung up. */
  leave(how: 'for-now' | 'for-good'): Promise<void>
}

/** Joins a room as the agent. Throws an Error with the reason when the server refuses or cannot be reached. */
export type JoinRoom = (
  access: LivekitAccess,
  room: { readonly name: string; readonly token: string; readonly speaks: boolean },
  listener: RoomListener,
  signal: AbortSignal,
) => Promise<Room>
