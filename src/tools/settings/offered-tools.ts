import type { Link } from '../links/link.ts'
import type { ToolLog } from '../running/tool-log.ts'
import type { ListedTool } from './listed-tool.ts'
import { offeredName } from './offered-name.ts'
import { DEFAULT_POLICY, type ToolPolicy } from './tool-settings.ts'

/** A tool, the server that it is called on, and its policy. */
export interface OfferedTool {
  readonly tool: ListedTool
  readonly link: Link
  readonly policy: ToolPolicy
  readonly changes: boolean
  /** Warns the operator, once, that the caller cannot be asked about all that a call would do. */
  readonly warnUnaskable: () => void
}

/**
 * The tools by name, as their servers announce them now. If several servers have a name, the first of them gets it, or the
 * one that the policy names; the others' tools are offered with their server's name before it.
 */
export function offeredTools(
  links: readonly Link[],
  policies: ReadonlyMap<string, ToolPolicy>,
  log: ToolLog,
): () => ReadonlyMap<string, OfferedTool> {
  let seen: readonly (readonly ListedTool[])[] = []
  let offered: ReadonlyMap<string, OfferedTool> = new Map()
  const unaskable = new Set<string>()

  function warnUnaskable(tool: string, server: string): void {
    if (unaskable.has(tool)) return
    unaskable.add(tool)
    log.warn(
      { tool, server },
      'tools: a question cannot say all its arguments, so it is not run: set its confirm.describe',
    )
  }

  function collected(): ReadonlyMap<string, OfferedTool> {
    const tools = new Map<string, OfferedTool>()
    for (const link of links) {
      for (const listed of link.tools()) {
        const wanted = policies.get(listed.name)?.server
        const other = wanted ?? tools.get(listed.name)?.link.name ?? link.name
        const isFirst = other === link.name && !tools.has(listed.name)
        const tool = isFirst ? listed : { ...listed, name: offeredName(`${link.name}_${listed.name}`) }
        if (!isFirst) {
          const fields = { tool: listed.name, server: link.name, usedFrom: other, offeredAs: tool.name }
          log.warn(fields, 'tools: another server has this tool')
        }
        if (tools.has(tool.name)) continue
        const policy = policies.get(tool.name) ?? DEFAULT_POLICY
        const changes = !(policy.readOnly ?? tool.readOnly)
        tools.set(tool.name, { tool, link, policy, changes, warnUnaskable: () => warnUnaskable(tool.name, link.name) })
      }
    }
    return tools
  }

  return () => {
    const lists = links.map(link => link.tools())
    if (lists.length !== seen.length || lists.some((list, index) => list !== seen[index])) {
      seen = lists
      offered = collected()
    }
    return offered
  }
}
