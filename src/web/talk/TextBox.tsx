import { type FormEvent, useState } from 'react'
import { SendIcon } from '../icons.tsx'

interface TextBoxProps {
  readonly label: string
  readonly isDisabled: boolean
  /** Rejects when it could not be sent: then the words stay in the box. */
  readonly onSay: (text: string) => Promise<void>
}

/** As the server takes them. */
const MOST_LETTERS = 2_000

/** Typing is a way to talk, with or without a microphone. */
export function TextBox({ label, isDisabled, onSay }: TextBoxProps) {
  const [text, setText] = useState('')
  const [hasFailed, setFailed] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const words = text.trim()
    if (words === '' || isDisabled) return
    setText('')
    setFailed(false)
    onSay(words).catch(() => {
      setText(now => (now === '' ? words : now))
      setFailed(true)
    })
  }
  return (
    <form className="text-box" onSubmit={submit}>
      <label htmlFor="say" className="hidden">
        {label}
      </label>
      <input
        id="say"
        value={text}
        onChange={event => setText(event.target.value)}
        placeholder={label}
        maxLength={MOST_LETTERS}
        autoComplete="off"
        enterKeyHint="send"
        aria-describedby={hasFailed ? 'say-failed' : undefined}
      />
      <button type="submit" className="send" aria-disabled={isDisabled || undefined}>
        <SendIcon />
        <span className="hidden">Send</span>
      </button>
      {hasFailed && (
        <p id="say-failed" role="alert" className="failed">
          That was not sent. Please send it again.
        </p>
      )}
    </form>
  )
}
