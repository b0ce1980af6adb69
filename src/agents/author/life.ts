import type { Line } from '../../conversation/lines.ts'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { ToolLog } from '../../tools/running/tool-log.ts'
import type { AgentCall, AgentDefinition } from './agent.ts'

/** The greeting is heard meanwhile. */
const ENTERED_WITHIN_MS = 5_000
const LEFT_WITHIN_MS = 5_000
const MOST_LETTERS = 8_000

/** What an agent does as it takes a call, and as it leaves it. */
export interface AgentLife {
  /** Each line of the call's journal. */
  take(line: Line): void
  /** What the agent that has the call told its model as it took it. */
  context(): string | undefined
  /** The call is over. Resolves when the last agent has left; never rejects. */
  over(): Promise<void>
}

/** Follows which agent has the call. What fails or is late is noted in the log, and holds up nothing. */
export function agentLife(
  definitions: readonly AgentDefinition[],
  call: AgentCall,
  { clock, log }: { readonly clock: Clock; readonly log: ToolLog },
): AgentLife {
  const lifetime = new AbortController()
  const leaving = new Set<Promise<void>>()
  let agent: AgentDefinition | undefined
  let told: string | undefined

  const failed = (what: string, name: string, error: unknown): void =>
    log.warn({ call: call.callId, agent: name, err: error }, `${what} of an agent failed`)

  async function enter(entered: AgentDefinition): Promise<void> {
    const ask = async (limit: AbortSignal) => entered.onEnter?.(call, limit)
    try {
      const text = await within(ENTERED_WITHIN_MS, 'onEnter', clock, ask, lifetime.signal)
      if (agent === entered && typeof text === 'string' && text !== '')
        told = text.slice(0, MOST_LETTERS).toWellFormed()
    } catch (error) {
      if (!lifetime.signal.aborted) failed('onEnter', entered.name, error)
    }
  }

  function leave({ name, onLeave }: AgentDefinition): void {
    if (!onLeave) return
    const never = new AbortController().signal
    const left = within(LEFT_WITHIN_MS, 'onLeave', clock, async limit => void (await onLeave(call, limit)), never)
      .catch(error => failed('onLeave', name, error))
      .finally(() => leaving.delete(left))
    leaving.add(left)
  }

  function goesTo(name: string): void {
    const next = definitions.find(one => one.name === name)
    if (next === agent) return
    if (agent) leave(agent)
    agent = next
    told = undefined
    if (next?.onEnter) void enter(next)
  }

  return {
    take(line) {
      // One who is refused at the PIN is nobody's caller.
      if ('started' in line && line.started.turn.kind === 'ended') return
      if ('started' in line) goesTo(line.started.turn.context.handedOff?.agent ?? line.started.agent)
      else if ('input' in line && line.input.kind === 'hand-off') goesTo(line.input.agent)
    },
    context: () => told,
    async over() {
      lifetime.abort(new Error('the call is over'))
      if (agent) leave(agent)
      agent = undefined
      while (leaving.size > 0) await Promise.all(leaving)
    },
  }
}
