import type { ByteStreamReader } from '@livekit/rtc-node'
import { resampler } from '../../../../audio/resample.ts'
import type { Clock } from '../../../../conversation/ports.ts'
import type { loadRtc } from '../../load-rtc.ts'
import { quietRoom } from '../../quiet-room.ts'
import { VOICE_BITRATE } from '../../room.ts'
import {
  AUDIO_STREAM,
  CLEAR_BUFFER,
  finishedPayload,
  ON_BEHALF,
  PLAYBACK_FINISHED,
  PLAYBACK_STARTED,
} from '../protocol.ts'
import { FacePlayback } from './face-playback.ts'
import { CLOSED, type Mouth, mouthFor } from './mouth.ts'
import { facePainter, SIDE } from './picture.ts'

export interface FaceParts {
  readonly rtc: Awaited<ReturnType<typeof loadRtc>>
  readonly clock: Clock
  readonly url: string
  readonly token: string
  readonly onJoined: () => void
}

const RATE_HZ = 24_000
/** A picture, and the sound that belongs to it: 20 a second. */
const TICK_MS = 50
const TICK_SAMPLES = (RATE_HZ * TICK_MS) / 1_000
/** The native client plays from a queue. Sound is put into it so many ticks ahead, and its picture is shown as much later. */
const AHEAD_TICKS = 2
const QUEUE_MS = 400
/** Of a face that does nothing a picture is sent every so many ticks. */
const IDLE_TICKS = 5
/** After a stall it goes on from where it is, and catches up with nothing. */
const STALLED_MS = 200
const BLINKS_EACH_MS = 3_700
const BLINK_MS = 150
const VIDEO_BITRATE = 250_000n
const ANSWERED_WITHIN_MS = 5_000

const ignore = (): undefined => undefined

/**
 * Joins a room as a worker that speaks for the agent whom the token names: plays what the agent sends, and shows a face whose
 * mouth follows it. Resolves with why it left. Rejects where it cannot join.
 */
