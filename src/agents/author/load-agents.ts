import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { orAborted } from '../../conversation/scope.ts'
import type { AgentDefinition } from './agent.ts'
import { markdownAgent } from './markdown-agent.ts'
import { AgentFileError, firstTwice, readAgent } from './read-agent.ts'

const CODE = ['.ts', '.mts', '.js', '.mjs']
/** Of a folder. Tests and types lie beside agents. */
const IS_AGENT_FILE = /^(?!.*\.(?:test|spec|d)\.)[^.].*\.(?:m?[tj]s|md)$/
/** A folder may have a README and code that its agents share: a file is an agent's where it says so. */
const MOST_FILES = 200
const MOST_LETTERS = 1_000_000

/** An agent, and the file that it was read from. */
export interface LoadedAgent {
  readonly definition: AgentDefinition
  readonly file: string
}

/**
 * The agents of files, or of all files of a folder, seen from `folder`. Of a folder, files without a default export are
 * passed over, and so is Markdown without parts. What is not loaded when the signal aborts counts as a mistake. `version` makes a file that was loaded before be read again. Throws
 * AgentFileError with all mistakes.
 */
export async function loadAgents(
  places: readonly string[],
  folder: string,
  version = '',
  signal = new AbortController().signal,
): Promise<readonly LoadedAgent[]> {
  const files = (await Promise.all(places.map(place => filesAt(resolve(folder, place), place)))).flat()
  const tried = await Promise.allSettled(files.map(file => loadAgent(file, version, signal)))
  const problems = tried.flatMap(one => (one.status === 'rejected' ? [messageOf(one.reason)] : []))
  const agents = tried.flatMap(one => (one.status === 'fulfilled' ? (one.value ?? []) : []))
  const twice = firstTwice(agents.map(({ definition }) => definition.name))
  if (twice !== undefined) {
    const named = agents.filter(({ definition }) => definition.name === twice).map(({ file }) => file)
    problems.push(`${named.join(' and ')} both have an agent of the name ${twice}`)
  }
  if (problems.length > 0) throw new AgentFileError(problems.join('\n'))
  if (agents.length === 0) throw new AgentFileError(`there is no agent in ${places.join(', ')}`)
  return agents
}

interface AgentFile {
  readonly path: string
  /** It was named itself, so it must be an agent's. */
  readonly isNamed: boolean
}

async function filesAt(path: string, named: string): Promise<readonly AgentFile[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new AgentFileError(`there is no file or folder ${named}`)
  if (!found.isDirectory()) return [{ path, isNamed: true }]
  const names = (await readdir(path)).filter(name => IS_AGENT_FILE.test(name)).toSorted()
  if (names.length > MOST_FILES) throw new AgentFileError(`${named} has more than ${MOST_FILES} files`)
  return names.map(name => ({ path: join(path, name), isNamed: false }))
}

async function loadAgent(
  { path, isNamed }: AgentFile,
  version: string,
  signal: AbortSignal,
): Promise<LoadedAgent | undefined> {
  if (extname(path) === '.md') {
    const text = await readFile(path, 'utf8')
    if (text.length > MOST_LETTERS) throw new AgentFileError(`${path}: has more than ${MOST_LETTERS} letters`)
    if (!isNamed && !/^\uFEFF?---/.test(text)) return undefined
    return { definition: withSoundsFrom(dirname(path), readAgent(markdownAgent(text, path), path)), file: path }
  }
  if (!CODE.includes(extname(path))) throw new AgentFileError(`${path}: must end with ${CODE.join(', ')} or .md`)
  const module = await imported(path, version, signal)
  const given = defaultOf(defaultOf(module)) ?? defaultOf(module)
  if (given === undefined && !isNamed) return undefined
  return { definition: withSoundsFrom(dirname(path), readAgent(given, path)), file: path }
}

/** The same with the files of its sounds as they are found from anywhere. */
function withSoundsFrom(folder: string, definition: AgentDefinition): AgentDefinition {
  if (!definition.sounds) return definition
  const found = Object.entries(definition.sounds).map(([when, sound]) => [
    when,
    /\.wav$/i.test(sound) ? resolve(folder, sound) : sound,
  ])
  return { ...definition, sounds: Object.fromEntries(found) }
}

/** Of a module. What a compiler has made a CommonJS module of has one in its own. */
const defaultOf = (module: unknown): unknown =>
  typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined

async function imported(path: string, version: string, signal: AbortSignal): Promise<unknown> {
  const url = pathToFileURL(path)
  if (version !== '') url.searchParams.set('v', version)
  try {
    return await orAborted(import(url.href), signal)
  } catch (cause) {
    throw new AgentFileError(`${path}: cannot be loaded: ${messageOf(cause).split('\n')[0]}`, { cause })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
