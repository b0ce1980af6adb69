import type { Agent } from '../conversation/agent.ts'
import type { AgentLanguage } from './agent-languages.ts'
import type { AgentDefinition } from './author/agent.ts'
import { agentFrom } from './author/agent-from.ts'
import { AgentFileError, firstTwice } from './author/read-agent.ts'
import { BUILT_IN } from './built-in.ts'
import { type InterpretedLeg, withLegs } from './interpreters.ts'

/** The agents of a server. */
export interface Agents {
  readonly definitions: readonly AgentDefinition[]
  /** The name of the one that answers where nothing chooses another one. */
  readonly first: string
  /** The lines of interpreters, by the names of their agents. */
  readonly legs: ReadonlyMap<string, InterpretedLeg>
  /** Each in all languages of the line. */
  readonly all: readonly Agent[]
  /** Those of a call that begins with this one: itself in the first language, in the others, and all to whom it may come. */
  readonly ofCall: (name: string) => readonly [Agent, ...Agent[]]
  /** The name of the one that answers a number that was called, or of the one that is named, if it is there. */
  readonly at: (asked: { readonly number?: string | undefined; readonly named?: string | undefined }) => string
}

/** Of the settings. */
interface AgentSettings {
  readonly AGENT?: string | undefined
  readonly PARTYLINE_AGENTS?: readonly string[] | undefined
  readonly LANGUAGES: readonly AgentLanguage[]
}

/**
 * The agents of these definitions, of which `first` answers where nothing chooses another one. Throws AgentFileError where they
 * do not fit together, or have no words in a language.
 */
export async function agentsFrom(
  given: readonly AgentDefinition[],
  first: string,
  languages: readonly AgentLanguage[],
): Promise<Agents> {
  const { definitions, legs } = withLegs(given)
  checkTogether(definitions, legs)
  const byName = new Map<string, readonly Agent[]>()
  for (const definition of definitions) {
    const { name, language = 'en' } = definition
    byName.set(name, await inLanguages(definition, legs.has(name) ? [language] : languages))
  }
  const all = [...byName.values()].flat()
  const others = definitions.filter(({ name }) => !legs.has(name))
  const reach = (name: string): readonly string[] => (legs.has(name) ? [] : reachedFrom(name, others))
  return {
    ...{ definitions, legs, first, all },
    ofCall(name) {
      const own = byName.get(name) ?? byName.get(first) ?? []
      const others = reach(own[0]?.name ?? first).flatMap(other => byName.get(other) ?? [])
      const [agent, ...more] = [...own, ...others]
      if (!agent) throw new Error('there is no agent')
      return [agent, ...more]
    },
    at({ number = '', named }) {
      const isCallable = ({ name, numbers = [], callable = numbers.length > 0 || name === first }: AgentDefinition) =>
        callable && name === named
      const found = definitions.find(isCallable) ?? definitions.find(({ numbers }) => numbers?.includes(number))
      return found?.name ?? first
    },
  }
}

/**
 * The agents of the settings: those of files, if any are named, else the built-in one. `folder` is where paths begin; another
 * `version` reads the files anew. Throws AgentFileError.
 */
export async function openAgents(
  { AGENT, PARTYLINE_AGENTS, LANGUAGES }: AgentSettings,
  folder: string,
  version?: string,
  signal?: AbortSignal,
): Promise<Agents> {
  const definitions = await definitionsOf(PARTYLINE_AGENTS, folder, version, signal)
  const first = firstOf(definitions, AGENT)
  const known = PARTYLINE_AGENTS ? definitions : definitions.filter(({ name }) => name === first)
  return agentsFrom(known, first, LANGUAGES)
}

async function definitionsOf(
  places: readonly string[] | undefined,
  folder: string,
  version: string | undefined,
  signal: AbortSignal | undefined,
) {
  if (!places) return BUILT_IN
  const { loadAgents } = await import('./author/load-agents.ts')
  return (await loadAgents(places, folder, version, signal)).map(({ definition }) => definition)
}

function firstOf(definitions: readonly AgentDefinition[], wanted: string | undefined): string {
  const names = definitions.map(({ name }) => name)
  const [only] = names
  const name = wanted ?? (names.length === 1 ? only : undefined)
  if (name === undefined)
    throw new AgentFileError(`there are several agents, so AGENT must say which one answers: ${names.join(', ')}`)
  if (!names.includes(name)) throw new AgentFileError(`AGENT names ${name}, but there is only ${names.join(', ')}`)
  return name
}

/** What one file alone does not show. */
function checkTogether(definitions: readonly AgentDefinition[], legs: Agents['legs']): void {
  const names = definitions.map(({ name }) => name)
  const problems = definitions.flatMap(({ name, handOffs = [], guards = [] }) =>
    [...handOffs.map(({ to }) => to), ...guards.flatMap(({ to }) => to ?? [])].flatMap(to =>
      to !== name && names.includes(to)
        ? []
        : `the agent ${name} cannot hand the call to ${to}: ${to === name ? 'that is itself' : `there is ${names.join(', ')}`}`,
    ),
  )
  problems.push(
    ...definitions.flatMap(({ name, handOffs = [], guards = [] }) =>
      [...handOffs, ...guards].flatMap(({ to }) =>
        to !== undefined && legs.has(to)
          ? `the agent ${name} cannot hand the call to ${to}: an interpreter has its lines from their beginning`
          : [],
      ),
    ),
  )
  const servers = new Map<string, string>()
  for (const [server, settings] of definitions.flatMap(({ mcpServers = {} }) => Object.entries(mcpServers))) {
    const written = JSON.stringify(settings)
    if ((servers.get(server) ?? written) !== written)
      problems.push(`two agents have a server ${server} in mcpServers, and it is another one for each`)
    servers.set(server, written)
  }
  const number = firstTwice(definitions.flatMap(({ numbers = [] }) => numbers))
  if (number !== undefined) problems.push(`the number ${number} is answered by two agents`)
  if (problems.length > 0) throw new AgentFileError(problems.join('\n'))
}

async function inLanguages(
  definition: AgentDefinition,
  languages: readonly AgentLanguage[],
): Promise<readonly Agent[]> {
  return Promise.all(
    languages.map(async language => {
      const agent = await agentFrom(definition, language)
      if (agent) return agent
      throw new AgentFileError(
        `the agent ${definition.name} has no words in "${language}", which LANGUAGE names: add them as languages.${language}`,
      )
    }),
  )
}

/** All to whom a call that begins with this agent may come, without itself. */
function reachedFrom(name: string, definitions: readonly AgentDefinition[]): readonly string[] {
  const reached = new Set([name])
  for (const one of reached) {
    const found = definitions.find(definition => definition.name === one)
    for (const { to } of found?.handOffs ?? []) reached.add(to)
    // A function, or a guard, may hand it to any agent.
    if (found?.tools?.length || found?.guards?.length) for (const other of definitions) reached.add(other.name)
  }
  reached.delete(name)
  return [...reached]
}

/** A built-in agent in one language. */
export async function agentIn({
  AGENT,
  LANGUAGE,
}: {
  readonly AGENT?: string | undefined
  readonly LANGUAGE: AgentLanguage
}): Promise<Agent> {
  const [agent] = (
    await openAgents({ AGENT: AGENT ?? BUILT_IN[0]?.name, PARTYLINE_AGENTS: undefined, LANGUAGES: [LANGUAGE] }, '.')
  ).all
  if (!agent) throw new Error('there is no agent')
  return agent
}
