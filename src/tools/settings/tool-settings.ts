import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { withEnvironment } from '../links/environment.ts'
import { WORDS } from '../running/question-words.ts'
import { offeredName } from './offered-name.ts'

/** The conversation gives a tool 8 s, so a limit of ours must end before that. */
const LONGEST_LIMIT_MS = 7_500
const LONGEST_ASK = 80

const serverName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/i, 'a name has letters, digits and hyphens, and begins with a letter')
const toolName = z.string().regex(/^[a-z0-9_./-]{1,128}$/i, 'a tool’s name has letters, digits, _, -, . and /')
const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
const strings = z.record(z.string().min(1), z.string())

const server = z
  .strictObject({
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: strings.optional(),
    url: z.string().refine(isHttp, 'must be a URL with http: or https:').optional(),
    headers: strings.optional(),
    owner: z.literal('meta', 'can only be "meta": the server is told whose call it is').optional(),
  })
  .superRefine(({ command, args, env, url, headers }, context) => {
    const wrong = (message: string): void => context.addIssue({ code: 'custom', message })
    if ((command === undefined) === (url === undefined)) wrong('must have either a command or a url')
    if (url !== undefined && (args ?? env) !== undefined) wrong('args and env belong to a command, not to a url')
    if (command !== undefined && headers !== undefined) wrong('headers belong to a url, not to a command')
  })

/** BCP 47, as a call's language is named. */
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z]{2,4})?$/, 'must be a language such as de')
const place = z.string().regex(/^\w+(\.\w+)*$/, 'must be a place in the description, such as task.said')
/** A question that has the words in it. */
export const ask = z
  .string()
  .max(LONGEST_ASK)
  .refine(
    text => /^¿?[\p{L}]/u.test(text) && text.endsWith('?') && text.split(WORDS).length === 2,
    `must begin with its verb, contain ${WORDS} once and end with a question mark: "Delete ${WORDS}?"`,
  )
const things = z.string().regex(/^\p{L}{1,20}$/u)
const asking = z.strictObject({
  describe: toolName,
  words: place.default('say'),
  ask,
  in: z.record(language, z.strictObject({ ask, words: place.optional() })).optional(),
})
const severalAsking = z.strictObject({
  ...asking.shape,
  things: things.default('things'),
  in: z.record(language, z.strictObject({ ask, words: place.optional(), things: things.optional() })).optional(),
})

/** The settings of a tool. */
export const tool = z.strictObject({
  server: serverName.optional(),
  limitMs: z.int().min(100).max(LONGEST_LIMIT_MS).optional(),
  filler: z.string().min(1).max(200).optional(),
  fillers: z.record(language, z.string().min(1).max(200)).optional(),
  confirm: z.union([z.boolean(), asking]).optional(),
  several: z.union([z.literal(false), severalAsking]).optional(),
  cacheMs: z.int().min(1).max(3_600_000).optional(),
  onceMs: z.int().min(1).max(600_000).optional(),
  words: z.enum(['say', 'text', 'data']).optional(),
  readOnly: z.boolean().optional(),
  adds: z.boolean().optional(),
})

const settings = z.strictObject({
  servers: z.record(serverName, server).default({}),
  tools: z.record(toolName, tool).default({}),
  agents: z.record(z.string().min(1), z.array(toolName)).default({}),
})
type Given = z.infer<typeof settings>

/** How a server is reached. With `owner: 'meta'` it is told whose call it is; `secrets` must never be shown. */
export type ServerSettings = { readonly name: string; readonly owner?: 'meta'; readonly secrets: readonly string[] } & (
  | {
      readonly kind: 'child'
      readonly command: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
    }
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
)

/**
 * The policy of one tool, whatever its server says. `server` is the only one that it may come from; `words` chooses what
 * the model gets: what the server would say, its text, or all its data; `readOnly` overrides the server's own hint.
 * `confirm` asks the caller with the words that the tool `describe` gives for the same arguments, at `words` in its
 * structured content; true asks with the title and all arguments; false runs even a destructive tool without asking.
 * `fillers`, and `in` of a question, have what is said in other languages than English, where the call is held in one.
 * `several` asks in the same way when a model wants more than one such change at once: "Change these two tasks: …?",
 * where `things` is what is changed. `adds`: the tool only adds something new, so that it is not asked about where words of a
 * stranger, such as those on a shared screen, have reached the model; every other change is. A change that is asked for again within
 * `onceMs`, with the same arguments and no other change in between, is not made again.
 */
export type ToolPolicy = Readonly<z.infer<typeof tool>> & {
  readonly limitMs: number
  readonly words: 'say' | 'text' | 'data'
}

export interface ToolSettings {
  /** In order of precedence for tools of the same name. */
  readonly servers: readonly ServerSettings[]
  readonly tools: ReadonlyMap<string, ToolPolicy>
  /** The tools that each agent may use; an agent that is not listed may use none. */
  readonly agents: ReadonlyMap<string, readonly string[]>
}

/** The policy of a tool without settings. */
export const DEFAULT_POLICY: ToolPolicy = { limitMs: 5_000, words: 'say' }

/** The settings that a file is added to. */
export interface BuiltIn {
  /** In the form of a file. The file overrides a tool's settings one by one, and a server and an agent's list as a whole. */
  readonly settings: unknown
  /** The servers in this process and the agents. A file may name no other agents, and only these servers and its own. */
  readonly servers: readonly string[]
  readonly agents: readonly string[]
}

