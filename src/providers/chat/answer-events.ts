import { createParser } from 'eventsource-parser'

/** What a server sends, one after the other: JSON values, and the mark that the answer is complete. */
export type AnswerEvent = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'done' }

const MOST_BYTES = 4 * 1024 * 1024
const DONE = '[DONE]'

/**
 * Reads a body of server-sent events, or of one JSON value, whatever its content type says. Throws a SyntaxError for data
 * that is not JSON, and an Error for a body of more than 4 MB.
 */
export async function* answerEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<AnswerEvent, void, undefined> {
  const decoder = new TextDecoder()
  let ready: AnswerEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => void ready.push(...eventsOf(event, data)),
  })
  let start = ''
  let format: 'unknown' | 'events' | 'json' = 'unknown'
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error(`an answer of more than ${MOST_BYTES} bytes`)
    const text = decoder.decode(chunk, { stream: true })
    if (format !== 'events') start += text
    if (format === 'unknown' && start.trim() !== '') {
      format = /^\s*[[{]/.test(start) ? 'json' : 'events'
      if (format === 'events') parser.feed(start)
    } else if (format === 'events') parser.feed(text)
    yield* ready
    ready = []
  }
  if (format === 'json') yield { kind: 'json', value: JSON.parse(start) }
  // The last event counts even if the blank line after it is missing.
  parser.feed('\n\n')
  yield* ready
}

/** Events without data, or of a name of their own without JSON, only keep the connection. */
function eventsOf(event: string | undefined, data: string): readonly AnswerEvent[] {
  if (data.trim() === '') return []
  if (data.trim() === DONE) return [{ kind: 'done' }]
  if (event === 'error') return [{ kind: 'json', value: { error: errorIn(data) } }]
  if (event !== undefined && event !== 'message' && !/^\s*[[{]/.test(data)) return []
  return [{ kind: 'json', value: JSON.parse(data) }]
}

function errorIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && 'error' in value ? value.error : value
  } catch {
    return text
  }
}
