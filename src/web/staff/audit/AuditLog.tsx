import { type FormEvent, useState } from 'react'
import { Link } from '../frame/Link.tsx'
import { callPath } from '../frame/route.ts'
import { counted, dateTime } from '../frame/say.ts'
import { go } from '../frame/use-route.ts'
import { usePage } from '../list/use-page.ts'
import { askAudit } from '../server/audit.ts'
import type { AuditRow } from '../server/shapes.ts'
import { type AuditFilters, actionWords, auditFiltersIn, auditSearchOf } from './actions.ts'

interface AuditLogProps {
  /** The address's search: the filters and the page. */
  readonly search: string
  readonly onOut: () => void
}

const pathOf = (filters: AuditFilters): string => `/staff/audit${auditSearchOf(filters)}`

/** Who looked at which call, and what they did, the latest first. */
export function AuditLog({ search, onOut }: AuditLogProps) {
  const filters = auditFiltersIn(search)
  const [log, again] = usePage(askAudit, auditSearchOf(filters), onOut)
  const rows = log.page?.rows ?? []
  const next = log.page?.next ?? null
  const show = (change: Partial<AuditFilters>): void => go(pathOf({ ...filters, after: '', ...change }))
  return (
    <main className="wide list">
      <h1>Audit log</h1>
      <Narrowed key={search} filters={filters} onShow={show} />
      <p role="status" className="quiet">
        {log.isAsking ? 'Looking…' : log.failed === undefined && saidFound(rows.length, filters, next !== null)}
      </p>
      {log.failed !== undefined && (
        <div role="alert" className="notice">
          <p>{log.failed}</p>
          <p>
            <button type="button" onClick={again}>
              Try again
            </button>
          </p>
        </div>
      )}
      {rows.length > 0 && (
        <table aria-busy={log.isAsking} className="audit">
          <caption className="hidden">Who did what, the latest first</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">Call</th>
              <th scope="col" className="roomy">
                How
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Row key={row.id} row={row} filters={filters} />
            ))}
          </tbody>
        </table>
      )}
      <nav className="choices" aria-label="Pages">
        {filters.after !== '' && (
          <button type="button" onClick={() => show({})}>
            Back to the latest
          </button>
        )}
        {next !== null && (
          <button type="button" onClick={() => show({ after: next })}>
            Older rows
          </button>
        )}
      </nav>
    </main>
  )
}

function Narrowed({
  filters,
  onShow,
}: {
  readonly filters: AuditFilters
  readonly onShow: (to: AuditFilters) => void
}) {
  const [asked, setAsked] = useState(filters)
  const type = (field: 'name' | 'call') => ({
    value: asked[field],
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setAsked({ ...asked, [field]: target.value }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onShow({ ...asked, after: '' })
  }
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <label className="search">
          Whole name
          <input type="search" maxLength={80} autoComplete="off" {...type('name')} />
        </label>
        <label className="search">
          Id of a call
          <input type="search" maxLength={64} autoComplete="off" placeholder="CA…" {...type('call')} />
        </label>
        <div className="choices search">
          <button type="submit" className="primary">
            Search
          </button>
          {(filters.name !== '' || filters.call !== '') && (
            <button type="button" onClick={() => onShow({ name: '', call: '', after: '' })}>
              Show all
            </button>
          )}
        </div>
      </form>
    </search>
  )
}

function Row({ row, filters }: { readonly row: AuditRow; readonly filters: AuditFilters }) {
  const { at, name, role, action, callId, detail } = row
  return (
    <tr>
      <td className="tabular">
        <time dateTime={at}>{dateTime(at)}</time>
      </td>
      <th scope="row">
        <Link href={pathOf({ ...filters, name, after: '' })}>
          {name}
          <span className="hidden">: only rows of this name</span>
        </Link>{' '}
        <span className="quiet">{role}</span>
      </th>
      <td>{actionWords(action)}</td>
      <td>
        {callId !== null && (
          <>
            <Link className="id" href={callPath(callId)}>
              <span className="hidden">Open </span>
              {callId}
            </Link>
            {filters.call === '' && (
              <>
                {' '}
                <Link className="only" href={pathOf({ ...filters, call: callId, after: '' })}>
                  only this call
                </Link>
              </>
            )}
          </>
        )}
      </td>
      <td className="roomy">{detail}</td>
    </tr>
  )
}

function saidFound(count: number, filters: AuditFilters, hasMore: boolean): string {
  if (count > 0) return `${counted(count, 'row')} on this page${hasMore ? ', and there are older ones' : ''}.`
  if (filters.after !== '') return 'There are no older rows.'
  return filters.name === '' && filters.call === '' ? 'Nothing is written down yet.' : 'No row fits this.'
}