export async function joinAsFace(
  { rtc, clock, url, token, onJoined }: FaceParts,
  signal: AbortSignal,
): Promise<string> {
  const room = quietRoom(rtc)
  const sound = new rtc.AudioSource(RATE_HZ, 1, QUEUE_MS)
  const video = new rtc.VideoSource(SIDE, SIDE)
  const ending = new AbortController()
  const end = (why: string): void => ending.abort(why)
  const leave = (): void => end('it was told to leave')
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  let agent = ''
  let mouths: Mouth[] = []
  let streams = 0

  async function report(method: string, payload: string): Promise<void> {
    await room.localParticipant
      ?.performRpc({ destinationIdentity: agent, method, payload, responseTimeout: ANSWERED_WITHIN_MS })
      .catch(ignore)
  }
  const playback = new FacePlayback(RATE_HZ, {
    started: () => void report(PLAYBACK_STARTED, ''),
    finished(playedMs, isInterrupted) {
      const send = (): void => void report(PLAYBACK_FINISHED, finishedPayload(playedMs, isInterrupted))
      // The rest of it is in the queue still.
      if (isInterrupted) send()
      else clock.sleep(AHEAD_TICKS * TICK_MS, ending.signal).then(send, ignore)
    },
  })

  async function listen(reader: ByteStreamReader): Promise<void> {
    const stream = String(++streams)
    const rateHz = Number(reader.info.attributes?.sample_rate ?? RATE_HZ)
    const to24 = resampler(rateHz, RATE_HZ)
    playback.begin(stream)
    let odd = new Uint8Array(0)
    try {
      for await (const bytes of reader) {
        const all = new Uint8Array(odd.length + bytes.length)
        all.set(odd)
        all.set(bytes, odd.length)
        const whole = all.length - (all.length % 2)
        odd = all.slice(whole)
        playback.add(stream, to24(new Int16Array(all.buffer, 0, whole / 2)))
      }
    } finally {
      playback.end(stream)
    }
  }

  function clear(): void {
    const unplayedMs = sound.queuedDuration
    sound.clearQueue()
    mouths = []
    playback.clear(unplayedMs)
  }

  function play(pcm: Int16Array, before: Mouth): Mouth {
    void sound.captureFrame(new rtc.AudioFrame(pcm, RATE_HZ, 1, pcm.length)).catch(ignore)
    return mouthFor(pcm, before)
  }

  async function show(): Promise<void> {
    const paint = facePainter()
    let last = CLOSED
    let isPlaying = false
    let idle = 0
    for (let atMs = clock.now(); ; atMs += TICK_MS) {
      if (clock.now() - atMs > STALLED_MS) atMs = clock.now()
      await clock.sleep(atMs - clock.now(), ending.signal)
      if (!isPlaying) isPlaying = playback.canBegin(AHEAD_TICKS * TICK_SAMPLES)
      const isFirst = isPlaying && mouths.length === 0
      // One tick more: browsers hold sound longer than pictures (measured).
      if (isFirst) mouths.push(last)
      for (let ticks = isFirst ? AHEAD_TICKS : 1; isPlaying && ticks > 0; ticks--) {
        const pcm = playback.take(TICK_SAMPLES)
        if (pcm) mouths.push(play(pcm, mouths.at(-1) ?? last))
        else isPlaying = mouths.length > 0
      }
      const mouth = mouths.shift() ?? mouthFor(new Int16Array(1), last)
      const isStill = mouth.open < 0.01 && last.open < 0.01
      last = mouth
      idle = isStill ? idle + 1 : 0
      const isBlinking = atMs % BLINKS_EACH_MS < BLINK_MS
      if (isStill && !isBlinking && idle % IDLE_TICKS !== 0) continue
      video.captureFrame(new rtc.VideoFrame(paint(mouth, isBlinking), SIDE, SIDE, rtc.VideoBufferType.I420))
    }
  }

  try {
    await room.connect(url, token, { autoSubscribe: false, dynacast: false })
    const self = room.localParticipant
    if (!self) throw new Error('the room has no place for the face')
    agent = self.attributes[ON_BEHALF] ?? ''
    room
      .on('disconnected', reason => end(`the room was left: ${rtc.DisconnectReason[reason] ?? reason}`))
      .on('participantDisconnected', ({ identity }) => (identity === agent ? end('the agent left') : undefined))
    // Before it is seen, so that nothing that is sent to it is lost.
    room.registerByteStreamHandler(AUDIO_STREAM, (reader, { identity }) => {
      if (identity === agent) void listen(reader).catch(ignore)
      else void reader.close().catch(ignore)
    })
    self.registerRpcMethod(CLEAR_BUFFER, async ({ callerIdentity }) => {
      if (callerIdentity !== agent) return 'reject'
      clear()
      return 'ok'
    })
    const voice = rtc.LocalAudioTrack.createAudioTrack('avatar-voice', sound)
    const asVoice = { source: rtc.TrackSource.SOURCE_MICROPHONE, audioEncoding: { maxBitrate: VOICE_BITRATE } }
    await self.publishTrack(voice, new rtc.TrackPublishOptions(asVoice))
    const face = rtc.LocalVideoTrack.createVideoTrack('avatar-face', video)
    const options = new rtc.TrackPublishOptions({
      source: rtc.TrackSource.SOURCE_CAMERA,
      simulcast: false,
      videoEncoding: { maxBitrate: VIDEO_BITRATE, maxFramerate: 1_000 / TICK_MS },
    })
    await self.publishTrack(face, options)
    onJoined()
    await show().catch(error => {
      if (!ending.signal.aborted) throw error
    })
    return String(ending.signal.reason)
  } finally {
    end('it has ended')
    signal.removeEventListener('abort', leave)
    await room.disconnect().catch(ignore)
    room.removeAllListeners()
    await sound.close().catch(ignore)
    await video.close().catch(ignore)
  }
}
