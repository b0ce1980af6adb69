import { type ReactNode, useEffect, useRef } from 'react'
import { canCall, type Seen, type Softphone } from './phone/softphone.ts'
import {
  localAddress,
  MICROPHONE_STAYS,
  type MicrophoneTrouble,
  type Problem,
  tell,
  WITHOUT_MICROPHONE,
} from './state/problems.ts'

const OF_MICROPHONE: ReadonlySet<Problem> = new Set<MicrophoneTrouble | 'rates'>([
  ...(['denied', 'none', 'in-use', 'failed', 'rates'] as const),
])

/** What stands in the way, in words, and what can be done about it. */
export function Notices({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const { phone, problem } = seen
  const { server, call, refused } = phone
  const isCalling = call.kind === 'opening' || call.kind === 'ringing' || call.kind === 'answered'
  if (!window.isSecureContext) return <Notice {...tell('insecure', localAddress(location))} />
  if (typeof AudioWorkletNode === 'undefined') return <Notice {...tell('old')} />

  const isOfMicrophone = problem !== undefined && OF_MICROPHONE.has(problem)
  const again = (): void => {
    if (problem === 'worklet') location.reload()
    else if (problem !== undefined && !isCalling) void softphone.call(true)
    else softphone.goOn()
  }
  return (
    <>
      {problem !== undefined && isOfMicrophone && isCalling && (
        <Notice {...tell(problem)} more={MICROPHONE_STAYS} again="All right" onAgain={again} />
      )}
      {problem !== undefined && !(isOfMicrophone && isCalling) && (
        <Notice
          {...tell(problem)}
          takesFocus={!isCalling}
          onAgain={again}
          {...(isOfMicrophone && { more: WITHOUT_MICROPHONE })}
        >
          {isOfMicrophone && canCall(seen) && (
            <button type="button" onClick={() => void softphone.call(false)}>
              Call without a microphone
            </button>
          )}
        </Notice>
      )}
      {call.kind === 'lost' && <Notice {...tell('lost')} />}
      {seen.isAway && <Notice {...tell('away')} onAgain={() => softphone.goOn()} />}
      {server?.url === '' && <Notice {...tell('no-server')} list={server.notReady} />}
      {server && server.url !== '' && !server.ready && !isCalling && (
        <Notice {...tell('not-ready')} list={server.notReady} />
      )}
      {refused && refused.what !== 'save' && (
        <Notice title={refused.what === 'call' ? 'The call was refused' : 'That did not work'} text={refused.why} />
      )}
    </>
  )
}

interface NoticeProps {
  readonly title: string
  readonly text: string
  readonly more?: string
  readonly list?: readonly string[]
  readonly help?: string
  /** What the button says that tries again. */
  readonly again?: string
  readonly onAgain?: () => void
  /** Whether the focus goes to it: what the person was at is gone. */
  readonly takesFocus?: boolean
  /** More buttons. */
  readonly children?: ReactNode
}

function Notice({ title, text, more, list = [], help, again, onAgain, takesFocus = false, children }: NoticeProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <section className="notice" role="alert">
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {list.length > 0 && (
        <ul>
          {list.map(one => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <p>
        {text} {more}
      </p>
      {help !== undefined && <p className="help">{help}</p>}
      {(again || children) && (
        <p className="choices">
          {again && onAgain && (
            <button type="button" className="primary" onClick={onAgain}>
              {again}
            </button>
          )}
          {children}
        </p>
      )}
    </section>
  )
}
