import {
  AudioSource,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoStream,
} from '@livekit/rtc-node'
import { AccessToken } from 'livekit-server-sdk'
import { onTestFinished } from 'vitest'
import type { LivekitServer } from '../../src/livekit/server.ts'

/** An agent in a room that says and does what a test tells it. */
export interface ScriptedAgent {
  /** What came from the page, in order: `chat hello`, `screen {"consent":true}`, `leave`, `muted microphone`. */
  readonly came: readonly string[]
  /** Frames of the shared screen so far. */
  frames(): number
  /** `yields`: what its voice does when it is spoken over; without it the page is told nothing of that. */
  is(state: 'listening' | 'thinking' | 'speaking', yields?: 'held' | 'ducked'): Promise<void>
  caption(segment: string, speaker: 'caller' | 'agent', text: string, more?: Caption): Promise<void>
  /** A tool changed something. */
  changed(): Promise<void>
  leave(): Promise<void>
}
interface Caption {
  readonly isFinal?: boolean
  readonly isInterrupted?: boolean
}

/** Joins as the server's agent does. Leaves after the test. */
export async function joinAsAgent(livekit: LivekitServer, roomName: string): Promise<ScriptedAgent> {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'agent', ttl: '10m' })
  token.addGrant({ roomJoin: true, room: roomName, canPublish: true, canPublishData: true, canUpdateOwnMetadata: true })
  token.kind = 'agent'
  const room = new Room()
  const came: string[] = []
  let frames = 0
  const count = async (track: RemoteTrack): Promise<void> => {
    for await (const _ of new VideoStream(track)) frames++
  }
  const named = (source: TrackSource | undefined): string =>
    source === TrackSource.SOURCE_MICROPHONE ? 'microphone' : 'screen'
  room
    .on(RoomEvent.TrackSubscribed, track => {
      if (track.kind === TrackKind.KIND_VIDEO) void count(track)
    })
    .on(RoomEvent.TrackMuted, ({ source }) => came.push(`muted ${named(source)}`))
    .on(RoomEvent.TrackUnmuted, ({ source }) => came.push(`unmuted ${named(source)}`))
  room.registerTextStreamHandler('lk.chat', async reader => {
    came.push(`chat ${await reader.readAll()}`)
  })
  await room.connect(livekit.url, await token.toJwt(), { autoSubscribe: true, dynacast: false })
  onTestFinished(() => room.disconnect())
  const me = room.localParticipant
  if (!me) throw new Error('the agent is not in the room')
  me.registerRpcMethod('partyline.screen', async ({ payload }) => {
    came.push(`screen ${payload}`)
    // Not waited for, as by the real one: of two changes in a row one is confirmed, and the other is waited for in vain for 5 s.
    const sight = JSON.parse(payload).consent ? 'watching' : 'off'
    void me.setAttributes({ 'partyline.sight': sight }).catch(() => undefined)
    return 'ok'
  })
  for (const what of ['leave', 'spoken-over'] as const) {
    me.registerRpcMethod(`partyline.${what}`, async () => {
      came.push(what)
      return 'ok'
    })
  }
  const track = LocalAudioTrack.createAudioTrack('agent', new AudioSource(24_000, 1, 200))
  await me.publishTrack(track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }))
  await me.setAttributes({ 'lk.agent.state': 'listening', 'partyline.sight': 'off' })
  return {
    came,
    frames: () => frames,
    is: (state, yields) => me.setAttributes({ 'lk.agent.state': state, ...(yields && { 'partyline.yields': yields }) }),
    async caption(segment, speaker, text, { isFinal = true, isInterrupted = false } = {}) {
      const attributes = {
        'lk.segment_id': segment,
        'lk.transcription_final': `${isFinal}`,
        'partyline.speaker': speaker,
        ...(isInterrupted && { 'partyline.interrupted': 'true' }),
      }
      const stream = await me.streamText({ topic: 'lk.transcription', attributes })
      await stream.write(text)
      await stream.close()
    },
    changed: async () => void (await me.sendText('tasks', { topic: 'partyline.changed' })),
    leave: () => room.disconnect(),
  }
}
