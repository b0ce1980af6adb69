import type { Message } from '../conversation/ports.ts'

/** The conversation as a person reads it: what each said and heard, one line each. */
export function transcriptOf(messages: readonly Message[]): string {
  return messages.map(message => `${lineOf(message)}\n`).join('')
}

function lineOf(message: Message): string {
  switch (message.role) {
    case 'caller':
      return `Caller: ${message.text}`
    case 'agent':
      return `Agent:  ${message.text}${message.interrupted ? ' —' : ''}`
    case 'tool':
      return `        [${message.call.name} ${message.call.arguments} → ${message.result ?? 'no result'}]`
  }
}
