import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Utterance } from '../line/messages.ts'
import type { Phone } from '../state/phone.ts'
import { fineClock } from '../state/say.ts'

interface SaveFormProps {
  readonly utterances: readonly Utterance[]
  readonly saving: Phone['saving']
  readonly refused: string | undefined
  readonly onSave: (name: string, utterances: readonly { readonly index: number; readonly say: string }[]) => void
}

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/
const MOST_LETTERS = 1_000

/** Keeps the call as a fixture: the person's own voice, with what was really said. */
export function SaveForm({ utterances, saving, refused, onSave }: SaveFormProps) {
  const [name, setName] = useState('')
  const [words, setWords] = useState(() => new Map(utterances.map(({ index, say }) => [index, say])))
  const [failed, setFailed] = useState<string>()
  const saved = useRef<HTMLHeadingElement>(null)
  const isSaved = typeof saving === 'object'
  useEffect(() => {
    if (isSaved) saved.current?.focus()
  }, [isSaved])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (saving === 'asked') return
    if (!NAME.test(name)) return setFailed('A name has small letters, digits and hyphens, such as my-first-call.')
    setFailed(undefined)
    onSave(
      name,
      utterances.map(({ index }) => ({ index, say: (words.get(index) ?? '').trim() })),
    )
  }
  if (isSaved) {
    return (
      <section className="card save" aria-labelledby="save-title">
        <h2 id="save-title" tabIndex={-1} ref={saved}>
          The call is kept
        </h2>
        <p>
          It is in <code>{saving.path}</code>. Ring it again at any time, or show it:
        </p>
        <p className="commands">
          <code>npm run call -- {name}</code>
          <code>npm run demo -- {name}</code>
        </p>
      </section>
    )
  }
  const told = failed ?? refused
  return (
    <section className="card save" aria-labelledby="save-title">
      <h2 id="save-title">Save as fixture</h2>
      <p className="quiet">
        Your voice and words become a call that can be rung again and again. Put right what was misheard.
      </p>
      <form onSubmit={submit}>
        <label>
          Name
          <input
            value={name}
            maxLength={60}
            placeholder="my-first-call"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        {utterances.length > 0 && (
          <fieldset>
            <legend>What you said</legend>
            {utterances.map(({ index, startMs, endMs }) => (
              <label key={index}>
                <span className="quiet">
                  {fineClock(startMs)} to {fineClock(endMs)}
                </span>
                <input
                  value={words.get(index) ?? ''}
                  maxLength={MOST_LETTERS}
                  placeholder="A sound without words"
                  onChange={({ target }) => setWords(now => new Map(now).set(index, target.value))}
                />
              </label>
            ))}
          </fieldset>
        )}
        <button type="submit" className="primary" aria-disabled={saving === 'asked' || undefined}>
          {saving === 'asked' ? 'Saving…' : 'Save'}
        </button>
        {told !== undefined && (
          <p role="alert" className="failed">
            {told}
          </p>
        )}
      </form>
    </section>
  )
}
