import { z } from 'zod'
import type { JournalLine } from '../../conversation/lines.ts'
import type { Next } from '../../conversation/ports.ts'
import { scopeOf, within } from '../../conversation/scope.ts'
import type { CallHost, CallScreen } from '../call-host.ts'
import { type BrowserLine, browserLine } from './browser-line.ts'
import { Captions } from './captions.ts'
import { HEARD_RATE_HZ, type JoinRoom, type LivekitAccess, type Person, type Room, type RoomListener } from './room.ts'
import { agentToken, CALLER } from './tokens.ts'

export interface SessionParts {
  readonly host: CallHost
  readonly access: LivekitAccess
  readonly join: JoinRoom
  /** The call's id, which is the room's name too. */
  readonly callId: string
  /** Whose data the conversation is about, where the page or the trunk tells it. */
  readonly ownerOf: (person: Person) => string
}

/** A conversation in its room, from the agent's arrival until the agent has left. */
export interface Session {
  /** Resolves when the agent has left the room and every record is sealed. Never rejects. */
  readonly over: Promise<void>
}

/** A page that was given a token comes within this time, or not at all. */
const ARRIVES_WITHIN_MS = 60_000
/** So long a conversation waits for a person who is away. */
const RETURNS_WITHIN_MS = 30_000
/** The agent begins to speak when the person receives its voice, or after this time. */
const RECEIVES_WITHIN_MS = 3_000
const LEFT = 'the person left'
/** One who comes back takes so long to receive it again. */
const RECEIVES_AGAIN_MS = 500

