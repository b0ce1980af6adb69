import type { AgentDefinition } from './author/agent.ts'

/**
 * The tools of MCP servers that agents may use, in the form of a tools file. Where two agents say something of the same tool,
 * the later one holds.
 */
export function toolSettingsOf(definitions: readonly AgentDefinition[]) {
  return {
    servers: Object.assign({}, ...definitions.map(({ mcpServers = {} }) => mcpServers)) as Record<string, unknown>,
    tools: Object.assign({}, ...definitions.map(({ mcpTools = {} }) => mcpTools)) as Record<string, object>,
    agents: Object.fromEntries(definitions.map(({ name, mcpTools = {} }) => [name, Object.keys(mcpTools)])),
  }
}
