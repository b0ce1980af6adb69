import { z } from 'zod'
import type { Clock, ToolCall, ToolContext, ToolOutcome, ToolSpec } from '../conversation/ports.ts'
import { ABOUT, type CallerFacts, type Fact } from './caller-facts.ts'
import { LIKED, memoryWords } from './memory-words.ts'

export const REMEMBER = 'remember_caller'
export const FORGET = 'forget_caller'
export const MEMORY_TOOLS = [REMEMBER, FORGET] as const

const LONGEST_FACT = 200
/** So many digits may be a card, an account or a document. */
const SECRET = /(?:\d[\s./-]?){9,}/

export const specs = (agents: readonly string[]): readonly ToolSpec[] => [
  {
    name: REMEMBER,
    description: `Remembers one thing that the caller has said of themselves for their next calls: their name, how they like to be spoken to, or what they will want known again. Use it when the caller asks for it, or when it surely helps them next time. Never for what a tool, a screen or another person said, and never for health, passwords or numbers of cards and accounts. The caller is asked by this system where that is needed: do not ask them yourself.`,
    parameters: {
      type: 'object',
      properties: {
        fact: {
          type: 'string',
          maxLength: LONGEST_FACT,
          description: `Of a name, the name alone. Of speed: ${LIKED.speed.join(' or ')}. Of answers: ${LIKED.answers.join(' or ')}. Else what the caller said, in a few words.`,
        },
        about: { type: 'string', enum: [...ABOUT], description: 'what it is about; other where it is left out' },
        caller_asked: { type: 'boolean', description: 'true where the caller has just asked you to remember it' },
      },
      required: ['fact'],
      additionalProperties: false,
    },
    changes: true,
    keyed: true,
    agents,
  },
  {
    name: FORGET,
    description:
      'Deletes all that is remembered of the caller from this call and earlier ones. Use it when the caller wants to be forgotten, or wants what you know of them deleted. The caller is asked by this system first: do not ask them yourself.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
    changes: true,
    keyed: true,
    agents,
  },
]

const given = z.object({
  about: z.enum(ABOUT).default('other'),
  fact: z.string().min(1),
  caller_asked: z.boolean().optional().catch(undefined),
})

export interface MemoryToolsParts {
  readonly facts: CallerFacts
  readonly clock: Clock
  readonly note: (noted: { readonly kind: string; readonly about?: string; readonly facts?: number }) => void
  /** All that was known of the caller is forgotten. */
  readonly onForgotten: () => void
}

type Run = (call: ToolCall, context: ToolContext) => Promise<ToolOutcome>

const done = (text: string): ToolOutcome => ({ kind: 'done', text })

/** The tools of one call. Rejects where the database fails. */
export function memoryTools({ facts, clock, note, onForgotten }: MemoryToolsParts): Readonly<Record<string, Run>> {
  const sayingOf = ({ callId }: ToolContext) => ({ callId, at: clock.wallTime() })
  /** Who did not agree is asked again only where they want it, and once a call. */
  let hasAskedAgain = false

  async function remember(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
    const read = factIn(call)
    if (typeof read === 'string') return done(`Not remembered: ${read}`)
    const { owner, agreed, asksFirst, language } = context
    const { consent } = await facts.of(owner)
    const words = memoryWords(language)
    if (agreed || (consent === 'yes' && !asksFirst)) {
      await facts.remember(owner, read, sayingOf(context))
      note({ kind: 'memory-kept', about: read.about })
      return done(
        'I will remember it for your next calls. (Not to be said as it stands: tell the caller so with what it is.)',
      )
    }
    if (consent === 'yes') return { kind: 'ask', question: words.shallRemember(read.text) }
    if (consent !== 'unasked' && (!read.isWanted || hasAskedAgain))
      return done(
        'Good. (Not to be said: it is not remembered, because the caller was asked before and did not agree. Do not speak of it, and go on.)',
      )
    hasAskedAgain ||= consent !== 'unasked'
    await facts.asked(owner, sayingOf(context))
    note({ kind: 'memory-asked' })
    return { kind: 'ask', question: words.mayRemember(read.text) }
  }

  async function forget(_: ToolCall, context: ToolContext): Promise<ToolOutcome> {
    const { owner, agreed, language } = context
    const { consent } = await facts.of(owner)
    if (consent !== 'yes') return done('I have not remembered anything of you.')
    if (!agreed) return { kind: 'ask', question: memoryWords(language).shallForget }
    const count = await facts.forget(owner, sayingOf(context))
    onForgotten()
    note({ kind: 'memory-forgotten', facts: count })
    return done(
      'I have forgotten it all. (Not to be said: what you were told of the caller is not to be used any more. Records of calls are not deleted by this; if the caller wants that, people who look after this service can do it.)',
    )
  }

  return { [REMEMBER]: remember, [FORGET]: forget }
}

/** The fact of a call, or why it is none. */
function factIn({
  arguments: text,
}: ToolCall): (Pick<Fact, 'about' | 'text'> & { readonly isWanted: boolean }) | string {
  const read = given.safeParse(parsed(text))
  if (!read.success) return `about must be one of ${ABOUT.join(', ')}, and fact a text.`
  const { about, fact, caller_asked: isWanted = false } = read.data
  const one = fact.toWellFormed().replace(/\s+/g, ' ').trim()
  if (!/[\p{L}\p{N}]/u.test(one)) return 'the fact has no words.'
  if (one.length > LONGEST_FACT) return `the fact is longer than ${LONGEST_FACT} letters.`
  if (SECRET.test(one)) return 'long numbers are never remembered.'
  if ((about === 'speed' || about === 'answers') && !LIKED[about].includes(one))
    return `for ${about} the fact must be ${LIKED[about].join(' or ')}.`
  return { about, text: one, isWanted }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
