import { RoomContext, useConnectionState, useVoiceAssistant } from '@livekit/components-react'
import type { Room } from 'livekit-client'
import { useEffect, useRef } from 'react'
import { LeaveIcon, ScreenIcon } from '../icons.tsx'
import type { Line } from '../server/line.ts'
import { voiceState } from '../talk/voice-state.ts'
import { ShareScreen } from './ShareScreen.tsx'

interface BesideProps {
  readonly room: Room
  readonly sight: Line['sight']
  readonly onLeave: () => void
}

/** A page that is beside a phone call: it shows a screen. */
export default function Beside(props: BesideProps) {
  return (
    <RoomContext.Provider value={props.room}>
      <Companion {...props} />
    </RoomContext.Provider>
  )
}

function Companion({ room, sight, onLeave }: BesideProps) {
  const assistant = useVoiceAssistant()
  const isBack = voiceState('listening', useConnectionState()) === 'listening'
  const title = useRef<HTMLHeadingElement>(null)
  // The form that was here is gone.
  useEffect(() => title.current?.focus(), [])
  return (
    <>
      <div className="stage" data-state={isBack ? 'listening' : 'reconnecting'}>
        <div className="orb" aria-hidden="true">
          <ScreenIcon />
        </div>
        <p className="state" role="status">
          <strong>{isBack ? 'You are in the call' : 'Reconnecting…'}</strong>
          <span className="hint">
            {isBack ? 'Keep talking on the phone. This page has no microphone.' : 'The network dropped.'}
          </span>
        </p>
      </div>
      <h1 className="hidden" ref={title} tabIndex={-1}>
        In the call
      </h1>
      <div className="controls">
        {sight ? (
          <ShareScreen room={room} sight={sight} seen={assistant.agentAttributes?.['partyline.sight']} />
        ) : (
          <p className="note">This agent cannot see screens. You can type.</p>
        )}
        <button type="button" className="leave" onClick={onLeave}>
          <LeaveIcon />
          Leave
        </button>
      </div>
    </>
  )
}
