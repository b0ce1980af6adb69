import type { Next } from '../../conversation/ports.ts'
import { scopeOf, within } from '../../conversation/scope.ts'
import type { CallHost, OpenCall } from '../call-host.ts'
import { openAvatar, type StartAvatar } from './avatar/avatar.ts'
import { type BrowserLine, browserLine } from './browser-line.ts'
import { Captions } from './captions.ts'
import { tellPages } from './read-along.ts'
import { HEARD_RATE_HZ, type JoinRoom, type LivekitAccess, type Person, type Room, type RoomListener } from './room.ts'
import { roomScreen } from './room-screen.ts'
import { agentToken, CALLER } from './tokens.ts'

export interface SessionParts {
  readonly host: CallHost
  readonly access: LivekitAccess
  readonly join: JoinRoom
  readonly callId: string
  /** The room's name. A trunk's has the caller's number in it, so it is no id. */
  readonly roomName: string
  /** The agent that answers, where there are several. */
  readonly agentOf?: (person: Person) => string | undefined
  /** Asks a worker to come to the room as an avatar that speaks for the agent; undefined where none does. */
  readonly startAvatar?: StartAvatar | undefined
  /** Whose data the conversation is about, where the page or the trunk tells it. */
  readonly ownerOf: (person: Person) => string
}

/** A conversation in its room, from the agent's arrival until the agent has left. */
export interface Session {
  /** Resolves when the agent has left the room and every record is sealed. Never rejects. */
  readonly over: Promise<void>
  /** Nobody can come to it any more. */
  isEnding(): boolean
  /**
   * The number of its last stream, 0 before the first, where it can go on at another server. A telephone cannot: nobody
   * would ask for it.
   */
  movable(): number | undefined
  /** The agent leaves, and the person's page asks for the same conversation again, at whichever server. */
  letGo(why: string): void
}

/** A page that was given a token comes within this time, or not at all. */
const ARRIVES_WITHIN_MS = 60_000
/** So long a conversation waits for a person who is away. */
const RETURNS_WITHIN_MS = 30_000
/** The agent begins to speak when the person receives its voice, or after this time. */
const RECEIVES_WITHIN_MS = 3_000
/** What is typed before the conversation has begun waits; more is dropped. */
const MOST_EARLY = 10
/** One who comes back takes so long to receive it again. */
const RECEIVES_AGAIN_MS = 500

