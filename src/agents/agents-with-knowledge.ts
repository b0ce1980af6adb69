import type { AgentDefinition } from './author/agent.ts'

/** What an agent may look up in documents, with all defaults. */
interface Documents {
  /** Names of sources; undefined is all of them. */
  readonly sources: readonly string[] | undefined
  readonly early: boolean
}

/** The agents that look things up in documents, by their names. */
export const agentsWithKnowledge = (definitions: readonly AgentDefinition[]): ReadonlyMap<string, Documents> =>
  new Map(
    definitions.flatMap(({ name, knowledge }) => {
      if (knowledge === undefined) return []
      const { sources = undefined, early = false } = knowledge === true ? {} : knowledge
      return [[name, { sources, early }]]
    }),
  )
