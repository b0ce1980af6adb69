import { createParser } from 'eventsource-parser'

/** What a server sends, one after the other: JSON values, and the mark that the answer is complete. */
export type AnswerEvent = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'done' }

/** An answer of the most tokens that are asked for, each in an event of its own, is less. */
const MOST_BYTES = 4 * 1024 * 1024
/** No model writes so much in one event: the parser searches a line anew with each chunk, and it is parsed at once. */
const MOST_LINE_BYTES = 768 * 1024
const LINE_FEED = 10
/** After so many events or bytes that come at once the event loop serves the calls. */
const EVENTS_AT_ONCE = 16
const BYTES_AT_ONCE = 16 * 1024
const DONE = '[DONE]'
const TOO_LONG = 'its answer is longer than can be read'

/**
 * Reads a body of server-sent events, or of one JSON value, whatever its content type says. `pause` lets other work run.
 * Throws a SyntaxError for data that is not JSON, and an Error for a line of more than 768 KB or a body of more than 4 MB.
 */
export async function* answerEvents(
  body: AsyncIterable<Uint8Array>,
  pause: () => Promise<void>,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const decoder = new TextDecoder()
  let ready: AnswerEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => void ready.push(...eventsOf(event, data)),
  })
  let start = ''
  let format: 'unknown' | 'events' | 'json' = 'unknown'
  let bytes = 0
  let lineBytes = 0
  let bytesAtOnce = 0
  let eventsAtOnce = 0
  async function pauseAfter(newBytes: number, newEvents: number): Promise<void> {
    bytesAtOnce += newBytes
    eventsAtOnce += newEvents
    if (bytesAtOnce < BYTES_AT_ONCE && eventsAtOnce < EVENTS_AT_ONCE) return
    bytesAtOnce = 0
    eventsAtOnce = 0
    await pause()
  }
  for await (const chunk of body) {
    bytes += chunk.length
    const lineEnd = chunk.lastIndexOf(LINE_FEED)
    lineBytes = lineEnd < 0 ? lineBytes + chunk.length : chunk.length - lineEnd - 1
    if (lineBytes > MOST_LINE_BYTES || bytes > MOST_BYTES) throw new Error(TOO_LONG)
    await pauseAfter(chunk.length, 0)
    const text = decoder.decode(chunk, { stream: true })
    if (format !== 'events') start += text
    if (format === 'unknown' && start.trim() !== '') {
      format = /^\s*[[{]/.test(start) ? 'json' : 'events'
      if (format === 'events') parser.feed(start)
    } else if (format === 'events') parser.feed(text)
    if (format === 'json' && start.length > MOST_LINE_BYTES) throw new Error(TOO_LONG)
    for (const event of ready) {
      yield event
      await pauseAfter(0, 1)
    }
    ready = []
  }
  if (format === 'json') yield { kind: 'json', value: JSON.parse(start) }
  // The last event counts even if the blank line after it is missing.
  parser.feed('\n\n')
  yield* ready
}

/** Events without data, or of a name of their own without JSON, only keep the connection. */
function eventsOf(event: string | undefined, data: string): readonly AnswerEvent[] {
  if (data.length > MOST_LINE_BYTES) throw new Error(TOO_LONG)
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