/** The tool settings are invalid. `problems` has a line for each mistake, and no secret. */
export class ToolSettingsError extends Error {
  override readonly name = 'ToolSettingsError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the JSON file at `path`; `environment` fills its `${NAME}`s. Throws ToolSettingsError with all mistakes. */
export async function readToolSettings(
  path: string,
  environment: Environment,
  builtIn?: BuiltIn,
): Promise<ToolSettings> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new ToolSettingsError([`${path}: cannot be read (${code})`])
  }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    // The parser's message quotes the file, which may contain a key.
    const where = String(error).match(/line \d+ column \d+/)?.[0]
    throw new ToolSettingsError([`${path}: is not JSON${where === undefined ? '' : ` (${where})`}`])
  }
  return toolSettings(given, environment, path, builtIn)
}

/** The same for a parsed value; `from` names its origin in messages. */
export function toolSettings(given: unknown, environment: Environment, from: string, builtIn?: BuiltIn): ToolSettings {
  const { value, missing, filled } = withEnvironment(withServers(given, builtIn), environment)
  const read = settings.safeParse(value)
  const wrong = read.success ? unknownNames(read.data, builtIn) : read.error.issues.map(issueLine)
  if (missing.length > 0 || wrong.length > 0 || !read.success) {
    throw new ToolSettingsError([...missing, ...wrong].map(problem => `${from}: ${problem}`))
  }
  const { servers, tools, agents } = read.data
  const base = settings.parse({ ...Object(builtIn?.settings), servers: {} })
  const policies = Object.keys({ ...base.tools, ...tools }).map((name): [string, ToolPolicy] => {
    const {
      limitMs = DEFAULT_POLICY.limitMs,
      words = DEFAULT_POLICY.words,
      ...rest
    } = {
      ...base.tools[name],
      ...tools[name],
    }
    const { confirm } = rest
    const describing =
      typeof confirm === 'object' ? { confirm: { ...confirm, describe: offeredName(confirm.describe) } } : {}
    return [offeredName(name), { ...rest, ...describing, limitMs, words }]
  })
  return {
    servers: Object.entries(servers).map(([name, given]) => serverSettings(name, given, environment, filled)),
    tools: new Map(policies),
    agents: new Map(
      Object.entries({ ...base.agents, ...agents }).map(([agent, names]) => [agent, names.map(offeredName)]),
    ),
  }
}

/** With the servers of the agents, whose `${NAME}`s are filled as those of a file. */
function withServers(given: unknown, builtIn: BuiltIn | undefined): unknown {
  const own = z.object({ servers: z.record(z.string(), z.unknown()).optional() })
  const [ofAgents, ofFile] = [own.safeParse(builtIn?.settings), own.safeParse(given)]
  if (!ofAgents.data?.servers || !ofFile.success) return given
  return { ...Object(given), servers: { ...ofAgents.data.servers, ...ofFile.data.servers } }
}

/** Mistakes in names: a misspelt one would otherwise have no effect and no warning. */
function unknownNames({ servers, tools, agents }: Given, builtIn: BuiltIn | undefined): readonly string[] {
  if (!builtIn) return []
  const places = [...builtIn.servers, ...Object.keys(servers)]
  const unknownName = (place: string, what: string, known: readonly string[]): string =>
    `${place}: there is no such ${what}; there is ${known.join(', ')}`
  return [
    ...Object.keys(agents)
      .filter(name => !builtIn.agents.includes(name))
      .map(name => unknownName(`agents.${name}`, 'agent', builtIn.agents)),
    ...Object.entries(tools)
      .filter(([, { server }]) => server !== undefined && !places.includes(server))
      .map(([name, { server }]) => unknownName(`tools.${name}.server: ${server}`, 'server', places)),
    ...Object.keys(servers)
      .filter(name => builtIn.servers.includes(name))
      .map(name => `servers.${name}: is the name of a server that is built in`),
  ]
}

function issueLine(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    // What is wrong inside the object says more than that it is no boolean.
    const inside = issue.errors.flat().filter(one => one.path.length > 0 || one.code === 'unrecognized_keys')
    if (inside.length === 0) return `${issue.path.join('.')}: must be true, false, or { "describe": …, "ask": … }`
    return inside.map(one => issueLine({ ...one, path: [...issue.path, ...one.path] })).join('; ')
  }
  if (issue.message.endsWith('received undefined')) return `${issue.path.join('.')}: is missing`
  const messages = issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message) : [issue.message]
  return `${issue.path.join('.') || 'the settings'}: ${messages.join('; ')}`
}

function serverSettings(
  name: string,
  given: z.infer<typeof server>,
  environment: Environment,
  filled: readonly string[],
): ServerSettings {
  const { command, args = [], env = {}, url, headers = {}, owner } = given
  const { PATH, HOME } = environment
  // A server may quote the token without the "Bearer" before it.
  const headerValues = Object.values(headers).flatMap(value => [value, value.replace(/^\S+\s+/, '')])
  const secrets = [...filled, ...Object.values(env), ...headerValues, ...secretsOf(url)].filter(
    secret => secret !== PATH && secret !== HOME,
  )
  const common = { name, ...(owner && { owner }), secrets }
  if (url !== undefined) return { ...common, kind: 'http', url, headers }
  const own = { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }) }
  return { ...common, kind: 'child', command: command ?? '', args, env: { ...own, ...env } }
}

/** The secret parts of a URL: user name, password and query values. */
function secretsOf(url: string | undefined): readonly string[] {
  if (url === undefined) return []
  const { username, password, searchParams } = new URL(url)
  return [username, password, ...searchParams.values()].filter(text => text !== '')
}
