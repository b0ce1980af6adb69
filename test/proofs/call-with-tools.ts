import type { Clock, Message, Prompt, ToolSet } from '../../src/conversation/ports.ts'
import type { TestCall } from '../fakes/call.ts'
import type { ModelAnswer } from '../fakes/model.ts'

/** Puts real tools in the place of the call's fake ones, which go on counting what runs; they know it as `callId`. */
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

/** The clock of the call that goes on: so that tools which take long to open can be opened once for many calls. */
export const clockOf = (now: () => Clock): Clock => ({
  now: () => now().now(),
  wallTime: () => now().wallTime(),
  sleep: (ms, signal) => now().sleep(ms, signal),
})

/** Lets the call's model think with `thoughts` each time it is asked. */
export function useThoughts(call: TestCall, thoughts: (prompt: Prompt) => readonly ModelAnswer[]): void {
  const { model } = call
  const follow = model.reply.bind(model)
  model.reply = (prompt, signal) => {
    model.scripts.push(thoughts(prompt))
    return follow(prompt, signal)
  }
}

export type ToolMessage = Extract<Message, { role: 'tool' }>

/** The calls of a tool that the model is told of. */
export const callsOf = ({ history }: Prompt, tool: string): readonly ToolMessage[] =>
  history.filter((message): message is ToolMessage => message.role === 'tool' && message.call.name === tool)
