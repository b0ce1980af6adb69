import {
  type LocalAudioTrack,
  ParticipantKind,
  type RemoteParticipant,
  type Room,
  RoomEvent,
  Track,
} from 'livekit-client'
import { VoiceOnset } from '../state/voice-onset.ts'

/** By then nothing is left of what was buffered when the agent was interrupted, and it has not begun to answer. */
const HUSHED_MS = 300
/** How often the microphone is looked at, and how much of it: 43 ms at 48 kHz. */
const LOOK_MS = 10
const WINDOW = 2_048
/** The server says by then that it was a voice. */
const JUDGED_WITHIN_MS = 900
/** So many times in a row it was none: here is an echo or a noise by which this page cannot tell. */
const MOST_MISTAKES = 3

const ON_BEHALF = 'lk.publish_on_behalf'

/** Not an avatar, which only speaks for the agent. */
export const isAgent = ({ kind, attributes }: Pick<RemoteParticipant, 'kind' | 'attributes'>): boolean =>
  kind === ParticipantKind.AGENT && !(ON_BEHALF in attributes)

export const agentIn = (room: Room): RemoteParticipant | undefined =>
  [...room.remoteParticipants.values()].find(isAgent)

/**
 * Makes the agent silent in this page as soon as it is interrupted. The server says so, sooner than the silence of its sound,
 * which waits behind what is buffered here. Where the agent yields to any voice, the page listens to the microphone too, and
 * tells the server: what would come after that is then not lost, but waits there.
 */
export function hushAgent(room: Room): void {
  let again: ReturnType<typeof setTimeout> | undefined
  let looking: ReturnType<typeof setInterval> | undefined
  let ear: Ear | undefined
  /** A word of the server's until then is about what this page has heard. */
  let judgedUntilMs = 0
  /** The server has heard it first. */
  let knownUntilMs = 0
  let mistakes = 0

  function hush(): void {
    clearTimeout(again)
    silence(room, true)
    again = setTimeout(silence, HUSHED_MS, room, false)
  }

  function spokenOver(agent: RemoteParticipant): void {
    hush()
    mistakes++
    judgedUntilMs = performance.now() + JUDGED_WITHIN_MS
    // An agent that cannot be told goes on, and is not silent for long.
    const asked = { destinationIdentity: agent.identity, method: 'partyline.spoken-over', payload: '' }
    room.localParticipant.performRpc(asked).catch(() => undefined)
    look()
  }

  function microphone(): LocalAudioTrack | undefined {
    const own = room.localParticipant.getTrackPublication(Track.Source.Microphone)
    return own?.isMuted ? undefined : own?.audioTrack
  }

  /** Listens while somebody could speak over the agent, and not longer: it costs battery. */
  function look(): void {
    const agent = agentIn(room)
    const { 'lk.agent.state': state, 'partyline.yields': yields } = agent?.attributes ?? {}
    const track = microphone()
    const isOn = state === 'speaking' && yields === 'held' && mistakes < MOST_MISTAKES
    if (!agent || !track || !isOn) {
      clearInterval(looking)
      looking = undefined
      return
    }
    if (!ear?.isOf(track)) {
      ear?.close()
      ear = earOf(track)
    }
    ear.wake()
    looking ??= setInterval(() => {
      if (ear?.hearsVoice() && performance.now() > knownUntilMs) spokenOver(agent)
    }, LOOK_MS)
  }

  room
    .on(RoomEvent.DataReceived, (_payload, participant, _kind, topic) => {
      if (topic !== 'partyline.hush' || !participant || !isAgent(participant)) return
      if (performance.now() < judgedUntilMs) mistakes = 0
      knownUntilMs = performance.now() + JUDGED_WITHIN_MS
      hush()
    })
    .on(RoomEvent.ParticipantAttributesChanged, look)
    .on(RoomEvent.TrackMuted, look)
    .on(RoomEvent.TrackUnmuted, look)
    .on(RoomEvent.LocalTrackPublished, look)
    .on(RoomEvent.ParticipantDisconnected, look)
    .on(RoomEvent.Disconnected, () => {
      clearInterval(looking)
      looking = undefined
      ear?.close()
      ear = undefined
    })
}

/** The agent, and an avatar that speaks for it. Not by the volume: on an iPhone a page cannot set it. */
function silence(room: Room, isSilent: boolean): void {
  const speakers = [...room.remoteParticipants.values()].filter(({ kind }) => kind === ParticipantKind.AGENT)
  for (const { track } of speakers.flatMap(one => [...one.audioTrackPublications.values()]))
    if (track) track.mediaStreamTrack.enabled = !isSilent
}

/** Hears the microphone as the server does: after the browser has taken echo and noise out of it. */
interface Ear {
  isOf(track: LocalAudioTrack): boolean
  /** Where no button was pressed yet, or after a telephone call on the same device, browsers keep it asleep: it hears silence. */
  wake(): void
  hearsVoice(): boolean
  close(): void
}

function earOf({ mediaStreamTrack }: LocalAudioTrack): Ear {
  const context = new AudioContext({ latencyHint: 'interactive' })
  const isOf = (track: LocalAudioTrack): boolean => track.mediaStreamTrack === mediaStreamTrack
  const close = (): void => void context.close().catch(() => undefined)
  const wake = (): void => {
    if (context.state !== 'running') context.resume().catch(() => undefined)
  }
  let source: MediaStreamAudioSourceNode
  try {
    source = context.createMediaStreamSource(new MediaStream([mediaStreamTrack]))
  } catch {
    // Firefox joins no two rates. The server hears the person all the same, only later.
    return { isOf, wake, hearsVoice: () => false, close }
  }
  const analyser = new AnalyserNode(context, { fftSize: WINDOW })
  source.connect(analyser)
  const window = new Float32Array(WINDOW)
  const onset = new VoiceOnset()
  return {
    isOf,
    wake,
    hearsVoice() {
      analyser.getFloatTimeDomainData(window)
      return onset.take(window, context.sampleRate, performance.now())
    },
    close,
  }
}
