import { agreementIn } from '../../../src/conversation/turn/agreement.ts'
import { english } from '../../../src/languages/english.ts'
import type { ModelMessage } from '../../../src/sandbox/openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../../../src/sandbox/openai/task-model.ts'
import type { Order } from '../../../src/sandbox/openai/task-orders.ts'
import type { Due } from '../../../src/tasks/dates/due.ts'
import { NOW, openTasks, ZONE } from '../../tasks/tasks.ts'
import { AGENT, OWNER, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../../tools/opened.ts'

/** What the caller says, the answer, and the part of it that they hear before they speak again (default: all). */
export type Turn = readonly [said: string, answer: string, heard?: string]

/** Runs the scripted model with the real tools; destructive calls are confirmed as in a real conversation. */
export async function converse(turns: readonly Turn[]) {
  const store = await openTasks()
  const tools = await opened({ tools: TASK_TOOLS, agents: { [AGENT]: TASK_NAMES } }, { inside: [tasksInside(store)] })
  const messages: ModelMessage[] = []
  let open: { readonly question: string; readonly call: Order } | undefined

  async function used(call: Order, agreed: boolean): Promise<string | undefined> {
    const outcome = await tools.run(call.name, call.arguments, { agreed })
    const asks = outcome.kind === 'ask'
    const content = asks ? `Not done yet: the caller was asked "${outcome.question}" first.` : outcome.text
    messages.push({ role: 'assistant', content: '' }, { role: 'tool', tool: call.name, content })
    open = asks ? { question: outcome.question, call } : undefined
    return open?.question
  }

  async function answered(said: string): Promise<string> {
    messages.push({ role: 'user', content: said })
    const asked = open
    open = undefined
    if (asked && agreementIn(said, asked.question, english) === 'yes') await used(asked.call, true)
    for (let part = 0; part < 6; part++) {
      const answer = scriptedTaskAnswer(messages, TASK_NAMES)
      if (answer.kind === 'say') return answer.text
      const question = await used(answer, false)
      if (question !== undefined) return question
    }
    throw new Error(`"${said}" was answered only with tool calls`)
  }

  const answers: string[] = []
  for (const [said, , heard] of turns) {
    const answer = await answered(said)
    answers.push(answer)
    const cut = heard !== undefined && `${heard} … [interrupted by the caller here: the rest was not heard]`
    // A question counts as asked only when it was heard to its end.
    if (cut) open = undefined
    messages.push({ role: 'assistant', content: cut || answer })
  }
  const listed = await store.of(OWNER).list('all', 100, { now: NOW, zone: ZONE })
  return { answers, stored: listed.map(({ status, title, due }) => [status, title, ...dueOf(due)].join(', ')) }
}

function dueOf(due: Due | null): readonly string[] {
  if (due === null) return []
  return [due.kind === 'day' ? due.date : due.at.slice(0, 16)]
}
