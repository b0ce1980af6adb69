import {
  ConnectionState,
  DefaultReconnectPolicy,
  DisconnectReason,
  type LocalAudioTrack,
  Room,
  RoomEvent,
  Track,
} from 'livekit-client'
import type { Access } from '../server/room.ts'
import { type Caption, captionOf } from '../state/captions.ts'
import type { Stay } from '../state/converse.ts'
import { agentIn, hushAgent, isAgent } from './hush.ts'
import { say } from './say.ts'

export interface StayParts {
  /** None where the person types, or has no microphone that works. */
  readonly microphone: LocalAudioTrack | undefined
  /** Sent as soon as the agent is there. */
  readonly say: string | undefined
  /** Beside a phone call: when its agent leaves, it is over. */
  readonly isCompanion: boolean
  readonly onJoined: (room: Room) => void
  readonly onCaption: (caption: Caption) => void
  /** A tool changed something. */
  readonly onChanged: () => void
  readonly onMicrophone: (microphone: 'none' | 'muted' | 'open') => void
}

/** An agent joins within a second; a machine that is busy needs longer. */
const AGENT_WITHIN_MS = 15_000
/** An agent whose server restarts its connection is back by then. */
const AGENT_BACK_WITHIN_MS = 4_000
/** LiveKit's own waits before it tries again; by default they take most of a minute. */
const RECONNECT_WAITS_MS = [0, 300, 1_000, 2_000, 3_000]
const LEAVE_WITHIN_MS = 1_500

/** Joins a room and stays until somebody ends it. An aborted signal means that the person leaves. Never rejects. */
export async function stay(access: Access, parts: StayParts, signal: AbortSignal): Promise<Stay> {
  const room = new Room({
    // LiveKit's own way would end it at a `tel:` link too, which leaves no page.
    disconnectOnPageLeave: false,
    // After that a new room is asked for, while the server still keeps the conversation.
    reconnectPolicy: new DefaultReconnectPolicy([...RECONNECT_WAITS_MS]),
    publishDefaults: { simulcast: false, red: true, dtx: true },
  })
  listen(room, parts)
  const ended = whenEnded(room, parts.isCompanion, signal)
  const giveUp = (): void => {
    if (room.state === ConnectionState.Connecting) void room.disconnect()
  }
  signal.addEventListener('abort', giveUp, { once: true })
  // The server hears of it at once then. It waits a while for this page to come back, as after a reload.
  const goAway = (): void => void room.disconnect()
  window.addEventListener('pagehide', goAway)
  const how = await join(room, access, parts, ended, signal)
  window.removeEventListener('pagehide', goAway)
  return how
}

async function join(
  room: Room,
  access: Access,
  parts: StayParts,
  ended: Promise<Stay>,
  signal: AbortSignal,
): Promise<Stay> {
  try {
    await room.connect(access.url, access.token)
    if (parts.microphone) {
      await room.localParticipant.publishTrack(parts.microphone, { source: Track.Source.Microphone })
    }
  } catch {
    parts.microphone?.stop()
    await room.disconnect()
    return signal.aborted ? 'left' : 'unreachable'
  }
  if (!signal.aborted) parts.onJoined(room)
  const how = await ended
  if (how === 'left') await sayGoodbye(room)
  await room.disconnect()
  return how
}

/**
 * Takes captions and news from the room. LiveKit's own hook for captions forgets them with the connection, and never
 * sees a text that became empty because nothing of it was heard.
 */
function listen(room: Room, parts: StayParts): void {
  room.registerTextStreamHandler('lk.transcription', async reader => {
    const { attributes, timestamp } = reader.info
    const caption = captionOf(await reader.readAll().catch(() => ''), attributes, timestamp)
    if (caption) parts.onCaption(caption)
  })
  room.registerTextStreamHandler('partyline.changed', async reader => {
    await reader.readAll().catch(() => '')
    parts.onChanged()
  })
  hushAgent(room)
  const { say: first } = parts
  if (first !== undefined) {
    const sayFirst = (): void => {
      if (!agentIn(room)) return
      room.off(RoomEvent.Connected, sayFirst).off(RoomEvent.ParticipantConnected, sayFirst)
      say(room, first).catch(() => undefined)
    }
    room.on(RoomEvent.Connected, sayFirst).on(RoomEvent.ParticipantConnected, sayFirst)
  }
  const look = (): void => {
    const microphone = room.localParticipant.getTrackPublication(Track.Source.Microphone)
    parts.onMicrophone(microphone === undefined ? 'none' : microphone.isMuted ? 'muted' : 'open')
  }
  room.on(RoomEvent.TrackMuted, look).on(RoomEvent.TrackUnmuted, look).on(RoomEvent.LocalTrackPublished, look)
}

/** Resolves with how the stay ended. */
function whenEnded(room: Room, isCompanion: boolean, signal: AbortSignal): Promise<Stay> {
  return new Promise<Stay>(resolve => {
    let wait: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    let isMoved = false
    const end = (how: Stay): void => {
      clearTimeout(wait)
      signal.removeEventListener('abort', leave)
      resolve(how)
    }
    const leave = (): void => end('left')
    const expectAgent = (withinMs: number, otherwise: Stay): void => {
      clearTimeout(wait)
      wait = agentIn(room) ? undefined : setTimeout(end, withinMs, otherwise)
    }
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    // The agent says so before it leaves, where it does not only lose its way.
    room.registerTextStreamHandler('partyline.ended', async reader => {
      await reader.readAll().catch(() => '')
      isOver = true
      if (!agentIn(room)) end('over')
    })
    // It leaves when all is written that the next one goes on from.
    room.registerTextStreamHandler('partyline.moved', async reader => {
      await reader.readAll().catch(() => '')
      isMoved = true
      if (!agentIn(room)) end('moved')
    })
    room
      .on(RoomEvent.Connected, () => expectAgent(AGENT_WITHIN_MS, 'no-agent'))
      .on(RoomEvent.ParticipantConnected, () => {
        if (agentIn(room)) clearTimeout(wait)
      })
      .on(RoomEvent.ParticipantDisconnected, participant => {
        if (!isAgent(participant)) return
        if (isOver) end('over')
        else if (isMoved) end('moved')
        else expectAgent(AGENT_BACK_WITHIN_MS, isCompanion ? 'over' : 'dropped')
      })
      .on(RoomEvent.Disconnected, reason => end(endedBy(reason)))
  })
}

function endedBy(reason: DisconnectReason | undefined): Stay {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'left'
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'taken-over'
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'over'
    default:
      return 'dropped'
  }
}

/** Tells the agent that this is no drop, so that it does not wait. */
async function sayGoodbye(room: Room): Promise<void> {
  const agent = agentIn(room)
  if (!agent) return
  await room.localParticipant
    .performRpc({
      destinationIdentity: agent.identity,
      method: 'partyline.leave',
      payload: '{}',
      responseTimeout: LEAVE_WITHIN_MS,
    })
    .catch(() => undefined)
}