/** Joins the room as the agent. Throws an Error when LiveKit refuses; later troubles end the session. */
export async function openSession(parts: SessionParts, signal: AbortSignal): Promise<Session> {
  const { host, access, join, callId, ownerOf } = parts
  const { clock, log, store, admission } = host
  const scope = scopeOf(signal)
  let person: Person | undefined
  let isReachable = true
  let hasAgreed = false
  /** The person ended the conversation, which may not have begun. */
  let hasEnded = false
  let talking: { readonly line: BrowserLine; readonly screen: CallScreen | undefined; wasLost: boolean } | undefined
  /** The person is away, or the room was lost: what the conversation ended for, if it ended now. */
  let away: string | undefined = 'nobody has come yet'
  let lost: string | undefined
  let changed = Promise.withResolvers<void>()

  function change(): void {
    const isThere = person !== undefined && isReachable && lost === undefined
    if (isThere) away = undefined
    else {
      away ??= lost ?? (person ? 'the network of the person was lost' : 'the person left')
      if (talking) talking.wasLost = true
      talking?.line.lost(away)
    }
    changed.resolve()
    changed = Promise.withResolvers()
  }

  /** The person allows their screen to be looked at, or no longer. Who leaves must be asked again. */
  function agree(given: boolean): void {
    hasAgreed = given
    talking?.screen?.consent(given)
    showSight()
  }

  const showSight = (): void => room.show({ 'partyline.sight': talking?.screen?.state() ?? 'off' })

  const isPersons = (identity: string): boolean => identity === person?.identity
  const listener: RoomListener = {
    arrived(some) {
      // A companion or an observer is not the one who talks.
      if (some.identity !== CALLER && some.kind !== 'telephone') return
      person ??= some
      isReachable = true
      change()
    },
    left(identity) {
      if (!isPersons(identity)) return
      person = undefined
      hasAgreed = false
      change()
    },
    reachable(identity, reachable) {
      if (!isPersons(identity) || reachable === isReachable) return
      isReachable = reachable
      change()
    },
    sound: (identity, pcm) => (isPersons(identity) ? talking?.line.sound(pcm) : undefined),
    typed: (identity, text) => (isPersons(identity) ? talking?.line.typed(text) : undefined),
    key: (identity, digit) => (isPersons(identity) ? talking?.line.key(digit) : undefined),
    asked(identity, method, payload) {
      if (!isPersons(identity)) return
      if (method === 'leave') {
        hasEnded = true
        talking?.line.gone(LEFT)
        change()
      } else agree(consentIn(payload))
    },
    screen: (identity, frame) => (isPersons(identity) ? talking?.screen?.frame(frame, clock.now()) : undefined),
    screenPaused(identity, isPaused) {
      if (!isPersons(identity)) return
      if (isPaused) talking?.screen?.pause()
      else talking?.screen?.resume()
      showSight()
    },
    screenGone: identity => (isPersons(identity) ? agree(false) : undefined),
    lost(why) {
      lost = why
      change()
    },
  }
  const room = await join(
    access,
    { name: callId, token: await agentToken(access, callId), speaks: true },
    listener,
    scope.signal,
  ).catch(error => {
    scope.release()
    throw error
  })

  /** Resolves to whether the person is there within this time. */
  async function isThereWithin(ms: number): Promise<boolean> {
    try {
      await within(
        ms,
        'the way to the room',
        clock,
        async () => {
          while (away !== undefined && lost === undefined && !hasEnded) await changed.promise
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
    await waiting.catch(() => undefined)
  }

  /** Talks until the conversation has ended. Returns what follows; undefined while the person is only away. */
  async function talk(): Promise<Next | undefined> {
    const { streams, next: ended } = await store.factsOf(callId)
    const attempt = streams + 1
    if (ended !== undefined || person === undefined) return ended
    if (!admission.admit(callId)) return 'unavailable'
    if (!(await store.takePass(callId, attempt, clock.wallTime()))) return undefined
    const call = await host.openCall({
      callId,
      channelName: person.kind === 'telephone' ? 'sip' : 'browser',
      rateHz: HEARD_RATE_HZ,
      attempt,
      owner: ownerOf(person),
      caller: person.kind === 'telephone' ? 'number' : 'browser',
      canShow: person.kind === 'browser',
      onLine: readAlong(room, new Captions(`${attempt}-`), () => person?.identity),
    })
    let after: Next | undefined
    const line = browserLine({
      clock,
      room,
      recorder: call.recorder,
      note: call.note,
      giveUp: async next => {
        after = own.wasLost ? undefined : next
      },
    })
    const own = { line, screen: call.screen, wasLost: away !== undefined }
    talking = own
    if (hasAgreed) agree(true)
    if (hasEnded) line.gone(LEFT)
    else if (away === undefined) await hearsTheAgent(attempt)
    else line.lost(away)
    try {
      await call.hold(line, scope.signal)
    } finally {
      talking = undefined
    }
    return after
  }

  async function run(): Promise<void> {
    let next: Next | undefined
    for (let waitMs = ARRIVES_WITHIN_MS; next === undefined; waitMs = RETURNS_WITHIN_MS) {
      if (!(await isThereWithin(waitMs)) || hasEnded) break
      next = await talk()
    }
    // One whose room was lost may go on at another server.
    if (lost !== undefined) return
    await store.keepNext(callId, next ?? 'hang-up')
    room.tell('partyline.ended', next ?? 'hang-up')
  }

  room.show({ 'lk.agent.state': 'initializing', 'partyline.sight': 'off' })
  const over = run()
    .catch(error => log.warn({ call: callId, err: error }, 'a conversation in a room broke'))
    .then(() => room.leave())
    .finally(() => {
      admission.forget(callId)
      scope.release()
    })
  return { over }
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

/** Tells the pages in the room what the journal's lines mean for those who read along. */
function readAlong(room: Room, captions: Captions, identity: () => string | undefined): (line: JournalLine) => void {
  return line => {
    const { captions: said, state, hasToolRun } = captions.take(line)
    for (const { segment, speaker, text, isFinal, isInterrupted } of said) {
      const track = speaker === 'caller' ? room.trackOf(identity() ?? '') : undefined
      room.tell('lk.transcription', text, {
        'lk.segment_id': segment,
        'lk.transcription_final': String(isFinal),
        'partyline.speaker': speaker,
        ...(track === undefined ? {} : { 'lk.transcribed_track_id': track }),
        ...(isInterrupted ? { 'partyline.interrupted': 'true' } : {}),
      })
    }
    if (state) room.show({ 'lk.agent.state': state })
    if (hasToolRun) room.tell('partyline.changed', 'a tool has run')
  }
}
