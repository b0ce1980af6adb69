import { useState } from 'react'
import { CallIcon } from './icons.tsx'
import { NumberField } from './NumberField.tsx'
import { SoundChoices } from './SoundChoices.tsx'
import { canCall, type Seen, type Softphone } from './softphone.ts'

/** Before the first call: the button, and what can be chosen. */
export function Begin({ softphone, seen }: { readonly softphone: Softphone; readonly seen: Seen }) {
  const [isValid, setValid] = useState(true)
  const isOpening = seen.phone.call.kind === 'opening'
  const isReady = isValid && canCall(seen)
  return (
    <>
      <div className="begin">
        <h1>Call your agent</h1>
        <p className="lead">Press the button and speak, as on the phone. Interrupt whenever you like.</p>
        <button
          type="button"
          className="talk"
          aria-disabled={!isReady || undefined}
          data-opening={isOpening || undefined}
          onClick={() => isReady && void softphone.call(true)}
        >
          <CallIcon />
          {isOpening ? 'Connecting…' : 'Call'}
        </button>
        {isOpening && (
          <button type="button" className="link" onClick={() => softphone.hangUp()}>
            Cancel
          </button>
        )}
        <p className="quiet way">
          {isOpening
            ? 'Your browser may ask whether this page can use the microphone.'
            : 'It takes the way of a phone call, with a stand-in for the carrier: no phone and no account are needed.'}
        </p>
      </div>
      <fieldset className="card before">
        <legend className="hidden">Before you call</legend>
        <NumberField chosen={seen.chosen} onChange={chosen => softphone.choose(chosen)} onValid={setValid} />
        <SoundChoices softphone={softphone} seen={seen} />
      </fieldset>
    </>
  )
}
