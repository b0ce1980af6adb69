import { useId } from 'react'
import { MicrophoneIcon, SoundIcon } from '../../icons.tsx'
import type { Seen, Softphone } from './softphone.ts'

interface SoundChoicesProps {
  readonly softphone: Softphone
  readonly seen: Seen
  /** In a call there is little room: its pictures stand for the labels. */
  readonly isBrief?: boolean
}

/** Which microphone, and how loud. */
export function SoundChoices({ softphone, seen, isBrief = false }: SoundChoicesProps) {
  const { microphones, chosen } = seen
  const isThere = microphones.some(({ deviceId }) => deviceId === chosen.microphone)
  const [microphone, volume] = [useId(), useId()]
  return (
    <div className="choices-of-sound" data-brief={isBrief || undefined}>
      <div>
        <label htmlFor={microphone} className={isBrief ? 'hidden' : undefined}>
          Microphone
        </label>
        <span className="with-icon">
          <MicrophoneIcon />
          <select
            id={microphone}
            value={isThere ? chosen.microphone : ''}
            onChange={({ target }) => softphone.choose({ microphone: target.value })}
          >
            <option value="">Browser’s choice</option>
            {microphones.map(({ deviceId, name }) => (
              <option key={deviceId} value={deviceId}>
                {name}
              </option>
            ))}
          </select>
        </span>
      </div>
      <div>
        <label htmlFor={volume} className={isBrief ? 'hidden' : undefined}>
          Volume
        </label>
        <span className="with-icon">
          <SoundIcon />
          <input
            id={volume}
            type="range"
            min="0"
            max="100"
            value={Math.round(chosen.volume * 100)}
            onChange={({ target }) => softphone.choose({ volume: target.valueAsNumber / 100 })}
          />
        </span>
      </div>
    </div>
  )
}
