import { useEffect, useRef, useState } from 'react'
import { Position } from '../call/position.ts'
import { TimelineCanvas, type TimelineHandle } from '../call/TimelineCanvas.tsx'
import { Transcript } from '../call/Transcript.tsx'
import { Facts } from '../call/TurnTable.tsx'
import { Link } from '../frame/Link.tsx'
import { callPath } from '../frame/route.ts'
import { clock } from '../frame/say.ts'
import type { LiveCall, Me } from '../server/shapes.ts'
import type { Span } from '../timeline/lane.ts'
import { Acts } from './Acts.tsx'
import { elsewhereWords, isHere } from './elsewhere.ts'
import { type LiveState, useListening } from './use-listening.ts'
import { useLiveCalls } from './use-live-calls.ts'

interface LivePageProps {
  readonly callId: string
  readonly me: Me
  readonly onOut: () => void
}

const WINDOW_MS = 30_000
const MOVED_EVERY_MS = 100

const STATE_WORDS: Readonly<Record<LiveState, string>> = {
  opening: 'Connecting…',
  live: 'On the line',
  over: 'The call is over',
  lost: 'The connection is lost. The call may go on: reload this page to listen again.',
}

/** A call as it happens, where this server has it. */
export function LivePage(props: LivePageProps) {
  const call = useLiveCalls(props.onOut).calls?.find(some => some.callId === props.callId)
  if (call === undefined || isHere(call)) return <ListeningIn {...props} call={call} />
  return (
    <main className="wide call">
      <p>
        <Link href="/staff/live">All live calls</Link>
      </p>
      <h1>
        {call.caller ?? 'Number withheld'} <span className="quiet">{call.agent}</span>
      </h1>
      <p role="status" className="notice">
        {elsewhereWords(call)}
      </p>
    </main>
  )
}

/** Listens in to a call. Supervisors act in it. */
function ListeningIn({ callId, me, onOut, call }: LivePageProps & { readonly call: LiveCall | undefined }) {
  const live = useListening(callId, onOut)
  const { state, timeline, said, sounding, setSound, nowMs } = live
  const [position] = useState(() => new Position())
  const [chosen, setChosen] = useState<Span>()
  const lanes = useRef<TimelineHandle>(null)
  const time = useRef<HTMLSpanElement>(null)

  useEffect(() => {
    const move = (): void => {
      const ms = nowMs()
      position.set(ms)
      const fromMs = Math.max(0, ms - WINDOW_MS)
      lanes.current?.show({ fromMs, toMs: fromMs + WINDOW_MS, nowMs: ms })
      if (time.current) time.current.textContent = clock(ms)
    }
    move()
    const timer = setInterval(move, MOVED_EVERY_MS)
    return () => clearInterval(timer)
  }, [nowMs, position])

  const isOver = state === 'over' || state === 'lost'
  return (
    <main className="wide call">
      <p>
        <Link href="/staff/live">All live calls</Link>
      </p>
      <h1>
        {call ? (call.caller ?? 'Number withheld') : 'A call'} <span className="quiet">{call?.agent}</span>
      </h1>
      <p role="status">
        <strong className={state === 'live' ? 'on-air' : undefined}>{STATE_WORDS[state]}</strong>{' '}
        {state === 'over' && <Link href={callPath(callId)}>Open its recording</Link>}
      </p>
      <div className="listening">
        <section className="sound" aria-label="Sound and timeline">
          <div className="transport">
            {sounding === 'none' ? (
              <span className="quiet">
                No sound: calls are not recorded here, so callers were told of no listeners.
              </span>
            ) : (
              <button type="button" className="primary" onClick={() => setSound(sounding === 'off')}>
                {sounding === 'on' ? 'Sound off' : 'Sound on'}
              </button>
            )}
            <span className="tabular where">
              <span ref={time} />
            </span>
          </div>
          <TimelineCanvas {...{ timeline, position, handle: lanes, chosen }} onChoose={setChosen} />
          {chosen && (
            <div className="card chosen" role="status">
              <strong>{chosen.label || 'Chosen'}</strong>
              <Facts span={chosen} />
            </div>
          )}
          {me.role === 'supervisor' ? (
            !isOver && <Acts callId={callId} />
          ) : (
            <p className="quiet">A supervisor can whisper to the agent, transfer the call, or end it.</p>
          )}
        </section>
        <section className="said" aria-labelledby="said-title">
          <h2 id="said-title">What is said</h2>
          <Transcript {...{ said, at: said.length - 1, position, isFollowing: true, onGo: () => undefined }} />
        </section>
      </div>
    </main>
  )
}
