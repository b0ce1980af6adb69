import type { JournalLine } from '../../../conversation/lines.ts'
import type { Clock, Next } from '../../../conversation/ports.ts'
import { orAborted, scopeOf, within } from '../../../conversation/scope.ts'
import type { CallLine, CallScreen, LineNote } from '../../call-host.ts'
import { Captions } from '../captions.ts'
import { tellPages } from '../read-along.ts'
import type { JoinRoom, LivekitAccess, Room, RoomListener } from '../room.ts'
import { roomScreen } from '../room-screen.ts'
import { agentToken, COMPANION, companionRoom } from '../tokens.ts'
import { Announcement } from './announcement.ts'

export interface StayParts {
  readonly clock: Clock
  readonly access: LivekitAccess
  readonly join: JoinRoom
}

/** The telephone call that a companion is beside. */
export interface CompanionCall {
  readonly callId: string
  /** Makes the names of captions differ from those of another stream of the call. */
  readonly attempt: number
  readonly line: Pick<CallLine, 'typed' | 'joined' | 'beside'>
  readonly screen: CallScreen | undefined
  readonly note: (note: LineNote) => void
}

/** The agent's stay in the room beside a call: it waits for one companion, and goes when they have gone for good. */
export interface Stay {
  /** Somebody is in the room. */
  isHere(): boolean
  isOver(): boolean
  /** Waits so long from now on for somebody to come. */
  expectFor(ms: number): void
  /** Is told of each line of the call's journal. */
  read(line: JournalLine): void
  /** The call is over, or goes on without the room. */
  end(next: Next): void
  /** Resolves when the agent has left the room. Never rejects. */
  readonly over: Promise<void>
}

/** One whose network dropped comes back within this time. Their token is good for longer, but nobody waits. */
const RETURNS_WITHIN_MS = 30_000
const ROOM_WITHIN_MS = 5_000
/** What is typed before the caller knows of it waits; more is dropped. */
const MOST_EARLY = 10

/**
 * Joins the room beside a call, and waits so long for somebody to come. Throws an Error when LiveKit refuses. Nothing of
 * the companion reaches the call, and nothing of the call the companion, before the caller hears that somebody has joined.
 */
export async function joinBeside(
  parts: StayParts,
  call: CompanionCall,
  waitMs: number,
  signal: AbortSignal,
): Promise<Stay> {
  const { clock, access, join } = parts
  const { callId, line, note } = call
  const scope = scopeOf(signal)
  const captions = new Captions(`${call.attempt}-`)
  const announcement = new Announcement()
  const early: string[] = []
  let room: Room | undefined
  let isHere = false
  let hasCome = false
  let isTold = false
  let isOver = false
  let lost = false
  let after: Next | undefined
  let untilMs = clock.now() + waitMs
  let changed = Promise.withResolvers<void>()

  function change(): void {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  const shown = roomScreen({ clock, room: () => room, screen: () => (isTold ? call.screen : undefined) })

  function away(returnsWithinMs: number): void {
    if (!isHere) return
    isHere = false
    untilMs = clock.now() + returnsWithinMs
    shown.gone()
    note({ kind: 'companion', state: 'away' })
    change()
  }

  function told(): void {
    isTold = true
    shown.begin()
    for (const text of early.splice(0)) line.typed(text)
  }

  const isCompanion = (identity: string): boolean => !isOver && isHere && identity === COMPANION
  const listener: RoomListener = {
    arrived({ identity }) {
      if (isOver || isHere || identity !== COMPANION) return
      isHere = true
      note({ kind: 'companion', state: 'here' })
      // Who only comes back is known to the caller.
      if (!hasCome) line.joined()
      hasCome = true
      change()
    },
    left: identity => (isCompanion(identity) ? away(RETURNS_WITHIN_MS) : undefined),
    // Their token lets neither sound nor keys in.
    microphone: () => undefined,
    sound: () => undefined,
    key: () => undefined,
    typed(identity, text) {
      if (!isCompanion(identity)) return
      if (isTold) line.typed(text)
      else if (early.length < MOST_EARLY) early.push(text)
    },
    asked(identity, method, payload) {
      if (!isCompanion(identity)) return
      switch (method) {
        case 'leave':
          return away(0)
        case 'screen':
          return shown.asked(payload)
        // They have no microphone here.
        case 'spoken-over':
      }
    },
    screen: (identity, frame) => (isCompanion(identity) ? shown.frame(frame) : undefined),
    screenPaused: (identity, isPaused) => (isCompanion(identity) ? shown.paused(isPaused) : undefined),
    screenGone: identity => (isCompanion(identity) ? shown.gone() : undefined),
    avatar: () => undefined,
    lost() {
      lost = true
      change()
    },
  }

  async function enter(joining: AbortSignal): Promise<Room> {
    const name = companionRoom(callId)
    const found = await join(access, { name, token: await agentToken(access, name), speaks: false }, listener, joining)
    if (!joining.aborted) return found
    await found.leave('for-now')
    throw joining.reason
  }

  /** Whether somebody is there, or may still come. */
  const isOpen = (): boolean => !lost && after === undefined && (isHere || untilMs > clock.now())

  async function stayIn(joined: Room): Promise<void> {
    while (isOpen() && !scope.signal.aborted) {
      const next = changed.promise
      const waiting = isHere
        ? orAborted(next, scope.signal)
        : within(untilMs - clock.now(), 'the way to the call', clock, () => next, scope.signal)
      // That nobody came in time is seen by the clock.
      await waiting.catch(() => undefined)
    }
    isOver = true
    shown.gone()
    note({ kind: 'companion', state: 'gone' })
    line.beside(false)
    joined.tell('partyline.ended', after ?? 'hang-up')
    await joined.leave(lost ? 'for-now' : 'for-good')
  }

  const joined = await within(ROOM_WITHIN_MS, 'joining the room', clock, enter, scope.signal).catch(error => {
    scope.release()
    throw error
  })
  room = joined
  room.show({ 'lk.agent.state': 'listening', 'partyline.sight': 'off' })
  note({ kind: 'companion', state: 'awaited' })
  line.beside(true)
  const over = stayIn(joined).finally(scope.release)

  return {
    isHere: () => isHere && isOpen(),
    isOver: () => isOver || !isOpen(),
    expectFor(ms) {
      untilMs = clock.now() + ms
      change()
    },
    read(journalLine) {
      const along = captions.take(journalLine)
      if (!isTold && announcement.take(journalLine)) told()
      if (isTold && !isOver) tellPages(joined, along, undefined)
    },
    end(next) {
      after ??= next
      change()
    },
    over,
  }
}
