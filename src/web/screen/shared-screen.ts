import { createLocalScreenTracks, type LocalVideoTrack, type Room, RoomEvent, Track, TrackEvent } from 'livekit-client'
import { agentIn } from '../talk/hush.ts'

/** A screen that is being shared. */
export interface SharedScreen {
  /** No frame leaves this machine until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Letters must be readable; the agent looks once a second at most, so few frames do. */
const CAPTURE = {
  audio: false,
  resolution: { width: 1_920, height: 1_080, frameRate: 5 },
  contentHint: 'detail',
} as const
const PUBLISH = {
  source: Track.Source.ScreenShare,
  simulcast: false,
  screenShareEncoding: { maxBitrate: 1_500_000, maxFramerate: 5 },
}
const ANSWER_WITHIN_MS = 5_000

/** Whether this browser can show its screen. Those of phones cannot. */
export const canShareScreen = (): boolean =>
  typeof navigator.mediaDevices !== 'undefined' && 'getDisplayMedia' in navigator.mediaDevices

/**
 * Lets the person choose a screen, tells the agent of the consent, and only then publishes it. Must run in the click
 * itself: browsers ask for a gesture. Rejects when nothing was chosen, or the agent did not agree.
 */
export async function shareScreen(room: Room, onStopped: () => void): Promise<SharedScreen> {
  const tracks = await createLocalScreenTracks(CAPTURE)
  const [track] = tracks as LocalVideoTrack[]
  if (!track) throw new Error('no screen was chosen')
  let isOver = false
  const stop = async (): Promise<void> => {
    if (isOver) return
    isOver = true
    room.off(RoomEvent.Reconnected, again)
    track.stop()
    onStopped()
    await room.localParticipant.unpublishTrack(track).catch(() => undefined)
    await consent(room, false).catch(() => undefined)
  }
  // The agent may have taken the pause in the connection for the end of the sharing.
  const again = (): void => void consent(room, true).catch(() => stop())
  room.on(RoomEvent.Reconnected, again)
  // The browser's own bar has a button that stops it.
  track.on(TrackEvent.Ended, () => void stop())
  try {
    await consent(room, true)
    await room.localParticipant.publishTrack(track, PUBLISH)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    stop,
    async pause() {
      // A muted track alone would still send black frames.
      await track.mute()
      await track.pauseUpstream()
    },
    async resume() {
      await track.resumeUpstream()
      await track.unmute()
    },
  }
}

async function consent(room: Room, given: boolean): Promise<void> {
  const agent = agentIn(room)
  if (!agent) throw new Error('the agent is not there')
  await room.localParticipant.performRpc({
    destinationIdentity: agent.identity,
    method: 'partyline.screen',
    payload: JSON.stringify({ consent: given }),
    responseTimeout: ANSWER_WITHIN_MS,
  })
}
