import type { ByteStreamWriter, Participant, Room } from '@livekit/rtc-node'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import { AUDIO_STREAM, CLEAR_BUFFER, PLAYBACK_FINISHED, PLAYBACK_STARTED, playbackFinished } from './avatar/protocol.ts'
import { type AvatarNews, type AvatarOrder, SPOKEN_RATE_HZ } from './room.ts'
import { AVATAR } from './tokens.ts'

export interface RtcAvatarParts {
  readonly clock: Clock
  readonly room: Room
  readonly tell: (news: AvatarNews) => void
  /** Has the room put it out. Never rejects. */
  readonly remove: () => Promise<void>
}

/** Its video comes with it. One that shows itself only when it speaks is given the voice after this time. */
const SHOWN_WITHIN_MS = 2_000
/** So many pieces wait to be sent, some ten seconds; a room that takes none takes no more later. */
const MOST_UNSENT = 500
/** What comes after a clear waits for its answer, so that it is not cleared too. */
const CLEAR_FIRST_MS = 300
/** One that does not answer by then goes on speaking. */
const CLEARED_WITHIN_MS = 2_000
const NAME = 'voice'

/** A participant of LiveKit's room as an avatar: it is sent the agent's voice as byte streams, and asked by procedure calls. */
export function rtcAvatar({ clock, room, tell, remove }: RtcAvatarParts) {
  const lifetime = new AbortController()
  let isExpected = false
  let writer: ByteStreamWriter | undefined
  let sending: Promise<void> = Promise.resolve()
  let clearing: Promise<unknown> = Promise.resolve()
  let removing: Promise<void> = Promise.resolve()
  let isSounding = false
  let unsent = 0
  /** Counts what was cleared: what waits of it is not sent. */
  let cleared = 0

  const isAvatar = (one: Pick<Participant, 'identity'> | undefined): boolean => one?.identity === AVATAR
  const fail = (error: unknown): void => tell({ kind: 'failed', why: String(error).slice(0, 200) })

  function expect(): void {
    if (isExpected) return
    isExpected = true
    const self = room.localParticipant
    const told = (method: string, news: (payload: string) => AvatarNews): void =>
      self?.registerRpcMethod(method, async ({ callerIdentity, payload }) => {
        if (callerIdentity !== AVATAR) return 'reject'
        tell(news(payload))
        return 'ok'
      })
    told(PLAYBACK_STARTED, () => ({ kind: 'started' }))
    told(PLAYBACK_FINISHED, payload => ({ kind: 'finished', ...playbackFinished(payload) }))
    room
      .on('trackPublished', (_track, participant) => (isAvatar(participant) ? shown() : undefined))
      .on('participantConnected', participant => (isAvatar(participant) ? came() : undefined))
      .on('participantDisconnected', participant => {
        if (isAvatar(participant)) tell({ kind: 'gone', why: 'it left the room' })
      })
      .on('activeSpeakersChanged', speakers => {
        const isNow = speakers.some(isAvatar)
        if (isNow !== isSounding) tell({ kind: 'sounding', isSounding: isNow })
        isSounding = isNow
      })
    // One of a server before this one is still there, and listens to nobody.
    if (find()) removing = remove()
  }

  const find = () => [...room.remoteParticipants.values()].find(isAvatar)

  function shown(): void {
    const tracks = [...(find()?.trackPublications.values() ?? [])]
    if (tracks.some(({ kind }) => kind === VIDEO)) tell({ kind: 'here' })
  }

  function came(): void {
    shown()
    clock.sleep(SHOWN_WITHIN_MS, lifetime.signal).then(
      () => (find() ? tell({ kind: 'here' }) : undefined),
      () => undefined,
    )
  }

  function inTurn(work: () => Promise<void>): void {
    if (unsent >= MOST_UNSENT) return
    unsent++
    const own = cleared
    sending = sending
      .then(() => (own === cleared ? work() : undefined))
      .catch(fail)
      .finally(() => {
        unsent--
      })
    if (unsent === MOST_UNSENT) fail('it takes nothing more')
  }

  async function sound(pcm: Int16Array): Promise<void> {
    await clearing
    const self = room.localParticipant
    if (!self) return
    const attributes = { sample_rate: String(SPOKEN_RATE_HZ), num_channels: '1' }
    writer ??= await self.streamBytes({ name: NAME, topic: AUDIO_STREAM, destinationIdentities: [AVATAR], attributes })
    await writer.write(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength).slice())
  }

  async function end(): Promise<void> {
    const ended = writer
    writer = undefined
    await ended?.close()
  }

  function clear(): void {
    cleared++
    inTurn(() => end())
    const asked = room.localParticipant?.performRpc({ destinationIdentity: AVATAR, method: CLEAR_BUFFER, payload: '' })
    const answered = within(CLEARED_WITHIN_MS, 'its falling silent', clock, async () => asked, lifetime.signal)
    answered.catch(error => (lifetime.signal.aborted ? undefined : fail(error)))
    clearing = within(CLEAR_FIRST_MS, 'its falling silent', clock, () => answered, lifetime.signal).catch(
      () => undefined,
    )
  }

  return {
    isAvatar,
    order(order: AvatarOrder): void {
      switch (order.kind) {
        case 'expect':
          return expect()
        case 'sound':
          return inTurn(() => sound(order.pcm))
        case 'end':
          return inTurn(end)
        case 'clear':
          return clear()
        case 'remove':
          cleared++
          writer = undefined
          removing = remove()
          return
      }
    },
    /** Resolves when what was ordered last is done. */
    async close(): Promise<void> {
      lifetime.abort(new Error('the room is left'))
      await removing
    },
  }
}

/** `TrackKind.KIND_VIDEO` of LiveKit's client, which is loaded later than this file. */
const VIDEO = 2
