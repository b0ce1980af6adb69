import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'

const QUOTED = /^<conversation>\n(.*)\n<\/conversation>\nWrite the notes now/s
const MOST_LETTERS = 1_200

/** The notes that the server wants of a long call: what the caller said, the last of it. Undefined where it asks for none. */
export function callNotes(messages: readonly ModelMessage[]): ScriptedAnswer | undefined {
  const [, said] = QUOTED.exec(messages.at(-1)?.content ?? '') ?? []
  if (said === undefined) return undefined
  const words = said.split('\n').flatMap(line => /^Caller: (.*)/.exec(line)?.[1] ?? [])
  return { kind: 'say', text: `The caller said: ${words.join(' ').slice(-MOST_LETTERS)}` }
}
