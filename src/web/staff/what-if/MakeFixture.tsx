import { type FormEvent, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import type { Fixture } from '../server/shapes.ts'
import { previewFixture, saveFixture } from '../server/what-if.ts'

type Step =
  | { readonly kind: 'naming' }
  | { readonly kind: 'preview'; readonly name: string; readonly preview: Fixture['preview'] }
  | { readonly kind: 'saved'; readonly folder: string }

/** Makes a test of this call. What it will hold is shown first: names and numbers must not be in it. */
export function MakeFixture({ callId, canSave }: { readonly callId: string; readonly canSave: boolean }) {
  const [step, setStep] = useState<Step>({ kind: 'naming' })
  const [name, setName] = useState('')
  const [expected, setExpected] = useState('')
  const [failed, setFailed] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const look = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(name)) return setFailed('A name has small letters, digits and hyphens.')
    setBusy(true)
    const answer = await previewFixture(callId, name, new AbortController().signal)
    setBusy(false)
    if (answer.kind === 'failed') return setFailed(toldOf(answer))
    setFailed(undefined)
    setExpected(JSON.stringify(answer.value.preview.expect, null, 2))
    setStep({ kind: 'preview', name, preview: answer.value.preview })
  }
  const save = async (): Promise<void> => {
    if (isBusy) return
    const expect = parsed(expected)
    if (expect === undefined) return setFailed('The expectations must be one JSON object.')
    setBusy(true)
    const answer = await saveFixture(callId, name, expect, new AbortController().signal)
    setBusy(false)
    if (answer.kind === 'failed') return setFailed(toldOf(answer))
    setFailed(undefined)
    setStep({ kind: 'saved', folder: answer.value.saved ?? `fixtures/calls/${name}` })
  }
  return (
    <section className="card stack" aria-labelledby="fixture-title">
      <h2 id="fixture-title">Make this call a fixture</h2>
      {step.kind === 'naming' && (
        <form className="row" onSubmit={event => void look(event)}>
          <label>
            Name
            <input
              value={name}
              maxLength={60}
              placeholder="books-a-table"
              onChange={({ target }) => setName(target.value)}
            />
          </label>
          <button type="submit">{isBusy ? 'Looking…' : 'Look at it first'}</button>
        </form>
      )}
      {step.kind === 'preview' && (
        <>
          <h3>What was replaced</h3>
          {step.preview.replaced.length === 0 ? (
            <p className="quiet">Nothing: no names, numbers or PINs were found. Look closely.</p>
          ) : (
            <ul className="plain">
              {step.preview.replaced.map(one => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
          <h3>Transcript</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>{step.preview.transcript}</pre>
          <label>
            What is expected of it
            <textarea
              rows={10}
              spellCheck={false}
              className="code"
              value={expected}
              onChange={({ target }) => setExpected(target.value)}
            />
          </label>
          <div className="choices">
            {canSave ? (
              <button type="button" className="primary" onClick={() => void save()}>
                {isBusy ? 'Saving…' : `Save as ${step.name}`}
              </button>
            ) : (
              <p className="quiet">A supervisor can save it.</p>
            )}
            <button type="button" onClick={() => setStep({ kind: 'naming' })}>
              Cancel
            </button>
          </div>
        </>
      )}
      {step.kind === 'saved' && (
        <p role="status">
          It is in {step.folder}. Run it: <code>npm run replay -- {step.folder} --expect</code>
        </p>
      )}
      {failed !== undefined && (
        <p role="alert" className="failed">
          {failed}
        </p>
      )}
    </section>
  )
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
