import { Fragment } from 'react'
import { brief, counted, dollars } from '../frame/say.ts'
import type { WhatIfReport, WhatIfSide, WhatIfTurn } from '../server/shapes.ts'

const FROM = { recorded: 'the recorded answer', live: 'a live provider', sandbox: 'the sandbox' } as const

/** Both runs of a call, turn by turn. */
export function Compared({ report }: { readonly report: WhatIfReport }) {
  const changed = report.turns.filter(turn => turn.changed.length > 0).length
  return (
    <>
      <p>
        {changed === 0 ? 'Nothing changed.' : `${counted(changed, 'turn')} of ${report.turns.length} went another way.`}{' '}
        {report.indicativeFromTurn !== null &&
          `From turn ${report.indicativeFromTurn} on it is only indicative: the caller answers what they heard then.`}
      </p>
      {report.notes !== undefined && report.notes.length > 0 && (
        <ul className="plain">
          {report.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <table className="compared">
        <caption className="hidden">Both runs, turn by turn</caption>
        <thead>
          <tr>
            <th scope="col">Turn</th>
            <th scope="col">As it was</th>
            <th scope="col">With the change</th>
          </tr>
        </thead>
        <tbody>
          {report.turns.map(turn => (
            <Fragment key={turn.turn}>
              {turn.turn === report.indicativeFromTurn && (
                <tr className="indicative">
                  <td colSpan={3}>Only indicative from here on</td>
                </tr>
              )}
              <Row turn={turn} />
            </Fragment>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Row({ turn }: { readonly turn: WhatIfTurn }) {
  return (
    <tr data-changed={turn.changed.length > 0 || undefined}>
      <th scope="row">
        <strong>{turn.turn}</strong> <q>{turn.said}</q>
        <span className={turn.changed.length > 0 ? 'changed' : 'quiet'}>
          {turn.changed.length > 0 ? `changed: ${turn.changed.join(', ')}` : 'the same'}
        </span>
      </th>
      <td data-name="As it was">
        <Side side={turn.before} whatEnded="the call" />
      </td>
      <td data-name="With the change">
        <Side side={turn.after} whatEnded="the recording" />
      </td>
    </tr>
  )
}

function Side({ side, whatEnded }: { readonly side: WhatIfSide | null; readonly whatEnded: string }) {
  if (side === null) return <p className="quiet">There was no such turn.</p>
  const isWhole = side.said === side.heard
  const rest = side.said.startsWith(side.heard) ? side.said.slice(side.heard.length) : ''
  return (
    <>
      <p>
        {side.heard === '' && side.said === '' ? <span className="quiet">said nothing</span> : side.heard}
        {!isWhole && (
          <s>
            <span className="hidden">not heard: </span>
            {rest === '' ? side.said : rest}
          </s>
        )}
      </p>
      <ul className="sums">
        <li>end of turn {brief(side.endOfTurnMs)}</li>
        <li>{side.latencyMs === null ? 'no answer' : `latency ${brief(side.latencyMs)}`}</li>
        <li className={side.interrupted ? 'bad' : undefined}>{courseOf(side, whatEnded)}</li>
        <li>{dollars(side.costUsd)}</li>
        <li className="quiet">{FROM[side.from] ?? side.from}</li>
      </ul>
      {side.tools.length > 0 && (
        <ul className="facts">
          {side.tools.map(tool => (
            <li key={`${tool.name} ${tool.arguments}`}>
              <code>
                {tool.name} {tool.arguments}
              </code>{' '}
              <span className="quiet">{tool.result ?? 'no result'}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function courseOf({ interrupted, ended }: WhatIfSide, whatEnded: string): string {
  if (interrupted) return 'interrupted'
  return ended ? `${whatEnded} ended first` : 'not interrupted'
}
