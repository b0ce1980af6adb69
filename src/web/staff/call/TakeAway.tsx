import { useRef, useState } from 'react'
import { Link } from '../frame/Link.tsx'
import { counted } from '../frame/say.ts'
import { go } from '../frame/use-route.ts'
import { inCall, toldOf } from '../server/ask.ts'
import { audioPath, forgetCaller } from '../server/calls.ts'
import type { Call } from '../server/shapes.ts'

/** The call's parts as files. */
export function TakeAway({ call }: { readonly call: Call }) {
  const path = (what: string): string => `/staff/api/${inCall(call.callId, what)}`
  return (
    <section className="card" aria-labelledby="files-title">
      <h2 id="files-title">As files</h2>
      <ul className="sums">
        {call.attempts
          .filter(({ audio }) => audio)
          .map(({ attempt }) => (
            <li key={attempt}>
              <a href={audioPath(call.callId, attempt)} download={`${call.callId}-${attempt}.wav`}>
                Recording{call.attempts.length > 1 && `, part ${attempt}`}
              </a>
            </li>
          ))}
        <li>
          <a href={path('/transcript.vtt')} download={`${call.callId}.vtt`}>
            Transcript as subtitles
          </a>
        </li>
        <li>
          <a href={path('/transcript')} download={`${call.callId}.json`}>
            Transcript as JSON
          </a>
        </li>
        <li>
          <a href={path('/lines')} download={`${call.callId}-journal.json`}>
            Journal
          </a>
        </li>
      </ul>
    </section>
  )
}

/** Deletes every trace of a caller's calls, when they ask for that. */
export function ForgetCaller({ caller }: { readonly caller: string }) {
  const asking = useRef<HTMLDialogElement>(null)
  const [failed, setFailed] = useState<string>()
  const [later, setLater] = useState(0)
  const forget = async (): Promise<void> => {
    const answer = await forgetCaller(caller, new AbortController().signal)
    asking.current?.close()
    if (answer.kind === 'failed') return setFailed(toldOf(answer))
    setFailed(undefined)
    const { later: goingOn = [] } = answer.value
    if (goingOn.length === 0) return go('/staff', 'replace')
    setLater(goingOn.length)
  }
  return (
    <section className="card stack" aria-labelledby="forget-title">
      <h2 id="forget-title">Forget this caller</h2>
      <p className="quiet">
        When a caller asks for it: recordings, journals, transcripts and notes of all their calls.
      </p>
      <p>
        <button type="button" className="leave" onClick={() => asking.current?.showModal()}>
          Delete all calls of {caller}…
        </button>
      </p>
      <dialog ref={asking} aria-labelledby="forgetting-title">
        <h2 id="forgetting-title">Delete all calls of {caller}?</h2>
        <p>They cannot be brought back. That you did it is written down.</p>
        <div className="choices">
          <button type="button" className="leave" onClick={() => void forget()}>
            Delete them
          </button>
          <button type="button" onClick={() => asking.current?.close()}>
            Keep them
          </button>
        </div>
      </dialog>
      {later > 0 && (
        <p role="status">
          They are deleted, but for {counted(later, 'call')} on the line now: deleted when over.{' '}
          <Link href="/staff">See the calls</Link>
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
