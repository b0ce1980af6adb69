import type { AvatarOrder, LivekitAccess, RoomListener, RoomStatistics } from '../room.ts'

/** One call of a RoomListener: the method's name, then what it is given. */
export type RoomEvent = {
  [Name in keyof RoomListener]: readonly [Name, ...Parameters<RoomListener[Name]>]
}[keyof RoomListener]

/** What the server tells the rooms' process. `room` numbers the rooms that one process has joined. */
export type ToRooms =
  | {
      readonly kind: 'join'
      readonly room: number
      readonly access: LivekitAccess
      readonly name: string
      readonly token: string
      readonly speaks: boolean
    }
  | { readonly kind: 'play'; readonly room: number; readonly pcm: Int16Array }
  | { readonly kind: 'clear'; readonly room: number }
  | { readonly kind: 'hush'; readonly room: number }
  | { readonly kind: 'avatar'; readonly room: number; readonly order: AvatarOrder }
  | {
      readonly kind: 'tell'
      readonly room: number
      readonly topic: string
      readonly text: string
      readonly attributes: Readonly<Record<string, string>> | undefined
    }
  | { readonly kind: 'show'; readonly room: number; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'ask'; readonly room: number; readonly ask: number; readonly what: 'heard' | 'statistics' }
  | { readonly kind: 'leave'; readonly room: number; readonly how: 'for-now' | 'for-good' }

/** What it tells the server. Each `join` is answered by `joined` or `refused`, each `leave` by `left`, each `ask` by `answered`. */
export type FromRooms =
  | { readonly kind: 'joined'; readonly room: number }
  | { readonly kind: 'refused'; readonly room: number; readonly why: string }
  | { readonly kind: 'happened'; readonly room: number; readonly event: RoomEvent }
  | {
      readonly kind: 'answered'
      readonly room: number
      readonly ask: number
      readonly statistics: RoomStatistics | undefined
    }
  | { readonly kind: 'left'; readonly room: number }
