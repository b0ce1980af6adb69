import type { ToolSpec } from '../../conversation/ports.ts'
import { wellFormed } from './well-formed.ts'

/** No vendor takes more. */
const MOST_TOOLS = 128

/** A tool as any vendor takes it: at most 128 of them, in well-formed text. */
export interface OfferedTool {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export const offeredTools = (tools: readonly ToolSpec[]): readonly OfferedTool[] =>
  tools.slice(0, MOST_TOOLS).map(({ name, description, parameters }) => ({
    ...{ name, description: description.toWellFormed() },
    parameters: wellFormed(parameters) as Readonly<Record<string, unknown>>,
  }))
