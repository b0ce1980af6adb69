import { z } from 'zod'
import { type FunctionTool, failed, tool } from './tool.ts'

/** How a tool that rings people is called, and who holds their call. */
export interface RingPersonOptions {
  /** The name of the agent that holds the call with the person who is rung. */
  readonly agent: string
  /** Default: `ring_person`. */
  readonly name?: string
  /** In words for the model: whom it may ring, and when. */
  readonly when: string
}

const E164 = /^\+[1-9]\d{6,14}$/
/** Twilio says within this time, nearly always, whether it rings. */
const LIMIT_MS = 7_500
/** Somebody who was busy may be rung again soon: the server counts how often. */
const ONCE_MS = 5_000

/**
 * A tool by which the model has somebody rung: the caller hears the number first, and it rings on their yes. Whom the server
 * rings at all says `RING_OUT_TO`.
 */
export const ringPerson = ({ agent, name = 'ring_person', when }: RingPersonOptions): FunctionTool =>
  tool({
    name,
    description: `Rings a person by telephone. ${when} Use it only with a number that the caller has said, or that another tool gave.`,
    parameters: z.object({
      number: z
        .string()
        .transform(text => text.replace(/[\s()./-]/g, ''))
        .refine(
          text => E164.test(text),
          'must be the whole number with its country, such as +4930123456: ask the caller',
        )
        .describe('The whole number with its country, such as +4930123456'),
      language: z
        .string()
        .regex(/^[a-z]{2}$/)
        .optional()
        .describe('The code of the language that the person speaks, such as de'),
    }),
    does: 'changes',
    limitMs: LIMIT_MS,
    onceMs: ONCE_MS,
    confirm: {
      ask: 'Shall I ring {words}?',
      in: { de: 'Soll ich {words} anrufen?', es: '¿Llamo al {words}?' },
      words: ({ number }) => number,
    },
    async run({ number, language }, { ringOut }) {
      if (!ringOut) return failed('Nobody can be rung from here.')
      const came = await ringOut({ number, agent, ...(language !== undefined && { language }) })
      return came.kind === 'rings'
        ? 'It rings. Tell the caller so, and that it may take half a minute. What comes of it you are told.'
        : failed(`Nobody is rung: ${came.why}.`)
    },
  }) as FunctionTool
