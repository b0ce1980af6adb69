import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react'
import WaveSurfer from 'wavesurfer.js'
import { toldOf } from '../server/ask.ts'
import { askPeaks, audioPath } from '../server/calls.ts'
import type { Attempt } from '../server/shapes.ts'
import type { View } from './paint.ts'
import { silence, type Wave, waveOf } from './peaks.ts'
import type { Position } from './position.ts'

export interface WaveformHandle {
  /** Goes to a moment of the call. */
  seek(ms: number): void
  toggle(): void
  setSpeed(speed: number): void
  /** Closer by a factor; less than 1 shows more. */
  zoom(factor: number): void
}

interface WaveformProps {
  readonly callId: string
  readonly attempt: Attempt
  /** How long the attempt took by its journal. */
  readonly lengthMs: number
  readonly position: Position
  readonly handle: RefObject<WaveformHandle | null>
  readonly onView: (view: View) => void
  readonly onPlaying: (isPlaying: boolean) => void
  readonly onTrouble: (told: string | undefined) => void
}

const HEIGHT = 44
/** What one sees at first: half a minute, or a call that is shorter. */
const FIRST_SECONDS = 30
const MOST_PX_A_SECOND = 400

/**
 * Both sides' sound, the caller above. It is the axis that the timeline follows. The server draws it up; of the sound
 * itself nothing comes before it is played, and then the range that is heard.
 */
export function Waveform(props: WaveformProps) {
  const { callId, attempt, lengthMs, position, handle, onView, onPlaying, onTrouble } = props
  const container = useRef<HTMLDivElement>(null)
  const surfer = useRef<WaveSurfer>(undefined)
  const [media] = useState(() => new Audio())
  const calls = useRef({ onView, onPlaying, onTrouble })
  calls.current = { onView, onPlaying, onTrouble }

  useEffect(() => {
    const element = container.current
    if (!element) return undefined
    const left = new AbortController()
    const { startMs } = attempt
    let wave: WaveSurfer | undefined
    const begin = ({ seconds, sides }: Wave): void => {
      const [caller, agent, cursor] = coloursOf(element)
      const fitting = element.clientWidth / seconds
      const made = WaveSurfer.create({
        ...{ container: element, media, peaks: [...sides], duration: seconds, height: HEIGHT, hideScrollbar: false },
        ...{
          cursorColor: cursor,
          cursorWidth: 2,
          dragToSeek: true,
          autoScroll: true,
          autoCenter: true,
          normalize: true,
        },
        minPxPerSec: Math.max(fitting, element.clientWidth / FIRST_SECONDS),
        splitChannels: [
          { waveColor: caller, progressColor: caller },
          { waveColor: agent, progressColor: agent },
        ],
        cspNonce: document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce,
      })
      wave = made
      surfer.current = made
      const look = (): void => {
        const pxPerMs = made.getWrapper().scrollWidth / (seconds * 1_000)
        const fromMs = startMs + made.getScroll() / pxPerMs
        calls.current.onView({ fromMs, toMs: fromMs + made.getWidth() / pxPerMs })
      }
      for (const event of ['ready', 'scroll', 'redraw', 'resize'] as const) made.on(event, look)
      // Until then it tells its own beginning.
      let isReady = false
      made.on('timeupdate', time => {
        if (isReady) position.set(startMs + time * 1_000)
      })
      made.on('interaction', time => position.set(startMs + time * 1_000))
      made.on('play', () => calls.current.onPlaying(true))
      made.on('pause', () => calls.current.onPlaying(false))
      made.on('ready', () => {
        isReady = true
        if (position.ms > startMs) made.setTime((position.ms - startMs) / 1_000)
        // A handle for those who cannot see it stands beside it.
        made.getWrapper().parentElement?.setAttribute('aria-hidden', 'true')
      })
    }
    const silent = (told: string): void => {
      begin(silence(lengthMs))
      calls.current.onTrouble(told)
    }
    const draw = async (): Promise<void> => {
      const answer = await askPeaks(callId, attempt.attempt, left.signal)
      if (left.signal.aborted) return
      if (answer.kind === 'failed') return silent(toldOf(answer))
      begin(waveOf(answer.value))
      if (lengthMs - answer.value.lengthMs > LOST_MS) calls.current.onTrouble('The recording ends before the call did.')
    }
    calls.current.onTrouble(undefined)
    if (attempt.audio) {
      // Whoever only reads hears nothing, and the audit log says so.
      media.preload = 'none'
      media.src = audioPath(callId, attempt.attempt)
      draw().catch(() => undefined)
    } else silent('This part of the call was not recorded. Its timeline and words are here.')
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const recolour = (): void => {
      const [caller, agent, cursor] = coloursOf(element)
      const channels = [caller, agent].map(colour => ({ waveColor: colour, progressColor: colour }))
      wave?.setOptions({ splitChannels: channels, cursorColor: cursor })
    }
    dark.addEventListener('change', recolour)
    return () => {
      left.abort()
      dark.removeEventListener('change', recolour)
      wave?.destroy()
      surfer.current = undefined
      media.pause()
      media.removeAttribute('src')
      media.load()
    }
  }, [callId, attempt, lengthMs, position, media])

  useImperativeHandle(handle, () => ({
    seek(ms) {
      const wave = surfer.current
      const inAttempt = Math.max(0, ms - attempt.startMs) / 1_000
      wave?.setTime(wave ? Math.min(inAttempt, wave.getDuration()) : inAttempt)
      position.set(ms)
    },
    toggle() {
      if (attempt.audio) void surfer.current?.playPause().catch(() => calls.current.onTrouble('It cannot be played.'))
    },
    setSpeed(speed) {
      // The next recording is played at the same speed.
      media.defaultPlaybackRate = speed
      surfer.current?.setPlaybackRate(speed, true)
    },
    zoom(factor) {
      const wave = surfer.current
      if (!wave) return
      const now = wave.getWrapper().scrollWidth / wave.getDuration()
      wave.zoom(Math.min(MOST_PX_A_SECOND, Math.max(wave.getWidth() / wave.getDuration(), now * factor)))
    },
  }))
  return <div ref={container} className="waveform" />
}

/** Sound at the very end may be missing: the line was closed. */
const LOST_MS = 3_000

const coloursOf = (element: Element): readonly [caller: string, agent: string, cursor: string] => {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  return [colour('--caller'), colour('--agent'), colour('--ink')]
}
