import { tool, toPerson } from 'partyline/tool'
import { z } from 'zod'

/** All agents can give the call to a person, who finds in the call's journal what it is about. */
export const givesToPerson = tool({
  name: 'give_to_person',
  description:
    'Puts the caller through to a person. Call it when they want one, are angry, or need what you cannot do. Say nothing about it.',
  parameters: z.object({
    brief: z.string().min(1).max(500).describe('who calls, what they want, what was done and promised'),
  }),
  does: 'reads',
  run: ({ brief }) => toPerson(brief),
})
