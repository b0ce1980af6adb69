import { lazy, Suspense } from 'react'
import { Header } from '../Header.tsx'
import { Notice } from '../Notice.tsx'
import { agentNamed } from '../state/names.ts'
import { tell } from '../state/problems.ts'
import { Captions } from '../talk/Captions.tsx'
import { say } from '../talk/say.ts'
import { TextBox } from '../talk/TextBox.tsx'
import { useLine } from '../use-line.ts'
import { CodeForm } from './CodeForm.tsx'
import { useCompanion } from './use-companion.ts'

const Beside = lazy(() => import('./Beside.tsx'))

/** The page at `/screen`: beside a phone call, it shows a screen. It has no microphone: the phone has one. */
export function ScreenPage() {
  const [found, askAgain] = useLine()
  const { companion, captions, join, leave } = useCompanion()
  const line = found.kind === 'line' ? found.line : undefined
  const agent = agentNamed(line?.agent)
  const problem = found.kind === 'failed' ? found.problem : undefined
  return (
    <>
      <div id="shared" />
      <Header phoneNumber={undefined} />
      <div className="columns">
        <main data-talking={companion.kind === 'joined' || undefined}>
          {problem ? (
            <Notice told={tell(problem, line)} phoneNumber={line?.phoneNumber} onAgain={askAgain} />
          ) : companion.kind === 'joined' ? (
            <Suspense fallback={<p className="quiet">Connecting…</p>}>
              <Beside room={companion.room} sight={line?.sight ?? null} onLeave={leave} />
              <Captions captions={captions} agent={agent.alone} isAnnounced />
              <TextBox label="Type here" isDisabled={false} onSay={text => say(companion.room, text)} />
            </Suspense>
          ) : window.isSecureContext ? (
            <CodeForm companion={companion} onCode={join} />
          ) : (
            <Notice told={tell({ kind: 'insecure' }, line)} phoneNumber={line?.phoneNumber} />
          )}
        </main>
      </div>
    </>
  )
}
