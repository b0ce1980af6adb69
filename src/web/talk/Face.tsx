import type { TrackReference } from '@livekit/components-react'
import type { RemoteVideoTrack } from 'livekit-client'
import { useEffect, useRef } from 'react'

interface FaceProps {
  readonly track: TrackReference
}

/** What shows the agent, as who speaks for it sends it: moving, or a still picture for those who want less motion. */
export default function Face({ track }: FaceProps) {
  const video = useRef<HTMLVideoElement>(null)
  const picture = track.publication.track as RemoteVideoTrack | undefined
  useEffect(() => {
    const element = video.current
    if (!element || !picture) return
    const less = window.matchMedia('(prefers-reduced-motion: reduce)')
    const hold = (): void => {
      if (less.matches) element.pause()
      else void element.play().catch(() => undefined)
    }
    picture.attach(element)
    // Only when there is a picture is there one to stop at.
    element.addEventListener('playing', hold)
    less.addEventListener('change', hold)
    return () => {
      element.removeEventListener('playing', hold)
      less.removeEventListener('change', hold)
      picture.detach(element)
    }
  }, [picture])
  // Its words are in the captions, and whose turn it is, beside it.
  return (
    <div className="face" role="img" aria-label="The agent’s face. Its mouth moves as it speaks.">
      <video ref={video} muted playsInline />
    </div>
  )
}
