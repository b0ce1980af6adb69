import type { Clock, Message, Prompt, ToolSet } from '../../src/conversation/ports.ts'
import type { TestCall } from '../fakes/call.ts'
import type { ModelAnswer } from '../fakes/model.ts'

/** Replaces the call's fake tools with real ones. The fake still counts the runs. The tools get `callId`. */
export function useTools(call: TestCall, tools: ToolSet, callId = 'call-7'): void {
  const fake = call.tools
  const run: ToolSet['run'] = async (toolCall, context, signal) => {
    fake.runs.push({ call: toolCall, context })
    fake.running++
    try {
      return await tools.run(toolCall, { ...context, callId }, signal)
    } finally {
      fake.running--
    }
  }
  Object.defineProperties(fake, { specs: { get: () => tools.specs }, run: { value: run } })
}

/** A clock that follows the current call's, so that tools can be opened once for many calls. */
export const clockOf = (now: () => Clock): Clock => ({
  now: () => now().now(),
  wallTime: () => now().wallTime(),
  sleep: (ms, signal) => now().sleep(ms, signal),
})

/** Computes the answers of the call's scripted model from each prompt. */
export function useAnswers(call: TestCall, answersTo: (prompt: Prompt) => readonly ModelAnswer[]): void {
  const { model } = call
  const reply = model.reply.bind(model)
  model.reply = (prompt, signal) => {
    model.scripts.push(answersTo(prompt))
    return reply(prompt, signal)
  }
}

export type ToolMessage = Extract<Message, { role: 'tool' }>

/** The calls of a tool in the prompt's history. */
export const callsOf = ({ history }: Prompt, tool: string): readonly ToolMessage[] =>
  history.filter((message): message is ToolMessage => message.role === 'tool' && message.call.name === tool)
