import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../conversation/ports.ts'
import { type DelayProfile, drawMs } from './delays.ts'
import type { FaultyLine } from './faults.ts'

/** One server-sent event of a model's answer. */
export interface StreamedEvent {
  /** The event's name; most servers give none. */
  readonly event?: string
  readonly data: object
  /** Which token of the answer it brings. Without one it is sent at once. */
  readonly token?: number
}

/** How a stand-in's model streams. */
export interface Streaming {
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  readonly line: FaultyLine
  readonly signal: AbortSignal
}

/** So much of a broken event is sent. */
const BROKEN_LETTERS = 16

/** Streams a model's answer at the profile's speed, with the faults of the line. Throws when the signal aborts. */
export async function streamEvents(
  response: ServerResponse,
  events: readonly StreamedEvent[],
  { profile, chance, clock, line, signal }: Streaming,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  const firstDueMs = clock.now() + drawMs(profile.firstToken, chance)
  await clock.sleep(firstDueMs - clock.now(), signal)
  for (const { event, data, token = 0 } of events) {
    const dueMs = firstDueMs + (token * 1_000) / profile.tokensPerSecond
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), signal)
    const text = JSON.stringify(data)
    switch (line.fate()) {
      case 'send':
        break
      case 'drop':
        return signal.throwIfAborted()
      case 'stall':
        await once(signal, 'abort')
        return signal.throwIfAborted()
      case 'malformed':
        response.write(`data: ${text.slice(0, BROKEN_LETTERS)}\n\n`)
        continue
    }
    const head = event === undefined ? '' : `event: ${event}\n`
    if (!response.write(`${head}data: ${text}\n\n`)) await once(response, 'drain', { signal })
  }
}
