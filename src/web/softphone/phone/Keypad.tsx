import { useEffect, useState } from 'react'
import { isTyping } from '../../staff/frame/keys.ts'

const KEYS = [
  ...[['1', ''] as const, ['2', 'ABC'] as const, ['3', 'DEF'] as const],
  ...[['4', 'GHI'] as const, ['5', 'JKL'] as const, ['6', 'MNO'] as const],
  ...[['7', 'PQRS'] as const, ['8', 'TUV'] as const, ['9', 'WXYZ'] as const],
  ...[['*', ''] as const, ['0', '+'] as const, ['#', ''] as const],
]
const NAMES: Readonly<Record<string, string>> = { '*': 'Star', '#': 'Hash' }
/** So long a key is shown as pressed that came from the keyboard. */
const LIT_MS = 160

interface KeypadProps {
  /** A small screen folds it away until it is wanted. */
  readonly isOpen: boolean
  readonly onPress: (key: string) => void
}

/** The keys of a phone. Digits, * and # of the keyboard press them too. */
export function Keypad({ isOpen, onPress }: KeypadProps) {
  const [lit, setLit] = useState('')
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (event.repeat || !/^[0-9*#]$/.test(event.key) || isTyping(event)) return
      onPress(event.key)
      setLit(event.key)
    }
    window.addEventListener('keydown', down)
    return () => window.removeEventListener('keydown', down)
  }, [onPress])
  useEffect(() => {
    if (lit === '') return undefined
    const timer = setTimeout(() => setLit(''), LIT_MS)
    return () => clearTimeout(timer)
  }, [lit])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a legend that is seen.
    <div className="keypad" role="group" aria-label="Keypad" data-open={isOpen || undefined}>
      {KEYS.map(([key, letters]) => (
        <button
          key={key}
          type="button"
          aria-label={NAMES[key] ?? key}
          data-letters={letters}
          data-lit={lit === key || undefined}
          onClick={() => onPress(key)}
        >
          {key}
        </button>
      ))}
    </div>
  )
}
