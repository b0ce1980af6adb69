import { z } from 'zod'

/** The agents that come with Partyline; the first answers where none is chosen. */
export const BUILT_IN_AGENTS = ['task-manager', 'receptionist'] as const

export const AGENT_SETTINGS = {
  /** The agent that answers, unless a number has its own. Built in are task-manager, the default, and receptionist, which has only the sandbox's tools and is for trying things out. */
  AGENT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of an agent, such as task-manager')
    .optional(),
  /** Files of agents, or folders with them, with commas: AGENT is one of theirs. If there is one alone, it is that one. */
  PARTYLINE_AGENTS: z
    .string()
    .transform(text =>
      text
        .split(',')
        .map(place => place.trim())
        .filter(place => place !== ''),
    )
    .optional(),
}

/** An agent that is not there. Those of PARTYLINE_AGENTS are known when their files are read. */
export function unknownAgent({
  AGENT,
  PARTYLINE_AGENTS,
}: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (AGENT === undefined || PARTYLINE_AGENTS !== undefined || BUILT_IN_AGENTS.some(name => name === AGENT)) return []
  return [`AGENT: must be ${BUILT_IN_AGENTS.join(' or ')}, or one of the files of PARTYLINE_AGENTS (it is "${AGENT}")`]
}
