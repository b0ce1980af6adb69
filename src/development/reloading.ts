import type { AgentsWithTools } from '../agent-tools.ts'
import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'
import type { AgentsInForce } from './agents-in-force.ts'
import { changes } from './changes.ts'
import type { FreshModules } from './fresh-modules.ts'

export interface ReloadingParts {
  readonly clock: Clock
  /** The files and folders of PARTYLINE_AGENTS. */
  readonly places: readonly string[]
  readonly modules: Pick<FreshModules, 'files'>
  readonly agents: Pick<AgentsInForce, 'replace'>
  /** Opens the agents as they are on the disk now. Another version is loaded anew. */
  readonly open: (version: string, signal: AbortSignal) => Promise<AgentsWithTools>
  readonly tell: (line: string) => void
}

/** A module may wait at its top for something that never comes. */
const LOADED_WITHIN_MS = 15_000

/**
 * Puts the agents in force that are saved: the next call is held with them, those that go on keep theirs. What does not load
 * is told in one line, and the agents of before stay. Resolves when the signal aborts.
 */
export async function reloadWhenSaved(parts: ReloadingParts, signal: AbortSignal): Promise<void> {
  const { clock, places, modules, agents, open, tell } = parts
  let version = 0
  for await (const _ of changes(() => [...places, ...modules.files()], clock, signal)) {
    version++
    try {
      const next = await within(
        ...[LOADED_WITHIN_MS, 'loading the agents', clock],
        until => agents.replace(() => open(String(version), until)),
        signal,
      )
      const names = [...new Set(next.agents.map(({ name }) => name))]
      tell(`Saved, and in force with the next call: ${names.join(', ')}.`)
    } catch (error) {
      if (signal.aborted) return
      tell(`Not in force: ${reasonOf(error).replaceAll(/\s*\n\s*/g, '; ')}. The agents of before stay.`)
    }
  }
}
