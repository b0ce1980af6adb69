import type { TurnStep } from '../state/phone.ts'
import { fineClock, TURNS } from '../state/say.ts'

/** The tasks below have their room, too. */
const MOST_SHOWN = 4
const STATES = ['listening', 'hearing', 'settling', 'replying', 'yielding'] as const

/** Whose turn it is, and why: what the turn machine is in, and how it came there. */
export function TurnPanel({ turns }: { readonly turns: readonly TurnStep[] }) {
  const [now, ...before] = turns
  const [latest, earlier] = [before.slice(0, MOST_SHOWN), before.slice(MOST_SHOWN)]
  return (
    <section className="turn-now" aria-labelledby="turn-title">
      <h2 id="turn-title">Whose turn</h2>
      <ol className="states" aria-hidden="true">
        {STATES.map(state => (
          <li key={state} data-state={state} data-now={now?.state === state || undefined}>
            {state}
          </li>
        ))}
      </ol>
      <p className="now" data-state={now?.state}>
        <strong>{now ? TURNS[now.state] : 'Nothing yet'}</strong>
        <span className="why">{now?.why ?? 'It begins when the server answers.'}</span>
      </p>
      {latest.length > 0 && <Steps steps={latest} />}
      {earlier.length > 0 && (
        <details>
          <summary>Earlier</summary>
          <Steps steps={earlier} />
        </details>
      )}
    </section>
  )
}

const Steps = ({ steps }: { readonly steps: readonly TurnStep[] }) => (
  <ol className="steps">
    {steps.map(({ id, atMs, state, why }) => (
      <li key={id} data-state={state}>
        <time>{fineClock(atMs)}</time>
        <span>
          <b>{state}</b> {why}
        </span>
      </li>
    ))}
  </ol>
)
