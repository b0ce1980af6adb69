import { Link } from '../frame/Link.tsx'
import { livePath } from '../frame/route.ts'
import { clock, counted, dollars } from '../frame/say.ts'
import { stateWords } from '../timeline/why.ts'
import { elsewhereWords, isHere } from './elsewhere.ts'
import { useLiveCalls } from './use-live-calls.ts'

/** Calls that are on the line now. */
export function LiveList({ onOut }: { readonly onOut: () => void }) {
  const { calls, failed } = useLiveCalls(onOut)
  return (
    <main className="wide list">
      <h1>Live calls</h1>
      <p role="status" className="quiet">
        {calls === undefined ? failed === undefined && 'Looking…' : saidCount(calls.length)}
      </p>
      {failed !== undefined && (
        <p role="alert" className="failed">
          {failed}
        </p>
      )}
      {calls !== undefined && calls.length > 0 && (
        <table className="live">
          <caption className="hidden">Calls that are on the line now</caption>
          <thead>
            <tr>
              <th scope="col">Caller</th>
              <th scope="col" className="roomy">
                Agent
              </th>
              <th scope="col">Now</th>
              <th scope="col" className="number">
                For
              </th>
              <th scope="col" className="number">
                Cost so far
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map(call => (
              <tr key={call.callId}>
                <th scope="row">
                  {isHere(call) ? (
                    <Link href={livePath(call.callId)}>
                      <span className="hidden">Listen in to </span>
                      {call.caller ?? 'number withheld'}
                    </Link>
                  ) : (
                    <>
                      {call.caller ?? 'number withheld'}
                      <span className="elsewhere">{elsewhereWords(call)}</span>
                    </>
                  )}
                </th>
                <td className="roomy">{call.agent}</td>
                <td>{call.state === null ? '–' : stateWords(call.state)}</td>
                <td className="number">{clock(Date.now() - Date.parse(call.startedAt))}</td>
                <td className="number">{call.costUsd === null ? '–' : dollars(call.costUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  )
}

const saidCount = (count: number): string =>
  count === 0 ? 'Nobody is on the line. This list fills by itself.' : `${counted(count, 'call')} on the line.`
