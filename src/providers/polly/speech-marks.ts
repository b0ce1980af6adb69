import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import type { Boundary } from '../clouds/aligned-words.ts'
import { POLLY } from './polly-requests.ts'

const MOST_LETTERS = 1024 * 1024
const mark = z.object({ type: z.string(), time: z.number(), value: z.string() })

/** Reads marks, a JSON object in each line, from bytes that may end anywhere. Times are ms of the clause's sound. */
export async function* marksIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Boundary, void, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MOST_LETTERS) throw unreadable()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield* markIn(line)
  }
  yield* markIn(text + decoder.decode())
}

function* markIn(line: string): Generator<Boundary> {
  if (line.trim() === '') return
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (cause) {
    throw unreadable(cause)
  }
  const read = mark.safeParse(json)
  if (!read.success) throw unreadable(read.error)
  if (read.data.type === 'word') yield { text: read.data.value, startMs: read.data.time }
}

const unreadable = (cause?: unknown): ProviderError =>
  new ProviderError(POLLY, 'a speech mark that cannot be read', { retryable: true, cause })
