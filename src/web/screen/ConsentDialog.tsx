import { useEffect, useRef } from 'react'
import type { Line } from '../server/line.ts'

interface ConsentDialogProps {
  readonly sight: NonNullable<Line['sight']>
  readonly onAgree: () => void
  readonly onClose: () => void
}

/** Says what is sent where, before anything is. */
export function ConsentDialog({ sight, onAgree, onClose }: ConsentDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    // Modal: the focus stays inside, Escape closes it, and the focus goes back to the button that opened it.
    dialog.current?.showModal()
  }, [])
  /** The browser tells of the end a moment later: who presses the button again by then would not be heard. */
  const close = (): void => {
    dialog.current?.close()
    onClose()
  }
  return (
    <dialog
      ref={dialog}
      className="consent"
      aria-labelledby="consent-title"
      onCancel={event => {
        event.preventDefault()
        close()
      }}
      onClose={onClose}
    >
      <h2 id="consent-title">Share your screen?</h2>
      <dl>
        <dt>What is sent</dt>
        <dd>Pictures of the one tab, window or screen that you pick next, at most one a second. No sound.</dd>
        <dt>Where it goes</dt>
        <dd>
          Through this server to <strong>{sight.sentTo}</strong>, which puts what it sees into words for the agent.
          <span className="fine">Model: {sight.model}</span>
        </dd>
        <dt>What is kept</dt>
        <dd>Nothing. No picture is ever stored. Only what is said about it becomes part of the conversation.</dd>
        <dt>You stay in charge</dt>
        <dd>Pause or stop at any time. While it is paused nothing is sent.</dd>
      </dl>
      <div className="choices">
        <button type="button" onClick={close}>
          Not now
        </button>
        <button
          type="button"
          className="primary"
          onClick={() => {
            onAgree()
            close()
          }}
        >
          Choose what to share
        </button>
      </div>
    </dialog>
  )
}
