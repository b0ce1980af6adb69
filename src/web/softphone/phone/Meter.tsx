import { useEffect, useRef } from 'react'
import type { Softphone } from './softphone.ts'

interface MeterProps {
  readonly softphone: Softphone
  readonly side: 'caller' | 'agent'
  readonly label: string
}

/** Peaks are shown by their root: quiet speech is to be seen too. What was loud sinks by this share with each picture. */
const SINKS = 0.9

/** How loud one side is, for the eyes. It is drawn outside of React, since it changes with each picture. */
export function Meter({ softphone, side, label }: MeterProps) {
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    let [level, timer] = [0, 0]
    const draw = (): void => {
      level = Math.max(Math.sqrt(softphone.levels[side]), level * SINKS)
      bar.current?.style.setProperty('--level', level.toFixed(3))
      timer = requestAnimationFrame(draw)
    }
    draw()
    return () => cancelAnimationFrame(timer)
  }, [softphone, side])
  return (
    <div className={`meter ${side}`} aria-hidden="true">
      <span>{label}</span>
      <i ref={bar} />
    </div>
  )
}
