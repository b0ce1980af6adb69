import { type ReactNode, useEffect, useRef } from 'react'
import { spacedNumber } from './state/names.ts'
import type { Told } from './state/problems.ts'

interface NoticeProps {
  readonly told: Told
  readonly phoneNumber: string | null | undefined
  readonly onAgain?: (() => void) | undefined
  /** Whether the focus goes to it: what the person was at is gone. */
  readonly takesFocus?: boolean
  readonly children?: ReactNode
}

/** A problem in words, and what can be done about it. */
export function Notice({ told, phoneNumber, onAgain, takesFocus = false, children }: NoticeProps) {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) title.current?.focus()
  }, [takesFocus])
  return (
    <section className="notice" role="alert">
      <h2 ref={title} tabIndex={-1}>
        {told.title}
      </h2>
      <p>{told.text}</p>
      {told.help && <p className="help">{told.help}</p>}
      {children}
      {((told.again && onAgain) || (told.ring && phoneNumber)) && (
        <p className="choices">
          {told.again && onAgain && (
            <button type="button" className="primary" onClick={onAgain}>
              {told.again}
            </button>
          )}
          {told.ring && phoneNumber && (
            <a className="button" href={`tel:${phoneNumber}`}>
              Ring {spacedNumber(phoneNumber)}
            </a>
          )}
        </p>
      )}
    </section>
  )
}
