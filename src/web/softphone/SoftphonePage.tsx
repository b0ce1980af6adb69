import { Said } from './beside/Said.tsx'
import { SaveForm } from './beside/SaveForm.tsx'
import { Tasks } from './beside/Tasks.tsx'
import { TurnPanel } from './beside/TurnPanel.tsx'
import { Notices } from './Notices.tsx'
import { Begin } from './phone/Begin.tsx'
import { InCall } from './phone/InCall.tsx'
import { Over } from './phone/Over.tsx'
import type { Softphone } from './phone/softphone.ts'
import { callWords } from './state/say.ts'
import { useSeen } from './use-softphone.ts'

/** The page that the sandbox serves: a phone, and beside it what happens in the call. */
export function SoftphonePage({ softphone }: { readonly softphone: Softphone }) {
  const seen = useSeen(softphone)
  const { phone } = seen
  const { server, call, tasks, refused } = phone
  const isBefore = call.kind === 'none' || call.kind === 'opening'
  const isOver = call.kind === 'ended' || call.kind === 'lost'
  return (
    <>
      <header>
        <a className="mark" href="/">
          <img src={new URL('../icon.svg', import.meta.url).href} alt="" width="28" height="28" />
          Partyline
        </a>
        {server && server.url !== '' && (
          <p className="rings">
            <span className="quiet">rings</span> <span>{server.url.replace(/^https?:\/\//, '')}</span>
          </p>
        )}
      </header>
      <p role="status" className="hidden">
        {callWords(call, seen.isOnHold)}
      </p>
      {isBefore ? (
        <div className="columns">
          <main>
            <Notices softphone={softphone} seen={seen} />
            {!window.isSecureContext ? (
              <h1 className="hidden">Softphone</h1>
            ) : (
              <Begin softphone={softphone} seen={seen} />
            )}
          </main>
        </div>
      ) : (
        <div className="columns softphone" data-talking={!isOver || undefined}>
          <h1 className="hidden">Your call</h1>
          <div className="left">
            {isOver ? <Over softphone={softphone} seen={seen} /> : <InCall softphone={softphone} seen={seen} />}
          </div>
          <main data-talking>
            <Notices softphone={softphone} seen={seen} />
            {call.kind === 'ended' && call.ended.savable && (
              <SaveForm
                key={call.ended.figures.lengthMs}
                utterances={call.ended.utterances}
                saving={phone.saving}
                refused={refused?.what === 'save' ? refused.why : undefined}
                onSave={(name, utterances) => softphone.save(name, utterances)}
              />
            )}
            <Said phone={phone} />
          </main>
          {(server?.follows !== false || tasks) && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
            <aside className="right" aria-label="Inside the call" tabIndex={0}>
              {server?.follows !== false && <TurnPanel turns={phone.turns} />}
              {tasks && <Tasks tasks={tasks} />}
            </aside>
          )}
        </div>
      )}
    </>
  )
}
