import { useEffect, useRef, useState } from 'react'
import { brief, clock, counted, endedWords, times } from '../state/say.ts'
import { CallIcon } from './icons.tsx'
import { NumberField } from './NumberField.tsx'
import { SoundChoices } from './SoundChoices.tsx'
import { canCall, type Seen, type Softphone } from './softphone.ts'

/** A call that is over: how it ended, what the carrier measured, and the way to the next one. */
export function Over({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const { call } = seen.phone
  const [isValid, setValid] = useState(true)
  const title = useRef<HTMLHeadingElement>(null)
  // The button to hang up is gone, and the focus with it.
  useEffect(() => title.current?.focus(), [])
  const isReady = isValid && canCall(seen)
  return (
    <section className="card phone" aria-label="Phone" data-call={call.kind}>
      <div className="phone-state">
        <h2 tabIndex={-1} ref={title}>
          The call is over
        </h2>
        <span className="timer">{clock('lastedMs' in call ? call.lastedMs : 0)}</span>
      </div>
      {call.kind === 'ended' && <p className="quiet">{endedWords(call.ended)}</p>}
      {call.kind === 'ended' && (
        <dl className="figures">
          {figuresOf(call.ended, seen.counts).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <button
        type="button"
        className="primary again"
        aria-disabled={!isReady || undefined}
        onClick={() => isReady && void softphone.call(true)}
      >
        <CallIcon />
        Call again
      </button>
      <details className="more" open={!isValid || undefined}>
        <summary>Number, microphone and volume</summary>
        <NumberField chosen={seen.chosen} onChange={chosen => softphone.choose(chosen)} onValid={setValid} />
        <SoundChoices softphone={softphone} seen={seen} />
      </details>
    </section>
  )
}

type Ended = Extract<Seen['phone']['call'], { kind: 'ended' }>['ended']

/** What the carrier measured, and of the sound what was not as it should be. */
function figuresOf({ figures }: Ended, counts: Seen['counts']): readonly (readonly [string, string])[] {
  const { greetingAfterMs, answersMs, unanswered, underruns, underrunMs, clears, microphone, warnings } = figures
  const sorted = answersMs.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  const slowest = sorted.at(-1)
  return [
    ...(greetingAfterMs === null ? [] : [['Greeted after', brief(greetingAfterMs)] as const]),
    ...(middle === undefined || slowest === undefined
      ? []
      : [['Answers', `median ${brief(middle)}, slowest ${brief(slowest)}`] as const]),
    ...(unanswered > 0 ? [['Not answered', counted(unanswered, 'turn')] as const] : []),
    ['Agent stopped', times(clears)] as const,
    ...(underruns > 0 ? [['Agent’s sound late', `${times(underruns)}, ${brief(underrunMs)} in all`] as const] : []),
    ...(microphone.missing > 0 ? [['Your sound', `${counted(microphone.missing, 'frame')} missing`] as const] : []),
    ...(counts.ranDry > 0 ? [['This browser', `ran dry ${times(counts.ranDry)}`] as const] : []),
    ...warnings.map(warning => ['The carrier warns', warning] as const),
  ]
}
