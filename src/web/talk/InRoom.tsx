import {
  RoomAudioRenderer,
  RoomContext,
  useConnectionState,
  useStartAudio,
  useTrackToggle,
  useVoiceAssistant,
} from '@livekit/components-react'
import { type LocalAudioTrack, type RemoteAudioTrack, type Room, Track } from 'livekit-client'
import { lazy, Suspense, useCallback, useEffect, useRef } from 'react'
import { LeaveIcon, MicrophoneIcon, MutedIcon, SoundIcon } from '../icons.tsx'
import { ShareScreen } from '../screen/ShareScreen.tsx'
import type { Line } from '../server/line.ts'
import { type MicrophoneProblem, microphoneProblem } from '../state/problems.ts'
import { Level } from './Level.tsx'
import { usePushToTalk } from './use-push-to-talk.ts'
import { sayVoiceState, voiceState } from './voice-state.ts'

// Loaded where the agent has a face.
const Face = lazy(() => import('./Face.tsx'))

interface InRoomProps {
  readonly room: Room
  readonly sight: Line['sight']
  readonly isPushToTalk: boolean
  readonly onMicrophone: (problem: MicrophoneProblem | undefined) => void
  readonly onLeave: () => void
}

/** A conversation that is going on: whose turn it is, how loud, and what can be done. */
export default function InRoom(props: InRoomProps) {
  return (
    <RoomContext.Provider value={props.room}>
      <RoomAudioRenderer />
      <Voice {...props} />
    </RoomContext.Provider>
  )
}

function Voice({ room, sight, isPushToTalk, onMicrophone, onLeave }: InRoomProps) {
  const assistant = useVoiceAssistant()
  const connection = useConnectionState()
  const onDeviceError = useCallback((error: Error) => onMicrophone(microphoneProblem(error.name)), [onMicrophone])
  const { toggle, enabled, pending, track } = useTrackToggle({ source: Track.Source.Microphone, onDeviceError })
  const { mergedProps: soundProps, canPlayAudio } = useStartAudio({ room, props: {} })
  const microphone = track === undefined ? 'none' : enabled ? 'open' : 'muted'
  const state = voiceState(assistant.state, connection)
  const said = sayVoiceState(state, microphone, isPushToTalk)
  const holdsToTalk = isPushToTalk && microphone !== 'none'
  const { isHeld, buttonProps } = usePushToTalk(holdsToTalk, useSteadyToggle(toggle))
  const own = track?.audioTrack as LocalAudioTrack | undefined
  const agents = assistant.audioTrack?.publication.track as RemoteAudioTrack | undefined
  const isAgents = state === 'speaking' && agents !== undefined

  const openMicrophone = (): void => {
    onMicrophone(undefined)
    void toggle(true)
  }
  const first = useRef<HTMLButtonElement>(null)
  // The button that was pressed to come here is gone.
  useEffect(() => first.current?.focus(), [])

  return (
    <>
      <div
        className="stage"
        data-state={state}
        data-quiet={(microphone !== 'open' && state === 'listening') || undefined}
      >
        {assistant.videoTrack ? (
          <Suspense fallback={<Level track={undefined} />}>
            <Face track={assistant.videoTrack} />
          </Suspense>
        ) : (
          <Level track={isAgents ? agents : microphone === 'open' ? own : undefined} />
        )}
        <p className="state">
          <strong>{said.title}</strong>
          <span className="hint">{said.hint}</span>
        </p>
      </div>
      {holdsToTalk && (
        <button type="button" className="hold" ref={first} {...buttonProps}>
          <MicrophoneIcon />
          {isHeld ? 'Speak now' : 'Hold to talk'}
        </button>
      )}
      {!canPlayAudio && (
        <button type="button" className="primary" onClick={soundProps.onClick}>
          <SoundIcon />
          Turn on the sound
        </button>
      )}
      <div className="controls">
        {!holdsToTalk && microphone !== 'none' && (
          <button
            type="button"
            aria-pressed={!enabled}
            ref={first}
            onClick={() => void toggle()}
            aria-disabled={pending || undefined}
          >
            {enabled ? <MicrophoneIcon /> : <MutedIcon />}
            {enabled ? 'Mute' : 'Unmute'}
          </button>
        )}
        {microphone === 'none' && (
          <button type="button" ref={first} onClick={openMicrophone}>
            <MicrophoneIcon />
            Use the microphone
          </button>
        )}
        {sight && <ShareScreen room={room} sight={sight} seen={assistant.agentAttributes?.['partyline.sight']} />}
        <button type="button" className="leave" onClick={onLeave}>
          <LeaveIcon />
          Leave
        </button>
      </div>
    </>
  )
}

/** Opens and closes the microphone in the order that was asked for: each waits for the one before. */
function useSteadyToggle(toggle: (isOn: boolean) => Promise<unknown>): (isOn: boolean) => void {
  const before = useRef<Promise<unknown>>(Promise.resolve())
  return useCallback(
    (isOn: boolean) => {
      before.current = before.current.then(() => toggle(isOn)).catch(() => undefined)
    },
    [toggle],
  )
}
