// What `partyline/agent` gives to authors of agents.

export type { AgentDefinition, AgentWords, Greeting, HandOff, McpServerSettings } from './agent.ts'
export { agent } from './agent.ts'
export type { FunctionTool, ToolAnswer, ToolCallContext } from './tool.ts'
export { failed, handOff, say, tool } from './tool.ts'
