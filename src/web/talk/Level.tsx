import { useTrackVolume } from '@livekit/components-react'
import type { LocalAudioTrack, RemoteAudioTrack } from 'livekit-client'
import type { CSSProperties } from 'react'

interface LevelProps {
  readonly track: LocalAudioTrack | RemoteAudioTrack | undefined
}

/** Loud speech comes to about this much of what the meter gives. */
const LOUD = 0.6
const ANALYSER = { fftSize: 64, smoothingTimeConstant: 0.5 }

/** How loud a track is, for the eyes. It is its own component, because it draws thirty times a second. */
export function Level({ track }: LevelProps) {
  const volume = useTrackVolume(track, ANALYSER)
  // Of a track that is gone the meter keeps the last value.
  const level = track ? Math.min(volume / LOUD, 1) : 0
  return (
    <div className="orb" aria-hidden="true" style={{ '--level': level.toFixed(2) } as CSSProperties}>
      <i />
      <i />
      <i />
      <i />
      <i />
    </div>
  )
}
