import { Link } from '../frame/Link.tsx'
import { brief, clock, counted, dateTime, OUTCOME_WORDS } from '../frame/say.ts'
import { listBefore } from '../frame/use-route.ts'
import type { Call, Me } from '../server/shapes.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { MakeFixture } from '../what-if/MakeFixture.tsx'
import { WhatIf } from '../what-if/WhatIf.tsx'
import { Cost } from './Cost.tsx'
import { Listening } from './Listening.tsx'
import { isBadLine, lineInWords, opinionOf } from './line-words.ts'
import { Memory } from './Memory.tsx'
import { Tags } from './Tags.tsx'
import { ForgetCaller, TakeAway } from './TakeAway.tsx'
import { useCall } from './use-call.ts'

interface CallPageProps {
  readonly callId: string
  /** The moment that the address names. */
  readonly atMs: number | undefined
  readonly me: Me
  readonly onOut: () => void
}

/** One call: heard, seen, explained, and run again. */
export function CallPage({ callId, atMs, me, onOut }: CallPageProps) {
  const { opened, change } = useCall(callId, onOut)
  if (opened.kind === 'opening')
    return (
      <main className="wide">
        <p role="status">Opening the call…</p>
      </main>
    )
  if (opened.kind === 'failed')
    return (
      <main className="wide">
        <div role="alert" className="notice">
          <h1>This call cannot be opened</h1>
          <p>{opened.told}</p>
        </div>
        <p>
          <Link href="/staff">Back to the calls</Link>
        </p>
      </main>
    )
  const { call, timeline, cost } = opened.opened
  return (
    <main className="wide call">
      <Head call={call} line={timeline.quality} />
      <Tags callId={callId} tags={call.tags} onChange={tags => change({ tags })} />
      <Listening
        {...{ call, timeline, cost, atMs }}
        onNotes={notes => change({ notes })}
        after={
          <>
            <Memory notes={timeline.memory} />
            {cost && <Cost cost={cost} />}
            <WhatIf {...{ callId, timeline, asksLive: me.role === 'supervisor' }} />
            <MakeFixture callId={callId} canSave={me.role === 'supervisor'} />
            <TakeAway call={call} />
            {me.role === 'supervisor' && call.caller !== null && <ForgetCaller caller={call.caller} />}
          </>
        }
      />
    </main>
  )
}

function Head({ call, line }: { readonly call: Call; readonly line: Timeline['quality'] }) {
  const isBad = call.outcome === 'failed' || call.outcome === 'killed'
  return (
    <>
      <p>
        <Link href={listBefore()}>All calls</Link>
      </p>
      <h1>
        {call.caller ?? 'Number withheld'} <span className="quiet">{dateTime(call.startedAt)}</span>
      </h1>
      <ul className="sums">
        <li>{call.agent}</li>
        <li>{call.direction === 'outbound' ? `${call.channel}, rung by us` : call.channel}</li>
        <li className={isBad ? 'bad' : undefined}>{OUTCOME_WORDS[call.outcome] ?? call.outcome}</li>
        <li>{clock(call.lengthMs)}</li>
        <li>{counted(call.turns, 'turn')}</li>
        {call.latencyP50Ms !== null && <li>latency {brief(call.latencyP50Ms)}</li>}
        {call.latencyP95Ms !== null && <li>p95 {brief(call.latencyP95Ms)}</li>}
        {call.interruptions > 0 && <li>{counted(call.interruptions, 'interruption')}</li>}
        {call.errors > 0 && <li className="bad">{counted(call.errors, 'error')}</li>}
        {call.mos !== null && <li className={isBadLine(call.mos) ? 'bad' : undefined}>{opinionOf(call.mos)}</li>}
      </ul>
      {line.length > 0 && <p className="quiet">{lineInWords(line)}</p>}
    </>
  )
}
