import type { ToolSet, ToolSpec } from '../../conversation/ports.ts'
import type { ToolRunner } from '../running/tool-runner.ts'
import type { OfferedTool } from './offered-tools.ts'

/** The tools of these names; `specs` changes when the servers' tools do. */
export function toolSetOf(
  names: readonly string[],
  offered: () => ReadonlyMap<string, OfferedTool>,
  runner: ToolRunner,
): ToolSet {
  const allowed = new Set(names)
  return {
    get specs() {
      const tools = offered()
      return [...allowed].flatMap(name => tools.get(name) ?? []).map(specOf)
    },
    run: (call, context, signal) => runner.run(allowed, call, context, signal),
    remember: (callId, made) => runner.remember(allowed, callId, made),
  }
}

function specOf({ tool, policy, changes }: OfferedTool): ToolSpec {
  const { name, description, parameters } = tool
  const { filler, fillers } = policy
  return {
    ...{ name, description, parameters, changes },
    ...(tool.keyed && { keyed: true }),
    ...(filler !== undefined && { filler }),
    ...(fillers !== undefined && { fillers }),
  }
}
