import { useEffect, useRef } from 'react'
import { clock, dollars, fineClock } from '../frame/say.ts'
import type { CostReport } from '../server/shapes.ts'
import { ratesOf } from '../timeline/cost-so-far.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Position } from './position.ts'

interface TransportProps {
  readonly timeline: Timeline
  readonly position: Position
  readonly cost: CostReport | undefined
  readonly canPlay: boolean
  readonly isPlaying: boolean
  readonly speed: number
  readonly onToggle: () => void
  readonly onSpeed: (speed: number) => void
  readonly onTurn: (step: 1 | -1) => void
  readonly onSeek: (ms: number) => void
  readonly onZoom: (factor: number) => void
}

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3]
/** The slider's own steps, for who cannot see the waveform. */
const STEP_MS = 1_000

/** Writes what is new: the same text, written again in each frame, would have the page laid out in each. */
function tell(element: HTMLElement | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text
}

/** Play, speed, where one is, and what the call had cost by then. */
export function Transport(props: TransportProps) {
  const { timeline, position, cost, canPlay, isPlaying, speed, onToggle, onSpeed, onTurn, onSeek, onZoom } = props
  const slider = useRef<HTMLInputElement>(null)
  const time = useRef<HTMLSpanElement>(null)
  const spent = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const rates = cost && ratesOf(cost.parts)
    return position.follow(ms => {
      tell(time.current, fineClock(ms))
      if (slider.current) {
        slider.current.value = String(Math.round(ms))
        const told = `${clock(ms)} of ${clock(timeline.endMs)}`
        if (slider.current.getAttribute('aria-valuetext') !== told) slider.current.setAttribute('aria-valuetext', told)
      }
      if (rates) tell(spent.current, dollars(timeline.cost.at(ms, rates)))
    })
  }, [position, timeline, cost])
  return (
    <div className="transport">
      <button type="button" className="primary" onClick={onToggle} disabled={!canPlay}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={() => onTurn(-1)}>
        Turn before
      </button>
      <button type="button" onClick={() => onTurn(1)}>
        Next turn
      </button>
      <label className="speed">
        Speed
        <select value={speed} onChange={({ target }) => onSpeed(Number(target.value))}>
          {SPEEDS.map(some => (
            <option key={some} value={some}>
              {some} ×
            </option>
          ))}
        </select>
      </label>
      <span className="zoom">
        <button type="button" onClick={() => onZoom(0.5)}>
          <span aria-hidden="true">−</span>
          <span className="hidden">Show more time</span>
        </button>
        <button type="button" onClick={() => onZoom(2)}>
          <span aria-hidden="true">+</span>
          <span className="hidden">Look closer</span>
        </button>
      </span>
      <span className="tabular where">
        <span ref={time} /> <span className="quiet">of {clock(timeline.endMs)}</span>
        {cost && (
          <span className="quiet">
            {' '}
            · cost so far <span ref={spent} />
          </span>
        )}
      </span>
      <input
        ref={slider}
        type="range"
        aria-label="Moment of the call"
        min={0}
        max={Math.ceil(timeline.endMs)}
        step={STEP_MS}
        defaultValue={0}
        onChange={({ target }) => onSeek(Number(target.value))}
      />
    </div>
  )
}
