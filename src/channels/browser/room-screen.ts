import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import type { CallScreen } from '../call-host.ts'
import type { Room, ScreenFrame } from './room.ts'

/** The screen of one person in a room: their consent, and what of it reaches the call. */
export interface RoomScreen {
  /** The page asks by its remote procedure call: it allows that the screen is looked at, or no longer. */
  asked(payload: string): void
  frame(frame: ScreenFrame): void
  paused(isPaused: boolean): void
  /** It is no longer shared, or its person has left, who must be asked again. */
  gone(): void
  /** The call's screen can be shown to from now on. */
  begin(): void
}

export interface RoomScreenParts {
  readonly clock: Clock
  readonly room: () => Pick<Room, 'show'> | undefined
  /** The call's screen; undefined while nothing may be shown to it. */
  readonly screen: () => CallScreen | undefined
}

export function roomScreen({ clock, room, screen }: RoomScreenParts): RoomScreen {
  let hasAgreed = false
  let isPaused = false

  function show(): void {
    room()?.show({ 'partyline.sight': screen()?.state() ?? 'off' })
  }

  function agree(given: boolean): void {
    hasAgreed = given
    if (!given) isPaused = false
    screen()?.consent(given)
    if (given && isPaused) screen()?.pause()
    show()
  }

  return {
    asked: payload => agree(consentIn(payload)),
    frame: frame => screen()?.frame(frame, clock.now()),
    paused(paused) {
      isPaused = paused
      if (paused) screen()?.pause()
      else screen()?.resume()
      show()
    },
    gone: () => agree(false),
    begin() {
      if (hasAgreed) agree(true)
    },
  }
}

const consent = z.object({ consent: z.boolean() })

/** What a page says of its screen; anything that cannot be read is no consent. */
function consentIn(payload: string): boolean {
  try {
    return consent.parse(JSON.parse(payload)).consent
  } catch {
    return false
  }
}
