import { useEffect, useRef } from 'react'
import { hasOwnSpace, isTyping } from '../frame/keys.ts'

export interface CallKeys {
  readonly toggle: () => void
  /** By turns: 1 is the next one, -1 the one before. */
  readonly turn: (step: 1 | -1) => void
  readonly seekBy: (ms: number) => void
  readonly zoom: (factor: number) => void
  readonly note: () => void
}

const STEP_MS = 5_000
const SMALL_STEP_MS = 1_000

/** The keys of a call's page: space, j and k, arrows, plus and minus, n. */
export function useCallKeys(keys: CallKeys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return
      const isSlider = event.target instanceof HTMLInputElement && event.target.type === 'range'
      const { toggle, turn, seekBy, zoom, note } = latest.current
      const stepMs = event.shiftKey ? SMALL_STEP_MS : STEP_MS
      const act = {
        ' ': hasOwnSpace(event) ? undefined : toggle,
        j: () => turn(1),
        k: () => turn(-1),
        ArrowRight: isSlider ? undefined : () => seekBy(stepMs),
        ArrowLeft: isSlider ? undefined : () => seekBy(-stepMs),
        '+': () => zoom(2),
        '-': () => zoom(0.5),
        n: note,
      }[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
