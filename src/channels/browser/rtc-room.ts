import type {
  LocalAudioTrack,
  LocalTrackPublication,
  RemoteParticipant,
  RemoteTrack,
  Room,
  TextStreamReader,
} from '@livekit/rtc-node'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, within } from '../../conversation/scope.ts'
import { loadRtc } from './load-rtc.ts'
import { quietRoom } from './quiet-room.ts'
import { HEARD_RATE_HZ, type JoinRoom, type Person, SPOKEN_RATE_HZ, VOICE_BITRATE } from './room.ts'
import { roomService } from './room-service.ts'
import { statisticsFrom } from './room-statistics.ts'
import { rtcAvatar } from './rtc-avatar.ts'
import { AVATAR } from './tokens.ts'

/**
 * A person's sound comes in windows of the voice detector, so none waits for a part of another frame. Each piece wakes two
 * processes: of 20 ms, a call that is alone takes a tenth more of a core (measured against the callers' own core, five calls each).
 */
const FRAME_MS = 32
/** The agent's frames come 200 ms ahead; the source must never make them wait. */
const QUEUE_MS = 1_000
/** A letter is at most four bytes; what is typed beyond is not read. */
const MOST_TYPED_LETTERS = 2_000
const MOST_STREAM_BYTES = 4 * MOST_TYPED_LETTERS
/** Texts that wait to be sent. A room that takes none is lost, or soon will be. */
const MOST_UNSENT = 200
/** What was told last is still sent before the agent leaves. */
const SENT_WITHIN_MS = 1_000
/** A LiveKit server that is gone does not confirm that we leave. */
const LEFT_WITHIN_MS = 5_000
const CHAT = 'lk.chat'
const HUSH = 'partyline.hush'
const METHODS = {
  'partyline.leave': 'leave',
  'partyline.screen': 'screen',
  'partyline.spoken-over': 'spoken-over',
} as const

const ignore = (): undefined => undefined

