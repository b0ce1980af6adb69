import { useId } from 'react'
import { SoundIcon } from '../../icons.tsx'
import type { Seen, Softphone } from './softphone.ts'

/** Which microphone, and how loud. */
export function SoundChoices({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const { microphones, chosen } = seen
  const isThere = microphones.some(({ deviceId }) => deviceId === chosen.microphone)
  const [microphone, volume] = [useId(), useId()]
  return (
    <div className="choices-of-sound">
      <div>
        <label htmlFor={microphone}>Microphone</label>
        <select
          id={microphone}
          value={isThere ? chosen.microphone : ''}
          onChange={({ target }) => softphone.choose({ microphone: target.value })}
        >
          <option value="">The browser’s own choice</option>
          {microphones.map(({ deviceId, name }) => (
            <option key={deviceId} value={deviceId}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor={volume}>Volume</label>
        <span className="volume">
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
