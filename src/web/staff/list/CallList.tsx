import { useRef } from 'react'
import { Link } from '../frame/Link.tsx'
import { callPath } from '../frame/route.ts'
import { brief, clock, counted, dateTime, dollars, OUTCOME_WORDS } from '../frame/say.ts'
import { go } from '../frame/use-route.ts'
import { askCalls } from '../server/calls.ts'
import type { CallSummary, Me } from '../server/shapes.ts'
import { FilterForm } from './FilterForm.tsx'
import { countOf, type Filters, filtersIn, queryOf, searchOf } from './filters.ts'
import { usePage } from './use-page.ts'
import { useRowKeys } from './use-row-keys.ts'

interface CallListProps {
  /** The address's search: the filters and the page. */
  readonly search: string
  readonly me: Me
  readonly onOut: () => void
}

/** All calls, the latest first, narrowed by the filters in the address. */
export function CallList({ search, me, onOut }: CallListProps) {
  const filters = filtersIn(search)
  const [calls, again] = usePage(askCalls, queryOf(filters), onOut)
  const rows = useRef<HTMLTableSectionElement>(null)
  const words = useRef<HTMLInputElement>(null)
  useRowKeys(rows, words)
  const show = (next: Filters): void => go(`/staff${searchOf(next)}`)
  const found = calls.page?.calls ?? []
  const next = calls.page?.next ?? null
  return (
    <main className="wide list">
      <h1>Calls</h1>
      <FilterForm key={search} {...{ filters, words }} seesCallers={me.role === 'supervisor'} onShow={show} />
      <p role="status" className="quiet">
        {calls.isAsking ? 'Looking…' : calls.failed === undefined && saidFound(found.length, filters, next !== null)}
      </p>
      {calls.failed !== undefined && (
        <div role="alert" className="notice">
          <p>{calls.failed}</p>
          <p>
            <button type="button" onClick={again}>
              Try again
            </button>
          </p>
        </div>
      )}
      {found.length > 0 && (
        <table aria-busy={calls.isAsking}>
          <caption className="hidden">Calls, the latest first. J and K go from call to call.</caption>
          <thead>
            <tr>
              <th scope="col">Began</th>
              <th scope="col">Caller</th>
              <th scope="col" className="roomy">
                Agent
              </th>
              <th scope="col">Outcome</th>
              <th scope="col" className="number">
                Length
              </th>
              <th scope="col" className="number roomy">
                Turns
              </th>
              <th scope="col" className="number roomy">
                <abbr title="Time from the caller's last sound to the agent's first: half of the turns were quicker">
                  Latency
                </abbr>
              </th>
              <th scope="col" className="number roomy">
                <abbr title="The slowest of twenty turns">p95</abbr>
              </th>
              <th scope="col" className="roomy">
                What happened
              </th>
              <th scope="col" className="number roomy">
                Cost
              </th>
            </tr>
          </thead>
          <tbody ref={rows}>
            {found.map(call => (
              <Row key={call.callId} call={call} />
            ))}
          </tbody>
        </table>
      )}
      <nav className="choices" aria-label="Pages">
        {filters.after !== '' && (
          <button type="button" onClick={() => show({ ...filters, after: '' })}>
            Back to the latest
          </button>
        )}
        {next !== null && (
          <button type="button" onClick={() => show({ ...filters, after: next })}>
            Older calls
          </button>
        )}
      </nav>
      <p className="quiet keys">
        <kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> or arrows: from call to call · <kbd>Enter</kbd> opens it
        {me.role === 'listener' && ' · numbers are masked for listeners'}
      </p>
    </main>
  )
}

function saidFound(count: number, filters: Filters, hasMore: boolean): string {
  if (count === 0) {
    if (countOf(filters) > 0) return 'No call fits these filters.'
    return filters.after === '' ? 'No calls have been recorded yet.' : 'There are no older calls.'
  }
  return `${counted(count, 'call')} on this page${hasMore ? ', and there are older ones' : ''}.`
}

function Row({ call }: { readonly call: CallSummary }) {
  const isBad = call.outcome === 'failed' || call.outcome === 'killed'
  return (
    <tr>
      <th scope="row">
        <Link href={callPath(call.callId)}>{dateTime(call.startedAt)}</Link>
        {call.tags.length > 0 && (
          <span className="tags">
            {call.tags.map(tag => (
              <span key={tag} className="tag">
                {tag}
              </span>
            ))}
          </span>
        )}
      </th>
      <td className="tabular">
        {call.direction === 'outbound' && <abbr title="Rung by us">→ </abbr>}
        {call.caller ?? <span className="quiet">withheld</span>}
      </td>
      <td className="roomy">{call.agent}</td>
      <td className={isBad ? 'bad' : undefined}>{OUTCOME_WORDS[call.outcome] ?? call.outcome}</td>
      <td className="number">{clock(call.lengthMs)}</td>
      <td className="number roomy">{call.turns}</td>
      <td className="number roomy">{call.latencyP50Ms === null ? '–' : brief(call.latencyP50Ms)}</td>
      <td className="number roomy">{call.latencyP95Ms === null ? '–' : brief(call.latencyP95Ms)}</td>
      <td className="roomy">{happened(call)}</td>
      <td className="number roomy">{dollars(call.costUsd)}</td>
    </tr>
  )
}

const happened = ({ interruptions, errors }: CallSummary): string =>
  [interruptions > 0 && counted(interruptions, 'interruption'), errors > 0 && counted(errors, 'error')]
    .filter(some => some !== false)
    .join(', ')
