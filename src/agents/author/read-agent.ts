import { z } from 'zod'
import { FASTEST, MANNERS, SLOWEST } from '../../conversation/delivery.ts'
import { ask, tool as toolSettings } from '../../tools/settings/tool-settings.ts'
import { AGENT_LANGUAGES } from '../agent-languages.ts'
import { ENGLISH } from '../english-words.ts'
import type { AgentDefinition } from './agent.ts'
import { schemaOf } from './function-link.ts'
import type { FunctionTool } from './tool.ts'

/** A file of an agent that cannot be used. Its message says which, what is wrong in it, and where. */
export class AgentFileError extends Error {
  override readonly name = 'AgentFileError'
  /** Each mistake. */
  readonly problems: readonly string[]

  constructor(problems: string | readonly string[], options?: ErrorOptions) {
    const all = typeof problems === 'string' ? problems.split('\n') : problems
    super(all.join('\n'), options)
    this.problems = all
  }
}

const PHRASES = Object.keys(ENGLISH.phrases) as (keyof typeof ENGLISH.phrases)[]
const MOST_WORDS = 500

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'must have small letters, digits and hyphens, begin with a letter, and be at most 40 long',
  )
const sentence = z
  .string()
  .max(MOST_WORDS)
  .refine(text => /\p{L}/u.test(text), 'must have words to say')
const greeting = z.union([
  sentence,
  z.strictObject({ phone: sentence, browser: sentence.optional(), hiddenNumber: sentence.optional() }),
])
const phrases = z.partialRecord(z.enum(PHRASES), sentence).optional()
const words = {
  greeting,
  entering: sentence.optional(),
  phrases,
  browserPhrases: phrases,
}
const instructions = z.string().min(1).max(100_000)
const isFunction = z.custom<(...given: never) => unknown>(value => typeof value === 'function', 'must be a function')
const language = z.enum(AGENT_LANGUAGES)
const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number such as +4930123456')

const voiceName = z.string().min(1).max(200)

const soundOr = (...made: readonly string[]) =>
  z
    .string()
    .max(500)
    .refine(
      sound => made.includes(sound) || /\.wav$/i.test(sound),
      `must be ${made.join(' or ')}, or the path of a WAV file`,
    )

const functionTool = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/i, 'must have letters, digits and _, begin with a letter, and be at most 48 long'),
  description: z.string().min(1).max(1_000),
  parameters: z.custom<z.ZodObject>(
    value => value instanceof z.ZodObject || isZodObject(value),
    'must be an object of zod 4, such as z.object({ size: z.string() })',
  ),
  does: z.enum(['reads', 'changes']),
  filler: z.string().min(1).max(200).optional(),
  fillers: z.partialRecord(language, z.string().min(1).max(200)).optional(),
  confirm: z
    .strictObject({
      ask,
      in: z.partialRecord(language, ask).optional(),
      words: isFunction,
    })
    .optional(),
  limitMs: z.int().min(100).max(7_500).optional(),
  cacheMs: z.int().min(1).max(3_600_000).optional(),
  onceMs: z.int().min(0).max(600_000).optional(),
  remember: isFunction.optional(),
  run: isFunction,
})

/** One that was made by another copy of zod than ours: a project of its own has its own. */
function isZodObject(value: unknown): boolean {
  const def =
    typeof value === 'object' && value !== null && '_zod' in value ? (value as z.ZodObject)._zod.def : undefined
  return def?.type === 'object'
}

