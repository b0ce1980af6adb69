import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import type { Member, Specialist } from './specialists.ts'

/** What each specialist is told. */
const ROOMS = {
  physio: 'You are a physiotherapist. Say what to leave out, and when to see a doctor.',
  nutrition: 'You are a nutritionist. Say what to eat, and how much.',
  training: 'You are a trainer. Say how to train, by the plan that the person has.',
} as const
type Room = keyof typeof ROOMS

const HOW = 'Answer in one or two short sentences that can be said on the telephone, without lists and signs.'
const MOST_LETTERS = 400

const State = Annotation.Root({
  question: Annotation<string>,
  about: Annotation<string>,
  room: Annotation<Room>,
  answer: Annotation<string>,
})
type Asked = typeof State.State

/**
 * The specialists as a graph of LangGraph: a first request chooses one of them, a second one answers. A caller who speaks
 * cancels both. Throws what the model throws; the agent then says that it cannot be told now.
 */
export function graphOf(model: BaseChatModel): Specialist {
  async function asked(instructions: string, { about, question }: Asked, signal?: AbortSignal): Promise<string> {
    const messages = [
      { role: 'system', content: instructions },
      { role: 'user', content: `${about}\n\n${question}` },
    ]
    return (await model.invoke(messages, signal && { signal })).text.trim()
  }

  const graph = new StateGraph(State)
    .addNode('choose', async (state, { signal }) => {
      const word = await asked(`Who should answer: ${Object.keys(ROOMS).join(', ')}? Say one word.`, state, signal)
      // A model may say more than it was asked for.
      const room = (Object.keys(ROOMS) as Room[]).find(name => word.toLowerCase().includes(name))
      return { room: room ?? 'training' }
    })
    .addNode('ask', async (state, { signal }) => ({ answer: await asked(`${ROOMS[state.room]} ${HOW}`, state, signal) }))
    .addEdge(START, 'choose')
    .addEdge('choose', 'ask')
    .addEdge('ask', END)
    .compile()

  return {
    async ask(question, member, signal) {
      const { answer } = await graph.invoke({ question, about: aboutOf(member) }, { signal })
      return answer.slice(0, MOST_LETTERS)
    },
  }
}

const aboutOf = ({ goal, plan, injuries }: Member): string =>
  `Goal: ${goal}. Plan: ${plan.join(', ')}. Injuries: ${injuries.join(', ') || 'none'}.`
