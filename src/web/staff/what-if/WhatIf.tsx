import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import type { WhatIfReport } from '../server/shapes.ts'
import { runWhatIf } from '../server/what-if.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { Compared } from './Compared.tsx'
import { BARGE_IN, changeOf, changeWords, type Fields, fieldsOf, NAMES, PATIENCE } from './change.ts'

type Run =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly told: string }
  | { readonly kind: 'done'; readonly report: WhatIfReport; readonly change: string }

interface WhatIfProps {
  readonly callId: string
  readonly timeline: Timeline
  /** Live providers cost money, and answer supervisors alone. */
  readonly asksLive: boolean
}

/** Runs the call again with other settings, another prompt or model, and shows both runs side by side. */
export function WhatIf({ callId, timeline, asksLive }: WhatIfProps) {
  const before = useMemo(() => fieldsOf(timeline.policy), [timeline])
  const [fields, setFields] = useState<Fields>(before)
  const [run, setRun] = useState<Run>({ kind: 'idle' })
  const running = useRef<AbortController>(undefined)
  const result = useRef<HTMLHeadingElement>(null)
  useEffect(() => () => running.current?.abort(), [])
  useEffect(() => {
    if (run.kind === 'done') result.current?.focus()
  }, [run.kind])

  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const change = changeOf(fields, before)
    if (typeof change === 'string') return setRun({ kind: 'failed', told: change })
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    setRun({ kind: 'running' })
    const answer = await runWhatIf(callId, change, own.signal).catch(() => undefined)
    if (answer === undefined || own.signal.aborted) return
    if (answer.kind === 'ok') setRun({ kind: 'done', report: answer.value, change: changeWords(change) })
    else setRun({ kind: 'failed', told: toldOf(answer) })
  }
  const stop = (): void => {
    running.current?.abort()
    setRun({ kind: 'idle' })
  }
  const type = (name: keyof Fields) => ({
    value: fields[name],
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setFields({ ...fields, [name]: target.value }),
  })
  const time = (name: keyof Fields) => (
    <label key={name}>
      {NAMES[name]}, ms
      <input inputMode="numeric" maxLength={5} {...type(name)} />
    </label>
  )
  return (
    <section className="card stack" aria-labelledby="what-if-title">
      <h2 id="what-if-title">What if…</h2>
      <p className="quiet">
        The caller’s recorded sound goes through the conversation again with what you change here. Nobody is called.
        {!asksLive && ' What was not answered then is answered by the sandbox: live providers are for supervisors.'}
      </p>
      <form className="stack" onSubmit={event => void start(event)}>
        <fieldset className="grid">
          <legend>Patience: how long it waits for the caller to go on</legend>
          {PATIENCE.map(time)}
        </fieldset>
        <fieldset className="grid">
          <legend>When somebody speaks over the agent</legend>
          <label>
            {NAMES.voice}
            <select {...type('voice')}>
              {before.voice === '' && <option value="">as it was</option>}
              <option value="ducked">turned down</option>
              <option value="held">silent at once</option>
            </select>
          </label>
          {BARGE_IN.map(time)}
        </fieldset>
        <label>
          Another prompt, instead of the agent’s
          <textarea rows={4} maxLength={20_000} placeholder="Leave empty to keep it" {...type('instructions')} />
        </label>
        {asksLive && (
          <label>
            Another model
            <input maxLength={100} placeholder="Leave empty to keep it" autoComplete="off" {...type('model')} />
          </label>
        )}
        <div className="choices">
          <button type="submit" className="primary" aria-disabled={run.kind === 'running' || undefined}>
            Run
          </button>
          {run.kind === 'running' && (
            <button type="button" onClick={stop}>
              Stop
            </button>
          )}
          <button type="button" onClick={() => setFields(before)}>
            As it was
          </button>
        </div>
      </form>
      <p role="status" className="quiet">
        {run.kind === 'running' && 'Running the call again. This takes up to a minute.'}
      </p>
      {run.kind === 'failed' && (
        <p role="alert" className="failed">
          {run.told}
        </p>
      )}
      {run.kind === 'done' && (
        <>
          <h3 ref={result} tabIndex={-1}>
            As it was, and with {run.change}
          </h3>
          <Compared report={run.report} />
        </>
      )}
    </section>
  )
}
