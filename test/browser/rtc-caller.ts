import type { RemoteTrack, Room } from '@livekit/rtc-node'
import { loadRtc } from '../../src/channels/browser/load-rtc.ts'
import { systemClock as clock } from '../../src/clock.ts'
import type { ServerProcess } from '../../src/sandbox/server-process.ts'

/** A caller in a real room of a real server, without a browser. */
export interface RtcCaller {
  /** The call's id, which is the room's name too. */
  readonly callId: string
  readonly room: Room
  /** The next 20 ms of the agent's voice that have arrived, at 24 kHz; undefined where none have, or where a page is hushed. */
  hear(): Int16Array | undefined
  /** Sends 20 ms of the caller's voice, at 16 kHz. */
  speak(pcm: Int16Array): void
  /** Resolves when the agent speaks in the room: its track is received. Rejects on abort. */
  readonly agentCame: Promise<void>
  /** Tells the agent, as the page's button does, and leaves the room. */
  leave(): Promise<void>
}

export interface JoinOptions {
  /** It gives a room to its own pages alone, which it knows by its PUBLIC_URL. */
  readonly server: Pick<ServerProcess, 'url' | 'publicUrl'>
  /** Whose network it comes from, for a server that trusts 127.0.0.1 as its proxy: it lets each in a few times a minute. */
  readonly address: string
}

const RATES_HZ = { spoken: 16_000, heard: 24_000 } as const
const FRAME_MS = 20
/** A microphone's sound goes straight to the encoder, in pieces of 10 ms. In a queue it would wait longer after each stall. */
const NO_QUEUE = 0
const PIECE_SAMPLES = RATES_HZ.spoken / 100
/** Frames come at the pace of another clock: so many wait at most, and then the oldest is not heard. */
const MOST_WAITING = 3
/** As the page: so long it plays nothing of what has arrived, once the agent has stopped. */
const HUSH = 'partyline.hush'
const HUSHED_MS = 300

/** Asks the server for a room, as the page does, and joins it with an open microphone. Throws when either refuses. */
export async function joinAsCaller({ server, address }: JoinOptions): Promise<RtcCaller> {
  const asked = await fetch(`${server.url}/api/room`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address, origin: new URL(server.publicUrl).origin },
  })
  if (!asked.ok) throw new Error(`the server gives no room: ${asked.status} ${await asked.text()}`)
  const { url, token } = await asked.json()
  const rtc = await loadRtc()
  const room = new rtc.Room()
  const source = new rtc.AudioSource(RATES_HZ.spoken, 1, NO_QUEUE)
  const waiting: Int16Array[] = []
  const came = Promise.withResolvers<void>()
  let isLeft = false
  let hushedUntilMs = Number.NEGATIVE_INFINITY

  async function listen(track: RemoteTrack): Promise<void> {
    came.resolve()
    const stream = new rtc.AudioStream(track, { sampleRate: RATES_HZ.heard, numChannels: 1, frameSizeMs: FRAME_MS })
    for await (const { data } of stream) if (waiting.push(data) > MOST_WAITING) waiting.shift()
  }

  room.on('trackSubscribed', track => void listen(track).catch(() => undefined))
  room.on('dataReceived', (_payload, participant, _kind, topic) => {
    if (topic === HUSH && participant?.kind === rtc.ParticipantKind.AGENT) hushedUntilMs = clock.now() + HUSHED_MS
  })
  await room.connect(url, token, { autoSubscribe: true, dynacast: false })
  const self = room.localParticipant
  if (!self || room.name === undefined) throw new Error('the room has no place for the caller')
  const options = new rtc.TrackPublishOptions({ source: rtc.TrackSource.SOURCE_MICROPHONE })
  const microphone = rtc.LocalAudioTrack.createAudioTrack('microphone', source)
  await self.publishTrack(microphone, options)

  return {
    room,
    callId: room.name,
    agentCame: came.promise,
    hear() {
      const pcm = waiting.shift()
      return clock.now() < hushedUntilMs ? undefined : pcm
    },
    speak(pcm) {
      for (let at = 0; at < pcm.length && !isLeft; at += PIECE_SAMPLES) {
        const piece = pcm.slice(at, at + PIECE_SAMPLES)
        void source.captureFrame(new rtc.AudioFrame(piece, RATES_HZ.spoken, 1, PIECE_SAMPLES)).catch(() => undefined)
      }
    },
    async leave() {
      if (isLeft) return
      isLeft = true
      const agent = { destinationIdentity: 'agent', method: 'partyline.leave', payload: '' }
      await self.performRpc(agent).catch(() => undefined)
      await room.disconnect()
      await microphone.close()
    },
  }
}
