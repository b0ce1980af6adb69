import { createHash } from 'node:crypto'
import type { MessagesRequest } from './request-rules.ts'

/** Shorter beginnings are not kept. */
const LEAST_TOKENS = 1_024
const MOST_KEPT = 1_000

/** The tokens of a request, as Anthropic counts them: those of the cache apart from the others. */
export interface InputTokens {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
}

interface Marked {
  readonly cache_control?: object | null | undefined
  readonly [field: string]: unknown
}

/** Keeps the beginnings of requests that end at a mark, as the vendor does. */
export class PromptCache {
  readonly #kept = new Set<string>()

  count({ tools = [], system, messages }: MessagesRequest): InputTokens {
    const told = typeof system === 'string' ? [{ text: system }] : (system ?? [])
    const blocks: readonly Marked[] = [
      ...[...tools, ...told],
      ...messages.flatMap(({ role, content }) => content.map(one => ({ role, ...one }))),
    ]
    const hash = createHash('sha256')
    let letters = 0
    let read = 0
    let marked = 0
    const marks: string[] = []
    for (const { cache_control: mark, ...bare } of blocks) {
      const text = JSON.stringify(bare)
      hash.update(text)
      letters += text.length
      const key = hash.copy().digest('hex')
      const tokens = Math.ceil(letters / 4)
      if (this.#kept.has(key)) read = tokens
      if (!mark || tokens < LEAST_TOKENS) continue
      marked = tokens
      marks.push(key)
    }
    for (const key of marks) this.#kept.add(key)
    for (const key of this.#kept) if (this.#kept.size > MOST_KEPT) this.#kept.delete(key)
    const created = Math.max(0, marked - read)
    return {
      input_tokens: Math.ceil(letters / 4) - read - created,
      ...{ cache_creation_input_tokens: created, cache_read_input_tokens: read },
    }
  }
}
