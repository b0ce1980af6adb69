import { type FormEvent, type RefObject, useState } from 'react'
import { OUTCOME_WORDS } from '../frame/say.ts'
import { OUTCOMES } from '../server/shapes.ts'
import { countOf, type Filters, NO_FILTERS } from './filters.ts'

interface FilterFormProps {
  readonly filters: Filters
  /** Only supervisors look for a caller. */
  readonly seesCallers: boolean
  readonly words: RefObject<HTMLInputElement | null>
  readonly onShow: (filters: Filters) => void
}

const SLOW_MS = [800, 1_000, 1_500, 2_000, 3_000, 5_000]

/** What is typed counts when the form is sent; what is chosen counts at once. */
export function FilterForm({ filters, seesCallers, words, onShow }: FilterFormProps) {
  const [asked, setAsked] = useState(filters)
  const type = (name: keyof Filters) => ({
    value: String(asked[name]),
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setAsked({ ...asked, [name]: target.value }),
  })
  const choose = (change: Partial<Filters>): void => onShow({ ...asked, ...change, after: '' })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    choose({})
  }
  const count = countOf(filters)
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <label className="search">
          Words that were said
          <input ref={words} type="search" maxLength={200} placeholder="table for two" {...type('words')} />
        </label>
        <label>
          From
          <input type="date" {...type('from')} onBlur={() => asked.from !== filters.from && choose({})} />
        </label>
        <label>
          To
          <input type="date" {...type('to')} onBlur={() => asked.to !== filters.to && choose({})} />
        </label>
        <label>
          Outcome
          <select
            value={asked.outcome}
            onChange={({ target }) => choose({ outcome: target.value as Filters['outcome'] })}
          >
            <option value="">any</option>
            {OUTCOMES.map(outcome => (
              <option key={outcome} value={outcome}>
                {OUTCOME_WORDS[outcome]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Slowest turns
          <select value={asked.slowMs} onChange={({ target }) => choose({ slowMs: target.value })}>
            <option value="">any</option>
            {[...new Set([...SLOW_MS, ...(asked.slowMs === '' ? [] : [Number(asked.slowMs)])])].map(ms => (
              <option key={ms} value={ms}>
                {ms / 1_000} s or more
              </option>
            ))}
          </select>
        </label>
        {seesCallers && (
          <label>
            Caller
            <input type="tel" maxLength={30} placeholder="+1 555 010 0123" {...type('caller')} />
          </label>
        )}
        <label>
          Tag
          <input maxLength={40} {...type('tag')} />
        </label>
        <label>
          Agent
          <input maxLength={60} {...type('agent')} />
        </label>
        <div className="flags">
          <label>
            <input
              type="checkbox"
              checked={asked.interrupted}
              onChange={({ target }) => choose({ interrupted: target.checked })}
            />
            Interrupted
          </label>
          <label>
            <input
              type="checkbox"
              checked={asked.failed}
              onChange={({ target }) => choose({ failed: target.checked })}
            />
            With errors
          </label>
        </div>
        <div className="choices">
          <button type="submit" className="primary">
            Search
          </button>
          {count > 0 && (
            <button type="button" onClick={() => onShow(NO_FILTERS)}>
              Clear {count === 1 ? 'the filter' : `${count} filters`}
            </button>
          )}
        </div>
      </form>
    </search>
  )
}
