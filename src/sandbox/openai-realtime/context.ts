import type { ModelMessage } from '../openai/scripted-model.ts'
import type { Item, ResponseParams } from './client-events.ts'

/** An item of the session's conversation: what was made by the client, or an utterance of the caller's. */
export type HeldItem =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'sound'; readonly ms: number; transcript: string }

/** What a response is made from, or why the vendor refuses to make one. */
export type Context =
  | {
      readonly kind: 'ready'
      readonly messages: readonly ModelMessage[]
      readonly audioMs: number
      readonly letters: number
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly param: string }

/** The scripts answer the caller; what our server adds beside their words is for models that can judge it. */
const withoutContext = (content: string): string => content.replace(/^<context>\n.*?\n<\/context>(?:\n|$)/s, '')

/** Reads a response's own input, or the session's conversation where it has none. */
export function contextOf({ input }: ResponseParams, held: ReadonlyMap<string, HeldItem>): Context {
  const messages: ModelMessage[] = []
  const calls = new Map<string, string>()
  let audioMs = 0
  let letters = 0
  const refused = (index: number, code: string, message: string): Context => ({
    ...{ kind: 'refused', code, message, param: `response.input[${index}]` },
  })

  function take(given: HeldItem): void {
    if (given.kind === 'sound') {
      audioMs += given.ms
      add('user', given.transcript)
      return
    }
    const { item } = given
    switch (item.type) {
      case 'message': {
        const text = item.content.map(part => part.text).join('')
        letters += text.length
        add(item.role, withoutContext(text))
        return
      }
      case 'function_call':
        calls.set(item.call_id, item.name)
        letters += item.arguments.length
        return
      case 'function_call_output':
        letters += item.output.length
        messages.push({ role: 'tool', content: item.output, tool: calls.get(item.call_id) })
    }
  }

  /** Items of the caller one after the other are one turn. */
  function add(role: string, content: string): void {
    const last = messages.at(-1)
    if (last?.role === 'user' && role === 'user')
      messages[messages.length - 1] = { role, content: `${last.content} ${content}`.trim() }
    else messages.push({ role, content })
  }

  if (!input) {
    for (const item of held.values()) take(item)
    return { kind: 'ready', messages, audioMs, letters }
  }
  for (const [index, item] of input.entries()) {
    if (item.type === 'item_reference') {
      const found = held.get(item.id)
      if (!found) return refused(index, 'item_not_found', `Item with id '${item.id}' not found.`)
      take(found)
    } else if (item.type === 'function_call_output' && !calls.has(item.call_id))
      return refused(index, 'invalid_tool_call_id', `Tool call ID '${item.call_id}' not found in conversation.`)
    else take({ kind: 'item', item })
  }
  return { kind: 'ready', messages, audioMs, letters }
}
