import { useState } from 'react'
import { brief, fineClock } from '../frame/say.ts'
import { LANE_NAMES, LANES, type Span } from '../timeline/lane.ts'
import type { Timeline } from '../timeline/timeline.ts'

interface TurnTableProps {
  readonly timeline: Timeline
  readonly fromMs: number
  readonly toMs: number
  readonly chosen: Span | undefined
  readonly onChoose: (span: Span, atMs: number) => void
}

/** A turn has some dozens of them; one that never ends has thousands. */
const MOST_ROWS = 200

/** What happened in one turn and why, in words: what the timeline draws. */
export function TurnTable({ timeline, fromMs, toMs, chosen, onChoose }: TurnTableProps) {
  const [isFull, setFull] = useState(false)
  const all = LANE_NAMES.flatMap(name => timeline.lanes[name].between(fromMs, toMs))
    .filter(span => span.fromMs >= fromMs && span.fromMs < toMs)
    .filter(({ kind }) => isFull || (kind !== 'mark' && kind !== 'interim'))
    .sort((a, b) => a.fromMs - b.fromMs)
  const rows = all.slice(0, MOST_ROWS)
  return (
    <section className="turn" aria-labelledby="turn-title">
      <div className="title-row">
        <h2 id="turn-title">
          What happened, {fineClock(fromMs)} to {fineClock(toMs)}
        </h2>
        <label className="check">
          <input type="checkbox" checked={isFull} onChange={({ target }) => setFull(target.checked)} />
          Every interim and mark
        </label>
      </div>
      <table>
        <caption className="hidden">What happened in this turn, and why</caption>
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">What</th>
            <th scope="col">Why and how</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(span => (
            <tr key={keyOf(span)} data-chosen={span === chosen || undefined}>
              <td className="tabular">
                <button type="button" className="link" onClick={() => onChoose(span, span.fromMs)}>
                  {fineClock(span.fromMs)}
                </button>
              </td>
              <td>
                <span className="lane" data-lane={span.lane}>
                  {LANES[span.lane]}
                </span>
                {span.label !== '' && <span className="label">{span.label}</span>}
                {span.toMs > span.fromMs && Number.isFinite(span.toMs) && (
                  <span className="quiet"> {brief(span.toMs - span.fromMs)}</span>
                )}
              </td>
              <td>
                <Facts span={span} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > rows.length && (
        <p className="quiet">
          The first {MOST_ROWS} of {all.length}.
        </p>
      )}
    </section>
  )
}

/** Spans have no names, but stay the same objects. */
const keys = new WeakMap<Span, number>()
let lastKey = 0
function keyOf(span: Span): number {
  const known = keys.get(span)
  if (known !== undefined) return known
  keys.set(span, ++lastKey)
  return lastKey
}

/** What is known of one span. */
export function Facts({ span }: { readonly span: Span }) {
  return (
    <ul className="facts">
      {span.facts.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts have no other name, and their order stays.
        <li key={index}>
          <span className="quiet">{name}:</span> {value}
        </li>
      ))}
    </ul>
  )
}
