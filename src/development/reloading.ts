import type { AgentsWithTools } from '../agent-tools.ts'
import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { changes } from './changes.ts'
import type { FreshModules } from './fresh-modules.ts'

export interface ReloadingParts {
  readonly clock: Clock
  /** The files and folders of PARTYLINE_AGENTS. */
  readonly places: readonly string[]
  readonly modules: Pick<FreshModules, 'files'>
  /** Puts the agents in force as they are on the disk now; what was loaded before is loaded anew for another version. */
  readonly reload: (version: string, signal: AbortSignal) => Promise<AgentsWithTools>
  readonly tell: (line: string) => void
}

/** A module may wait at its top for something that never comes. */
const LOADED_WITHIN_MS = 15_000
const MOST_LETTERS = 1_000

/**
 * Puts the agents in force that are saved: the next call is held with them, those that go on keep theirs. What does not load
 * is told in one line, and the agents of before stay. Resolves when the signal aborts.
 */
export async function reloadWhenSaved(parts: ReloadingParts, signal: AbortSignal): Promise<void> {
  const { clock, places, modules, reload, tell } = parts
  let version = 0
  for await (const _ of changes(() => [...places, ...modules.files()], clock, signal)) {
    version++
    try {
      const load = (until: AbortSignal): Promise<AgentsWithTools> => reload(String(version), until)
      const next = await within(LOADED_WITHIN_MS, 'loading the agents', clock, load, signal)
      const names = [...new Set(next.agents.map(({ name }) => name))]
      tell(`Saved, and in force with the next call: ${names.join(', ')}.`)
    } catch (error) {
      if (signal.aborted) return
      const why = error instanceof Error ? error.message : String(error)
      tell(
        `Not in force, so the agents of before stay: ${why
          .trim()
          .replaceAll(/\s*\n\s*/g, '; ')
          .slice(0, MOST_LETTERS)}`,
      )
    }
  }
}
