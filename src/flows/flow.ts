import type { FunctionTool } from '../agents/author/tool.ts'
import { english } from '../languages/english.ts'
import { problemsOf } from './check.ts'
import { drawn } from './drawn.ts'
import { flowTool } from './flow-tool.ts'
import type { FlowDefinition } from './steps.ts'

/** A checked flow, with what an agent needs of it: `tools: [order.tool]`, and `order.instructions` among its instructions. */
export interface Flow {
  readonly definition: FlowDefinition
  readonly tool: FunctionTool
  /** How the model uses the tool. */
  readonly instructions: string
}

/** A flow cannot be followed: each line says what is wrong with which step. */
export class FlowError extends Error {
  override readonly name = 'FlowError'
  readonly problems: readonly string[]

  constructor(flow: string, problems: readonly string[]) {
    super(`the flow ${flow} cannot be followed:\n${problems.map(problem => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Checks a flow, and makes the tool of it by which an agent's model moves through it. Throws FlowError. */
export function flow(definition: FlowDefinition): Flow {
  const problems = problemsOf(definition)
  if (problems.length > 0) throw new FlowError(definition.name, problems)
  // Patterns are compiled where they are first used: in the first call they would hold up all others.
  const about = { language: english, now: new Date(0) }
  for (const step of Object.values(definition.steps))
    if (step.kind === 'collect') step.as.read('no, it is a double b, at one dot two', about, undefined)
  return { definition, tool: flowTool(definition), instructions: instructionsOf(definition) }
}

/** The flow as a Mermaid flowchart. */
export const mermaidOf = ({ definition }: Pick<Flow, 'definition'>): string => drawn(definition)

const SECRETS =
  '\n- It asks for cards and other secrets in a way that you do not hear. If the caller begins to tell you one, do not repeat it: call the tool.'

const instructionsOf = ({ name, about, steps }: FlowDefinition): string => `The tool ${name}: ${about}
- Call it at once when the caller wants this, with whatever they have said for it already. It asks all questions itself, in its own words: ask none of them yourself, and do not repeat what it has said.
- Pass the caller's words as they said them, with spelling, corrections and all: "no, with two Ls", "actually make it large". Never complete, correct or translate them, and never pass what the caller has not said. Several answers in one turn go into one call.
- A yes or no to its question goes into "right", with all the words of it.
- If the caller asks something in between, answer in a sentence and call it with nothing in the same turn: it asks its question again.
- If they no longer want it, call it with leave: true. Do not say that something is done before it says so.${Object.values(steps).some(({ kind }) => kind === 'secret') ? SECRETS : ''}`
