import { type FormEvent, useEffect, useRef, useState } from 'react'
import { tell } from '../state/problems.ts'
import type { Companion } from './use-companion.ts'

interface CodeFormProps {
  readonly companion: Exclude<Companion, { kind: 'joined' }>
  readonly onCode: (code: string) => void
}

const DIGITS = 6

/** Asks for the code that the agent spoke on the phone. */
export function CodeForm({ companion, onCode }: CodeFormProps) {
  const [code, setCode] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const isJoining = companion.kind === 'joining'
  const told = companion.kind === 'ended' && companion.problem ? tell(companion.problem, undefined) : undefined
  const isShort = companion.kind === 'short'
  useEffect(() => {
    if (told || isShort) input.current?.focus()
  }, [told, isShort])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isJoining) onCode(code)
  }
  return (
    <form className="code" onSubmit={submit} noValidate>
      <h1>Show your screen</h1>
      <p className="lead" id="code-hint">
        On the phone, say “I want to show you my screen”. Then type the six digits that you hear.
      </p>
      <label htmlFor="code">Code</label>
      <input
        id="code"
        ref={input}
        value={code}
        onChange={({ target }) => setCode(target.value.replace(/\D/g, '').slice(0, DIGITS))}
        inputMode="numeric"
        autoComplete="one-time-code"
        placeholder="000000"
        aria-describedby={`code-hint${told || isShort ? ' code-problem' : ''}`}
        aria-invalid={told !== undefined || isShort || undefined}
      />
      {(told || isShort) && (
        <p id="code-problem" role="alert" className="failed">
          {told ? (
            <>
              <strong>{told.title}.</strong> {told.text}
            </>
          ) : (
            'The code has six digits.'
          )}
        </p>
      )}
      <button type="submit" className="primary" aria-disabled={isJoining || undefined}>
        {isJoining ? 'Joining…' : 'Join the call'}
      </button>
      <p className="quiet">Nothing of your screen is shown until you say so on the next page.</p>
    </form>
  )
}
