import { z } from 'zod'
import type { Clock, ToolCall, ToolContext, ToolOutcome, ToolSet } from '../conversation/ports.ts'

/** Facts about the sandbox's restaurant, each with the words of a question about it. */
const FACTS: readonly (readonly [RegExp, string])[] = [
  [/hour|open|clos/i, 'Open from noon to ten in the evening, every day but Monday.'],
  [/table|room|free|availab/i, 'There are tables free on Friday at seven and on Saturday at six.'],
  [/wine|drink|beer/i, 'There are forty wines, and beer from the brewery next door.'],
  [
    /allerg|gluten|nut|vegan|vegetarian/i,
    'Half of the menu is vegetarian, and the kitchen bakes bread without gluten.',
  ],
  [/book|reserv/i, 'The book shows your bookings of this call.'],
]
const NOTHING = 'Nothing is written down about that.'

const lookUp = z.object({ subject: z.string().min(1).max(200) })
const book = z.object({
  action: z.enum(['make', 'undo']),
  what: z.string().max(200).optional(),
  when: z.string().max(200).optional(),
})

/** A booking; undone ones stay in the list. */
export interface Booking {
  readonly id: number
  readonly key: string
  readonly owner: string
  readonly what: string
  readonly when: string
  readonly undone: boolean
}

/** Two tools to test a conversation: `look_up` reads and is slow, `book` changes something and can undo it. */
export interface SandboxTools extends ToolSet {
  readonly bookings: () => readonly Booking[]
}

/** `chance` gives numbers in [0, 1): `look_up` takes 0.2 to 6 s, mostly less than 1 s. */
export function sandboxTools(clock: Clock, chance: () => number): SandboxTools {
  let bookings: readonly Booking[] = []
  const done = new Map<string, string>()

  async function look(subject: string, signal: AbortSignal): Promise<string> {
    await clock.sleep(200 + 5_800 * chance() ** 6, signal)
    return FACTS.find(([pattern]) => pattern.test(subject))?.[1] ?? NOTHING
  }

  function make(what: string, when: string, { owner, idempotencyKey: key }: ToolContext): string {
    bookings = [...bookings, { id: bookings.length + 1, key, owner, what, when, undone: false }]
    return `Booked: ${what}, ${when}.`
  }

  function undo(owner: string): string {
    const last = bookings.findLast(booking => booking.owner === owner && !booking.undone)
    if (!last) return 'There is no booking to take back.'
    bookings = bookings.map(booking => (booking === last ? { ...booking, undone: true } : booking))
    return `Taken back: ${last.what}, ${last.when}.`
  }

  async function answer(call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<string> {
    if (call.name === 'look_up') {
      const asked = lookUp.safeParse(parsed(call.arguments))
      return asked.success ? look(asked.data.subject, signal) : wrong(asked.error)
    }
    if (call.name !== 'book') return `There is no tool named ${call.name}. The tools are look_up and book.`
    const asked = book.safeParse(parsed(call.arguments))
    if (!asked.success) return wrong(asked.error)
    const { action, what, when } = asked.data
    if (action === 'make' && (!what || !when)) return 'To book, what and when must be known. Ask the caller.'
    const before = done.get(context.idempotencyKey)
    if (before !== undefined) return before
    const result = action === 'undo' ? undo(context.owner) : make(what ?? '', when ?? '', context)
    done.set(context.idempotencyKey, result)
    return result
  }

  const run = async (call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<ToolOutcome> => ({
    kind: 'done',
    text: await answer(call, context, signal),
  })
  return { bookings: () => bookings, run, specs: SPECS }
}

const SPECS = [
  {
    name: 'look_up',
    description: 'Looks something up in the restaurant’s papers: opening hours, free tables, wines, allergies.',
    parameters: { type: 'object', properties: { subject: { type: 'string' } }, required: ['subject'] },
    changes: false,
    filler: 'I am looking it up.',
  },
  {
    name: 'book',
    description: 'Makes a booking (what and when are needed), or takes the last one back.',
    parameters: {
      type: 'object',
      properties: {
        action: { type: 'string', enum: ['make', 'undo'] },
        what: { type: 'string', description: 'such as "table for four"' },
        when: { type: 'string', description: 'such as "Friday at seven"' },
      },
      required: ['action'],
    },
    changes: true,
    filler: 'I am writing it down.',
  },
] as const

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const wrong = (error: z.ZodError): string =>
  `The arguments are not right: ${error.issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`).join('; ')}. Call the tool again with right ones.`
