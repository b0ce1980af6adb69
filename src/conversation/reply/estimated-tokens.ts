import type { Message, Prompt } from '../ports.ts'

const LETTERS_A_TOKEN = 4

/** About so many tokens a request took, by the letters that were sent and written. */
export function estimatedTokens(prompt: Prompt, written: number): { readonly input: number; readonly output: number } {
  const { instructions, history, tools, context = '' } = prompt
  const letters = history.reduce((sum, message) => sum + lettersOf(message), instructions.length + context.length)
  return {
    input: Math.ceil((letters + JSON.stringify(tools).length) / LETTERS_A_TOKEN),
    output: Math.ceil(written / LETTERS_A_TOKEN),
  }
}

function lettersOf(message: Message): number {
  switch (message.role) {
    case 'caller':
    case 'agent':
      return message.text.length
    case 'tool':
      return message.call.name.length + message.call.arguments.length + (message.result?.length ?? 0)
  }
}
