import { agent } from 'partyline/agent'
import { failed, say, tool } from 'partyline/tool'
import { z } from 'zod'
import type { LogQueue } from './log-queue.ts'
import type { Member, Specialist } from './specialists.ts'

export interface CoachParts {
  /** Looks a member up by the number they call from. */
  readonly memberOf: (owner: string, signal: AbortSignal) => Promise<Member | undefined>
  readonly specialist: Specialist
  readonly log: Pick<LogQueue, 'add'>
}

const MOST_CALLS = 1_000
/** Of the 7.5 s that a tool may take. */
const SPECIALIST_MS = 7_500

/** A coach on the telephone: quick answers from what was loaded while the greeting was heard, hard ones from specialists. */
export function fitnessCoach({ memberOf, specialist, log }: CoachParts) {
  const members = new Map<string, Member>()

  const plan = tool({
    name: 'todays_plan',
    description: "Tells the exercises of the caller's plan for today.",
    parameters: z.object({}),
    does: 'reads',
    run(_given, { callId }) {
      const member = members.get(callId)
      if (!member) return failed('I do not know this number, so there is no plan for it.')
      return say(`Today it is ${listed(member.plan)}.`)
    },
  })

  const logWorkout = tool({
    name: 'log_workout',
    description: 'Writes down what the caller has trained: an exercise and how many minutes.',
    parameters: z.object({
      exercise: z.enum(['running', 'cycling', 'swimming', 'squats', 'yoga']),
      minutes: z.number().int().min(1).max(600),
    }),
    does: 'changes',
    run({ exercise, minutes }, { owner, idempotencyKey = '' }) {
      log.add({ key: idempotencyKey, data: { owner, exercise, minutes } })
      return say(`Well done. ${minutes} minutes of ${exercise} are written down.`)
    },
  })

  const askSpecialist = tool({
    name: 'ask_specialist_agent',
    description: 'Asks the specialists what you do not know yourself: pain, injuries, food, how to train.',
    parameters: z.object({ question: z.string().min(3).max(500).describe('the question of the caller') }),
    does: 'reads',
    filler: 'Let me ask our specialists.',
    limitMs: SPECIALIST_MS,
    run: ({ question }, { callId }, signal) => specialist.ask(question, members.get(callId) ?? STRANGER, signal),
  })

  return agent({
    name: 'coach',
    instructions: `You are a fitness coach on the telephone. Answer in one or two short sentences.
Use todays_plan and log_workout for the plan and the log. For pain, food and training, use ask_specialist_agent, and say what it answers in your own words. You are no doctor: with strong pain, tell the caller to see one.`,
    greeting: 'Your coach here. How did it go?',
    tools: [plan, logWorkout, askSpecialist],
    // The first turn need not wait until the model has read all this.
    warm: true,
    async onEnter({ callId, owner }, signal) {
      const member = await memberOf(owner, signal)
      if (!member) return undefined
      members.set(callId, member)
      const [oldest] = members.keys()
      if (members.size > MOST_CALLS && oldest !== undefined) members.delete(oldest)
      const { name, goal, injuries } = member
      return `The caller is ${name}. Their goal: ${goal}. Injuries: ${injuries.join(', ') || 'none'}.`
    },
    onLeave: ({ callId }) => members.delete(callId),
  })
}

const STRANGER: Member = { name: 'a caller', goal: 'to be fit', plan: ['a walk of half an hour'], injuries: [] }

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? 'a rest') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