/** Joins the room as the agent. Throws an Error when LiveKit refuses; later troubles end the session. */
export async function openSession(parts: SessionParts, signal: AbortSignal): Promise<Session> {
  const { host, access, join, callId, roomName, ownerOf } = parts
  const { clock, log, store, admission } = host
  const scope = scopeOf(signal)
  let person: Person | undefined
  const early: string[] = []
  let talking: (Pick<OpenCall, 'screen' | 'yields'> & { readonly line: BrowserLine; wasLost: boolean }) | undefined
  /** The person is away, or the room was lost: what the conversation ended for, if it ended now. */
  let away: string | undefined = 'nobody has come yet'
  let lost: string | undefined
  let streams = 0
  let isEnding = false
  /** The person has ended the conversation. */
  let hasLeft = false
  let microphone: string | undefined
  let changed = Promise.withResolvers<void>()

  function change(): void {
    const isThere = person !== undefined && lost === undefined
    if (isThere) away = undefined
    else {
      away ??= lost ?? 'the person left'
      if (talking) talking.wasLost = true
      talking?.line.lost(away)
    }
    changed.resolve()
    changed = Promise.withResolvers()
  }

  // People may come and go before the agent has joined.
  let joined: Room | undefined
  const { startAvatar } = parts
  const avatar =
    startAvatar &&
    openAvatar(
      { clock, start: inner => startAvatar(roomName, inner), order: order => joined?.avatar(order) },
      scope.signal,
    )
  const shown = roomScreen({ clock, room: () => joined, screen: () => talking?.screen })

  function leave(why: string): void {
    hasLeft = true
    talking?.line.gone(why)
    change()
  }

  // What a page does may overtake the news of its arrival, or come after that of its leaving.
  const isPersons = (identity: string): boolean => identity === (person?.identity ?? CALLER)
  const listener: RoomListener = {
    arrived(some) {
      // A companion or an observer is not the one who talks.
      if (some.identity !== CALLER && some.kind !== 'telephone') return
      person ??= some
      if (joined) avatar?.call()
      change()
    },
    left(identity) {
      if (!isPersons(identity)) return
      // A telephone that has hung up does not come back: who comes to the room now is somebody else.
      if (person?.kind === 'telephone') leave('the caller hung up')
      person = undefined
      shown.gone()
      change()
    },
    microphone(identity, track) {
      if (isPersons(identity)) microphone = track
    },
    sound: (identity, pcm) => (isPersons(identity) ? talking?.line.sound(pcm) : undefined),
    typed(identity, text) {
      if (!isPersons(identity)) return
      // Who types to begin with does so as soon as they see the agent.
      if (talking) talking.line.typed(text)
      else if (early.length < MOST_EARLY) early.push(text)
    },
    key: (identity, digit) => (isPersons(identity) ? talking?.line.key(digit) : undefined),
    asked(identity, method, payload) {
      if (!isPersons(identity)) return
      switch (method) {
        case 'leave':
          return leave('the person left')
        case 'screen':
          return shown.asked(payload)
        case 'spoken-over':
          if (talking?.yields === 'held') talking.line.spokenOver()
      }
    },
    screen: (identity, frame) => (isPersons(identity) ? shown.frame(frame) : undefined),
    screenPaused: (identity, isPaused) => (isPersons(identity) ? shown.paused(isPaused) : undefined),
    screenGone: identity => (isPersons(identity) ? shown.gone() : undefined),
    avatar: news => avatar?.take(news),
    lost(why) {
      lost = why
      change()
    },
  }
  const room = await join(
    access,
    { name: roomName, token: await agentToken(access, roomName), speaks: true },
    listener,
    scope.signal,
  ).catch(error => {
    scope.release()
    throw error
  })
  joined = room
  avatar?.call()

  /** Resolves to whether the person is there within this time. */
  async function isThereWithin(ms: number): Promise<boolean> {
    try {
      await within(
        ms,
        'the way to the room',
        clock,
        async () => {
          while (away !== undefined && lost === undefined && !hasLeft) await changed.promise
        },
        scope.signal,
      )
    } catch {
      return false
    }
    return lost === undefined
  }

  async function hearsTheAgent(attempt: number): Promise<void> {
    const waiting =
      attempt === 1
        ? within(RECEIVES_WITHIN_MS, 'receiving the voice', clock, inner => room.heard(inner), scope.signal)
        : clock.sleep(RECEIVES_AGAIN_MS, scope.signal)
    await Promise.all([waiting, avatar?.settled(scope.signal)]).catch(() => undefined)
  }

  /** Talks until the conversation has ended. Returns what follows; undefined while the person is only away. */
  async function talk(): Promise<Next | undefined> {
    const { streams: before, next: ended } = await store.factsOf(callId)
    const attempt = before + 1
    // They may leave while the record is being opened.
    const who = person
    if (ended !== undefined || who === undefined) return ended
    if (!admission.admit(callId)) {
      if (who.kind === 'telephone') return 'unavailable'
      // Another server may have a place. A page asks anew, and is told if none has.
      lost = 'this server takes no more calls'
      return undefined
    }
    if (!(await store.takePass(callId, attempt, clock.wallTime()))) return undefined
    streams = attempt
    const captions = new Captions(`${attempt}-`)
    const owner = ownerOf(who)
    const call = await host.openCall({
      callId,
      channelName: who.kind === 'telephone' ? 'sip' : 'browser',
      rateHz: HEARD_RATE_HZ,
      attempt,
      agent: parts.agentOf?.(who),
      owner,
      // Data of nobody's number are the call's own.
      caller: who.kind === 'browser' ? 'browser' : owner === callId ? 'hidden-number' : 'number',
      canTransfer: false,
      canShow: who.kind === 'browser',
      onLine: line => tellPages(room, captions.take(line), microphone),
    })
    let after: Next | undefined
    const line = browserLine({
      ...{ clock, room, avatar },
      recorder: call.recorder,
      note: call.note,
      giveUp: async next => {
        after = own.wasLost && !hasLeft ? undefined : next
      },
    })
    const own = { line, screen: call.screen, yields: call.yields, wasLost: away !== undefined }
    talking = own
    for (const text of early.splice(0)) line.typed(text)
    shown.begin()
    room.show({ 'partyline.yields': call.yields })
    if (hasLeft) line.gone('the person left')
    else if (away === undefined) await hearsTheAgent(attempt)
    else line.lost(away)
    try {
      await call.hold(line, scope.signal)
    } finally {
      talking = undefined
    }
    return after
  }

  /** Resolves to how the agent leaves. */
  async function run(): Promise<'for-now' | 'for-good'> {
    let next: Next | undefined
    for (let waitMs = ARRIVES_WITHIN_MS; next === undefined; waitMs = RETURNS_WITHIN_MS) {
      if (!(await isThereWithin(waitMs)) || hasLeft) break
      next = await talk()
    }
    isEnding = true
    // One whose room was lost may go on at another server.
    if (lost !== undefined) return 'for-now'
    await store.keepNext(callId, next ?? 'hang-up')
    room.tell('partyline.ended', next ?? 'hang-up')
    return 'for-good'
  }

  room.show({ 'lk.agent.state': 'initializing', 'partyline.sight': 'off' })
  const over = run()
    .catch(error => {
      isEnding = true
      log.warn({ call: callId, err: error }, 'a conversation in a room broke')
      return 'for-now' as const
    })
    .then(how => {
      avatar?.close()
      return room.leave(how)
    })
    .finally(() => {
      admission.forget(callId)
      scope.release()
    })
  return {
    over,
    isEnding: () => isEnding || lost !== undefined,
    movable: () => (isEnding || hasLeft || lost !== undefined || person?.kind === 'telephone' ? undefined : streams),
    letGo(why) {
      // Sooner than it would find out that nobody comes back.
      room.tell('partyline.moved', '')
      listener.lost(why)
    },
  }
}
