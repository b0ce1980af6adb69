/** What a specialist is told besides the question. */
export interface Member {
  readonly name: string
  readonly goal: string
  readonly plan: readonly string[]
  readonly injuries: readonly string[]
}

/** Whoever answers what the agent itself does not know. It may take seconds, and is cancelled when the caller speaks. */
export interface Specialist {
  ask(question: string, member: Member, signal: AbortSignal): Promise<string>
}

type Knows = (question: string, member: Member) => string

const physio: Knows = (_question, { injuries }) =>
  injuries.length > 0
    ? `With your ${injuries.join(' and your ')}, leave out what hurts, and see a physiotherapist if it does not get better in a week.`
    : 'Leave out what hurts for three days. If it still hurts then, see a physiotherapist.'
const nutrition: Knows = (_question, { goal }) =>
  /muscle|strength/i.test(goal)
    ? 'Eat about one and a half grams of protein for each kilogram you weigh, over the whole day.'
    : 'Eat vegetables and protein at each meal, and little between meals.'
const training: Knows = (_question, { plan }) => `Keep to your plan: ${plan.join(', then ')}. Add weight only when the last two repeats feel easy.`

/** By the words of the question. A model would choose better; this one needs no key. */
const ROOMS: readonly (readonly [RegExp, Knows])[] = [
  [/\b(?:hurts?|pain|knee|back|shoulder|injur)/i, physio],
  [/\b(?:eat|food|protein|diet|drink|calories)/i, nutrition],
]

/** An orchestrator of three specialists. A graph of agents of any library can stand in its place: see the README. */
export const specialists: Specialist = {
  async ask(question, member, signal) {
    signal.throwIfAborted()
    const [, knows = training] = ROOMS.find(([about]) => about.test(question)) ?? []
    return knows(question, member)
  },
}
