import type { Message } from '../conversation/ports.ts'
import { labelled } from '../conversation/turn/speakers.ts'

/** The conversation for human readers, one line per message. */
export function transcriptOf(messages: readonly Message[]): string {
  return labelled(messages)
    .map(message => `${lineOf(message)}\n`)
    .join('')
}

function lineOf(message: Message): string {
  switch (message.role) {
    case 'caller':
      return `Caller: ${message.text.replaceAll('\n', '\n        ')}`
    case 'agent':
      return `Agent:  ${message.text}${message.interrupted ? ' —' : ''}`
    case 'tool':
      return `        [${message.call.name} ${message.call.arguments} → ${message.result ?? 'no result'}]`
  }
}
