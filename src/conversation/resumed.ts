import type { ToolCall } from './ports.ts'

/** How far a reply came before its line broke. */
export interface Resumed {
  /** Where it goes on: parts before it are over. */
  readonly part: number
  /** What the caller has heard of the answer since its last tools. */
  readonly said: string
  /** The tools of this part, some of which have no result: they run again, with the same keys. */
  readonly tools: readonly { readonly call: ToolCall; readonly result: string | undefined }[]
}