/** Joins by LiveKit's native client, which is loaded when the first room is joined. */
export function joinRtcRooms(clock: Clock): JoinRoom {
  let loading: ReturnType<typeof loadRtc> | undefined
  return async (access, { name, token, speaks }, listener, signal) => {
    signal.throwIfAborted()
    // Once: two at the same time would each take the other's NODE_ENV for ours.
    loading ??= loadRtc()
    const rtc = await loading
    const room = quietRoom(rtc)
    const source = new rtc.AudioSource(SPOKEN_RATE_HZ, 1, QUEUE_MS)
    const readers = new Map<string, ReadableStreamDefaultReader>()
    /** The track that is heard of each person: more of them at once would be many times their sound. */
    const heard = new Map<string, string>()
    const service = roomService(access, name, clock)
    const avatar = rtcAvatar({
      ...{ clock, room, remove: () => service.putOut(AVATAR) },
      tell: news => (isOver ? undefined : listener.avatar(news)),
    })
    let spoken: LocalAudioTrack | undefined
    let publication: LocalTrackPublication | undefined
    let isOver = false
    let unsent = 0
    let sending: Promise<unknown> = Promise.resolve()

    const personOf = (participant: RemoteParticipant): Person => ({
      identity: participant.identity,
      kind: participant.kind === rtc.ParticipantKind.SIP ? 'telephone' : 'browser',
      attributes: { ...participant.attributes },
    })

    async function each<T>(sid: string, stream: ReadableStream<T>, take: (piece: T) => void): Promise<void> {
      const reader = stream.getReader()
      readers.set(sid, reader)
      for (let next = await reader.read(); !next.done; next = await reader.read()) if (!isOver) take(next.value)
    }

    async function read(track: RemoteTrack, source: number | undefined, identity: string): Promise<void> {
      const sid = track.sid ?? ''
      if (track.kind === rtc.TrackKind.KIND_AUDIO) {
        void readers
          .get(heard.get(identity) ?? '')
          ?.cancel()
          .catch(ignore)
        heard.set(identity, sid)
        const stream = new rtc.AudioStream(track, { sampleRate: HEARD_RATE_HZ, numChannels: 1, frameSizeMs: FRAME_MS })
        await each(sid, stream, ({ data }) => listener.sound(identity, data))
      } else if (source === rtc.TrackSource.SOURCE_SCREENSHARE) {
        await each(sid, new rtc.VideoStream(track), ({ frame }) => {
          const isI420 = frame.type === rtc.VideoBufferType.I420
          listener.screen(identity, isI420 ? frame : frame.convert(rtc.VideoBufferType.I420))
        })
      }
    }

    async function typed(reader: TextStreamReader, identity: string): Promise<void> {
      let text = ''
      for await (const piece of reader) {
        text += piece
        if (text.length >= MOST_TYPED_LETTERS) break
      }
      if (!isOver) listener.typed(identity, text.slice(0, MOST_TYPED_LETTERS).toWellFormed())
    }

    room
      .on('participantConnected', participant => listener.arrived(personOf(participant)))
      .on('participantDisconnected', ({ identity, disconnectReason }) =>
        listener.left(identity, `disconnect reason ${disconnectReason ?? 'unknown'}`),
      )
      // Its connection quality is no sign that somebody is away: a silent microphone after an unmute counts as lost, too.
      .on('trackSubscribed', (track, publication, participant) => {
        const [{ source }, { identity }] = [publication, participant]
        // Its sound is our own, and nobody here looks at it.
        if (avatar.isAvatar(participant)) return publication.setSubscribed(false)
        if (source === rtc.TrackSource.SOURCE_MICROPHONE) listener.microphone(identity, track.sid)
        void read(track, source, identity).catch(ignore)
      })
      .on('trackUnsubscribed', (track, { source }, { identity }) => {
        const sid = track.sid ?? ''
        void readers.get(sid)?.cancel().catch(ignore)
        readers.delete(sid)
        void track.close().catch(ignore)
        if (source === rtc.TrackSource.SOURCE_SCREENSHARE) listener.screenGone(identity)
        else if (heard.get(identity) === sid) listener.microphone(identity, undefined)
      })
      .on('trackMuted', ({ source }, { identity }) => {
        if (source === rtc.TrackSource.SOURCE_SCREENSHARE) listener.screenPaused(identity, true)
      })
      .on('trackUnmuted', ({ source }, { identity }) => {
        if (source === rtc.TrackSource.SOURCE_SCREENSHARE) listener.screenPaused(identity, false)
      })
      // Nobody is given for the key of one who has just left, whatever the types say.
      .on('dtmfReceived', (_code, digit, sender?: RemoteParticipant) => listener.key(sender?.identity ?? '', digit))
      .on('disconnected', reason => {
        if (!isOver) listener.lost(`the room was left: ${rtc.DisconnectReason[reason] ?? reason}`)
      })
    room.registerTextStreamHandler(CHAT, (reader, { identity }) => void typed(reader, identity).catch(ignore))

    async function leave(how: 'for-now' | 'for-good'): Promise<void> {
      if (isOver) return
      isOver = true
      const never = new AbortController().signal
      await within(SENT_WITHIN_MS, 'the last text', clock, () => sending, never).catch(ignore)
      await avatar.close()
      await Promise.all([...readers.values()].map(reader => reader.cancel().catch(ignore)))
      await within(LEFT_WITHIN_MS, 'leaving the room', clock, () => room.disconnect(), never).catch(ignore)
      // A room that ended by itself is not let go of by the library: it would be kept, and called, for as long as we run.
      // biome-ignore lint/complexity/useLiteralKeys: it is private.
      globalThis._ffiClientInstance?.off('ffi_event', room['onFfiEvent'])
      await source.close().catch(ignore)
      room.removeAllListeners()
      await spoken?.close().catch(ignore)
      dispose(room)
      // What was told last may be on its way still when the agent is gone; that the room has ended reaches everybody. It is
      // ended last, because of a room that ends by itself the native client keeps the track.
      if (how === 'for-good') await service.end()
    }

    try {
      await room.connect(access.url, token, {
        autoSubscribe: true,
        dynacast: false,
        dataStream: { maxPayloadByteLength: MOST_STREAM_BYTES },
      })
      signal.throwIfAborted()
      const self = room.localParticipant
      if (!self) throw new Error('the room has no place for the agent')
      // Who came before this server is not reported as an arrival. Known before they receive our voice: some leave at once.
      for (const participant of room.remoteParticipants.values()) listener.arrived(personOf(participant))
      for (const [method, asked] of Object.entries(METHODS)) {
        self.registerRpcMethod(method, async ({ callerIdentity, payload }) => {
          listener.asked(callerIdentity, asked, payload)
          return 'ok'
        })
      }
      if (speaks) {
        const options = new rtc.TrackPublishOptions({
          source: rtc.TrackSource.SOURCE_MICROPHONE,
          audioEncoding: { maxBitrate: VOICE_BITRATE },
        })
        spoken = rtc.LocalAudioTrack.createAudioTrack('agent', source)
        publication = await self.publishTrack(spoken, options)
      }
      signal.throwIfAborted()
    } catch (error) {
      await leave('for-now')
      // Without the token, which the reason may have in it, and the room's name, in which a trunk puts the caller's number.
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`the room cannot be joined: ${reason.replaceAll(token, '…').replaceAll(name, '…')}`)
    }
    return {
      play(pcm) {
        if (isOver) return
        // One array of its own: the library takes the whole buffer below an array, wherever in it the array begins.
        const own = pcm.slice()
        void source.captureFrame(new rtc.AudioFrame(own, SPOKEN_RATE_HZ, 1, own.length)).catch(ignore)
      },
      clear: () => (isOver ? undefined : source.clearQueue()),
      hush() {
        // One that comes late would be worth nothing.
        const options = { reliable: false, topic: HUSH }
        if (!isOver) void room.localParticipant?.publishData(Uint8Array.of(1), options).catch(ignore)
      },
      avatar: order => (isOver ? undefined : avatar.order(order)),
      async heard(heardSignal) {
        await orAborted(publication?.waitForSubscription() ?? Promise.resolve(), heardSignal)
      },
      tell(topic, text, attributes = {}) {
        if (isOver || unsent >= MOST_UNSENT) return
        unsent++
        // One after the other, so that texts arrive in order.
        sending = sending
          .then(() => room.localParticipant?.sendText(text, { topic, attributes: { ...attributes } }))
          .catch(ignore)
          .finally(() => {
            unsent--
          })
      },
      show(attributes) {
        // Not waited for: of two changes in a row the server confirms one, and the other is waited for in vain for 5 s.
        if (!isOver) void room.localParticipant?.setAttributes({ ...attributes }).catch(ignore)
      },
      async statistics() {
        if (isOver) return undefined
        const stats = await room.getRtcStats().catch(ignore)
        return stats && statisticsFrom([...stats.publisherStats, ...stats.subscriberStats])
      },
      leave,
    }
  }
}

/**
 * Lets go of what the native client holds for a room that was left. It would have its threads, its sockets and a track that
 * looks for sound a hundred times a second until our garbage is collected, which an idle server does not do (measured).
 */
function dispose(room: Room): void {
  const participants = [room.localParticipant, ...room.remoteParticipants.values()]
  const publications = participants.flatMap(one => [...(one?.trackPublications.values() ?? [])])
  const handles = [
    ...publications.flatMap(({ track, ffiHandle }) => [track?.ffi_handle, ffiHandle]),
    ...participants.map(one => one?.ffi_handle),
    // biome-ignore lint/complexity/useLiteralKeys: it is private.
    room['ffiHandle'],
  ]
  for (const handle of handles) {
    try {
      handle?.dispose()
    } catch {
      // It throws where the client itself has let go of it already.
    }
  }
}
