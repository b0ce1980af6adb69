import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'

/** Elements in which the space bar has a meaning of its own. */
const OWN_SPACE = 'input, textarea, select, button, a[href], summary, dialog, [contenteditable]'

/**
 * The microphone is open while the button or the space bar is held. Who cannot hold anything, such as by a screen
 * reader's click, opens it by one press and closes it by the next.
 */
export function usePushToTalk(isOn: boolean, setOpen: (isOpen: boolean) => void) {
  const [isHeld, setHeld] = useState(false)
  const byKey = useRef(false)
  const apply = useRef(setOpen)
  apply.current = setOpen

  useEffect(() => {
    if (isOn) apply.current(isHeld)
  }, [isOn, isHeld])

  useEffect(() => {
    if (!isOn) return undefined
    const isOurs = (event: globalThis.KeyboardEvent): boolean =>
      event.code === 'Space' && !(event.target instanceof Element && event.target.closest(OWN_SPACE))
    const down = (event: globalThis.KeyboardEvent): void => {
      if (!isOurs(event)) return
      event.preventDefault()
      setHeld(true)
    }
    const up = (event: globalThis.KeyboardEvent): void => {
      if (event.code === 'Space') setHeld(false)
    }
    const release = (): void => setHeld(false)
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    window.addEventListener('blur', release)
    return () => {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', release)
      setHeld(false)
    }
  }, [isOn])

  const hold = (): void => setHeld(true)
  const release = (): void => setHeld(false)
  const isKey = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter'
  return {
    isHeld,
    buttonProps: {
      'aria-pressed': isHeld,
      onPointerDown: hold,
      onPointerUp: release,
      onPointerCancel: release,
      onPointerLeave: release,
      onKeyDown: (event: KeyboardEvent) => {
        if (!isKey(event) || event.repeat) return
        byKey.current = true
        hold()
      },
      onKeyUp: (event: KeyboardEvent) => {
        if (isKey(event)) release()
      },
      onContextMenu: (event: MouseEvent) => event.preventDefault(),
      onClick: ({ detail }: MouseEvent) => {
        // Neither a pointer (it counts clicks) nor a key of ours.
        if (detail === 0 && !byKey.current) setHeld(held => !held)
        byKey.current = false
      },
    },
  }
}
