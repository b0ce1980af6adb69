import type { TurnStep } from '../state/phone.ts'
import { fineClock, TURNS } from '../state/say.ts'

const STATES = ['listening', 'hearing', 'settling', 'replying', 'yielding'] as const

/** Whose turn it is, and why: what the turn machine is in, and how it came there. */
export function TurnPanel({ turns }: { readonly turns: readonly TurnStep[] }) {
  const [now, ...before] = turns
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
      {before.length > 0 && (
        <ol className="steps" aria-label="What it was before">
          {before.map(({ id, atMs, state, why }) => (
            <li key={id} data-state={state}>
              <time>{fineClock(atMs)}</time>
              <span>
                <b>{state}</b> {why}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