const definition = z.strictObject({
  name,
  instructions,
  ...words,
  language: language.optional(),
  languages: z.partialRecord(language, z.strictObject({ ...words, instructions: instructions.optional() })).optional(),
  voice: z
    .union([
      voiceName,
      z.strictObject({
        name: voiceName.optional(),
        speed: z.number().min(SLOWEST).max(FASTEST).optional(),
        manner: z.enum(MANNERS).optional(),
        expressive: z.boolean().optional(),
        speedByCaller: z.boolean().optional(),
      }),
    ])
    .optional(),
  hears: z.strictObject({ speakers: z.boolean().optional() }).optional(),
  warm: z.boolean().optional(),
  avatar: z
    .string()
    .regex(/^[\w.:/-]{1,200}$/, 'must be face, or a name that AVATAR_URL knows')
    .optional(),
  tools: z.array(functionTool).max(64).optional(),
  mcpTools: z.record(z.string(), toolSettings).optional(),
  mcpServers: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  handOffs: z
    .array(
      z.strictObject({
        to: name,
        when: z.string().min(1).max(500),
        history: z.enum(['whole', 'summary', 'none']).optional(),
      }),
    )
    .max(20)
    .optional(),
  knowledge: z
    .union([
      z.literal(true),
      z.strictObject({
        sources: z.array(z.string().min(1).max(64)).min(1).max(50).optional(),
        early: z.literal(true).optional(),
      }),
    ])
    .optional(),
  guards: z
    .array(
      z.strictObject({
        to: z.string().optional(),
        turn: isFunction.optional(),
        told: isFunction.optional(),
        clause: isFunction.optional(),
      }),
    )
    .max(20)
    .optional(),
  onEnter: isFunction.optional(),
  onLeave: isFunction.optional(),
  policy: z
    .strictObject({
      patience: z.enum(['phone', 'quick']).optional(),
      bargeIn: z.enum(['steady', 'snappy']).optional(),
      draft: z.boolean().optional(),
    })
    .optional(),
  limits: z.strictObject({ answerTokens: z.int().min(30).max(1_000).optional() }).optional(),
  callable: z.boolean().optional(),
  memory: z
    .strictObject({
      callers: z.boolean().optional(),
      summary: z.union([z.literal(false), z.strictObject({ afterTokens: z.int().min(200).max(200_000) })]).optional(),
    })
    .optional(),
  sounds: z
    .strictObject({
      background: soundOr('office').optional(),
      thinking: soundOr('typing', 'music').optional(),
      waiting: soundOr('music').optional(),
    })
    .optional(),
  interprets: z
    .strictObject({ with: language, numbers: z.array(phoneNumber).optional(), rings: phoneNumber.optional() })
    .optional(),
  numbers: z.array(phoneNumber).optional(),
})

/** What a file exports, or says, as an agent. Throws AgentFileError with each mistake in it. */
export function readAgent(given: unknown, file: string): AgentDefinition {
  if (given === undefined) throw new AgentFileError(`${file}: exports no agent: write \`export default agent({ … })\``)
  const read = definition.safeParse(given)
  if (!read.success) {
    const problems = read.error.issues.map(issueLine)
    throw new AgentFileError(problems.map(problem => `${file}: ${problem}`).join('\n'))
  }
  const found = given as AgentDefinition
  const { tools = [], handOffs = [] } = found
  const twice = firstTwice(tools.map(({ name }) => name)) ?? firstTwice(handOffs.map(({ to }) => to))
  if (twice !== undefined) throw new AgentFileError(`${file}: ${twice} is there twice`)
  const untold = tools.flatMap(tool => untoldIn(tool, file))
  if (untold.length > 0) throw new AgentFileError(untold)
  return found
}

/** Why a model cannot be told of a function's arguments. */
function untoldIn({ name, parameters }: FunctionTool, file: string): readonly string[] {
  try {
    schemaOf(parameters)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return [`${file}: tools: the parameters of ${name} cannot be told to a model: ${why}`]
  }
}

function issueLine(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.') || 'the agent'
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map(key => [...issue.path, key].join('.'))
    return `${keys.join(', ')}: there is no such part of an agent`
  }
  if (issue.message.endsWith('received undefined')) return `${where}: is missing`
  return `${where}: ${issue.message}`
}

/** The first that is in the list twice. */
export const firstTwice = (names: readonly string[]): string | undefined =>
  names.find((one, index) => names.indexOf(one) < index)
