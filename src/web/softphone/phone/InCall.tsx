import { useCallback, useEffect, useRef, useState } from 'react'
import { LeaveIcon, MicrophoneIcon, MutedIcon, PauseIcon, ResumeIcon } from '../../icons.tsx'
import { callWords, clock, hintWords } from '../state/say.ts'
import { KeypadIcon } from './icons.tsx'
import { Keypad } from './Keypad.tsx'
import { Meter } from './Meter.tsx'
import { SoundChoices } from './SoundChoices.tsx'
import type { Seen, Softphone } from './softphone.ts'

/** A call that rings or goes on: what a phone's own screen has. */
export function InCall({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const { phone, isMuted, isOnHold, hasMicrophone, hint } = seen
  const { call } = phone
  const [isKeypadOpen, setKeypadOpen] = useState(false)
  const press = useCallback((key: string) => softphone.press(key), [softphone])
  // A small screen has its room for what is said.
  const [isWide] = useState(() => matchMedia('(min-width: 52rem)').matches)
  const first = useRef<HTMLButtonElement>(null)
  // The button that was pressed to come here is gone.
  useEffect(() => first.current?.focus(), [])
  const isTalking = call.kind === 'answered'
  return (
    <section className="card phone" aria-label="Phone" data-call={isOnHold ? 'held' : call.kind}>
      <div className="phone-state">
        <h2>{callWords(call, isOnHold)}</h2>
        <Timer call={call} />
      </div>
      <div className="meters">
        <Meter softphone={softphone} side="caller" label={isMuted ? 'You, muted' : 'You'} />
        <Meter softphone={softphone} side="agent" label="Agent" />
      </div>
      {hint !== undefined && (
        <p role="status" className="hint-line">
          {hintWords(hint)}
        </p>
      )}
      <Keypad isOpen={isKeypadOpen} onPress={press} />
      <div className="controls">
        {hasMicrophone && (
          <button
            type="button"
            aria-pressed={isMuted}
            aria-disabled={!isTalking || undefined}
            onClick={() => isTalking && softphone.setMuted(!isMuted)}
          >
            {isMuted ? <MutedIcon /> : <MicrophoneIcon />}
            Mute
          </button>
        )}
        <button
          type="button"
          aria-pressed={isOnHold}
          aria-disabled={!isTalking || undefined}
          onClick={() => isTalking && softphone.setOnHold(!isOnHold)}
        >
          {isOnHold ? <ResumeIcon /> : <PauseIcon />}
          Hold
        </button>
        <button
          type="button"
          className="keypad-toggle"
          aria-expanded={isKeypadOpen}
          onClick={() => setKeypadOpen(isOpen => !isOpen)}
        >
          <KeypadIcon />
          Keys
        </button>
        <button
          type="button"
          className="hang-up"
          ref={first}
          aria-disabled={call.kind === 'ending' || undefined}
          onClick={() => call.kind !== 'ending' && softphone.hangUp()}
        >
          <LeaveIcon />
          Hang up
        </button>
      </div>
      <details className="more" open={isWide}>
        <summary>Microphone and volume</summary>
        <SoundChoices softphone={softphone} seen={seen} isBrief />
      </details>
    </section>
  )
}

const EVERY_MS = 250

/** How long the call has lasted. It is computed of the clock, so that a tab in the background is right again at once. */
function Timer({ call }: { readonly call: Seen['phone']['call'] }) {
  const sinceMs = call.kind === 'answered' ? call.sinceMs : undefined
  const [nowMs, setNow] = useState(sinceMs ?? 0)
  useEffect(() => {
    if (sinceMs === undefined) return undefined
    setNow(performance.now())
    const timer = setInterval(() => setNow(performance.now()), EVERY_MS)
    return () => clearInterval(timer)
  }, [sinceMs])
  const ms = sinceMs === undefined ? ('lastedMs' in call ? call.lastedMs : 0) : nowMs - sinceMs
  return (
    <span className="timer" role="timer" aria-label="Length of the call">
      {clock(ms)}
    </span>
  )
}
