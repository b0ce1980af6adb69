import { Notice } from '../Notice.tsx'
import { canCall, type Seen, type Softphone } from './phone/softphone.ts'
import { localAddress, type MicrophoneTrouble, type Problem, tell } from './state/problems.ts'

const OF_MICROPHONE: ReadonlySet<Problem> = new Set<MicrophoneTrouble>(['denied', 'none', 'in-use', 'failed'])

/** What stands in the way, in words, and what can be done about it. */
export function Notices({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const { phone, problem } = seen
  const { server, call, refused } = phone
  const isCalling = call.kind === 'opening' || call.kind === 'ringing' || call.kind === 'answered'
  if (!window.isSecureContext) return <Notice told={tell('insecure', localAddress(location))} phoneNumber={undefined} />
  if (typeof AudioWorkletNode === 'undefined') return <Notice told={tell('old')} phoneNumber={undefined} />

  const again = (): void => {
    if (problem === 'worklet') location.reload()
    else if (problem !== undefined && !isCalling) void softphone.call(true)
    else softphone.goOn()
  }
  return (
    <>
      {problem !== undefined && (
        <Notice told={tell(problem)} phoneNumber={undefined} onAgain={again} takesFocus={!isCalling}>
          {OF_MICROPHONE.has(problem) && canCall(seen) && (
            <p>
              <button type="button" onClick={() => void softphone.call(false)}>
                Call without a microphone
              </button>
            </p>
          )}
        </Notice>
      )}
      {call.kind === 'lost' && <Notice told={tell('lost')} phoneNumber={undefined} />}
      {seen.isAway && <Notice told={tell('away')} phoneNumber={undefined} onAgain={() => softphone.goOn()} />}
      {server?.url === '' && <Notice told={tell('no-server')} phoneNumber={undefined} />}
      {server && server.url !== '' && !server.ready && !isCalling && (
        <section className="notice" role="alert">
          <h2>The server is not ready</h2>
          {server.notReady.length > 0 ? (
            <ul>
              {server.notReady.map(what => (
                <li key={what}>{what}</li>
              ))}
            </ul>
          ) : (
            <p>It does not answer yet.</p>
          )}
          <p>You can call all the same, and hear what it says then.</p>
        </section>
      )}
      {refused && refused.what !== 'save' && (
        <section className="notice" role="alert">
          <h2>{refused.what === 'call' ? 'The call was refused' : 'That did not work'}</h2>
          <p>{refused.why}</p>
        </section>
      )}
    </>
  )
}
