import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock, Prompt } from '../../src/conversation/ports.ts'
import type { Picture } from '../../src/conversation/sight.ts'
import { callTraceparent, traceIdOf } from '../../src/traces/ids.ts'
import { openTraces } from '../../src/traces/traces.ts'
import { FakeClock } from '../fakes/clock.ts'
import { accepts, openCollector, valuesOf } from './collector.ts'
import { CALL, firstRequest, MODEL, recorded, spansOf } from './recorded.ts'

const STARTED = new Date('2026-11-27T12:00:00.250Z')

async function opened(endpoint: string, clock: Clock = systemClock) {
  const log: string[] = []
  const logged = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`)
  const settings = { endpoint, headers: { 'x-key': 'of mine' }, resource: { 'service.name': 'line 7' } }
  const traces = await openTraces({ settings, model: MODEL, clock, log: { info: logged, warn: logged } })
  const trace = traces.ofCall({ callId: CALL, attempt: 1, startedAt: STARTED })
  const ring = async () => {
    for (const line of await recorded('tasks')) trace(line)
  }
  return { traces, ring, log, trace }
}

test('a collector gets the whole call over OTLP, as one trace with the times of the call', async () => {
  const { url, received } = await openCollector()
  const { traces, ring, log } = await opened(url)
  await ring()
  await traces.close()
  const spans = received.flatMap(batch => batch.spans)
  const lines = await recorded('tasks')
  const made = spansOf(lines)
  expect(spans.map(({ spanId, name }) => [spanId, name]).toSorted()).toEqual(
    made.map(({ id, name }) => [id, name]).toSorted(),
  )
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf(CALL)]))
  const call = spans.find(({ name }) => name === 'call')
  expect(call).toMatchObject({ kind: 2, startTimeUnixNano: `${STARTED.getTime()}000000` })
  expect(call).not.toHaveProperty('parentSpanId', expect.stringMatching(/./))
  const chat = spans.find(({ name }) => name.startsWith('chat'))
  const startedNs = BigInt(STARTED.getTime()) * 1_000_000n + BigInt(Math.round(firstRequest(lines).startMs * 1e6))
  expect(chat).toMatchObject({ kind: 3, startTimeUnixNano: `${startedNs}` })
  expect(valuesOf(chat?.attributes ?? [])).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 369,
  })
  expect(received[0]).toMatchObject({ resource: { 'service.name': 'line 7' }, headers: { 'x-key': 'of mine' } })
  expect(log).toEqual([])
})

test('the streams of a call that came back are one trace with two roots', async () => {
  const { url, received } = await openCollector()
  const { traces, ring } = await opened(url)
  await ring()
  const again = traces.ofCall({ callId: CALL, attempt: 2, startedAt: STARTED })
  for (const line of (await recorded('corrects')).slice(-1)) again(line)
  await traces.close()
  const calls = received.flatMap(batch => batch.spans).filter(({ name }) => name === 'call')
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1)
  expect(new Set(calls.map(({ spanId }) => spanId)).size).toBe(2)
})

test.each([
  ['says no', (response: Parameters<typeof accepts>[0]) => void response.writeHead(400).end('words of a stranger')],
  ['breaks off', (response: Parameters<typeof accepts>[0]) => void response.destroy()],
  ['answers with what is not JSON', (response: Parameters<typeof accepts>[0]) => void response.end('<html>')],
])('a collector that %s stops nothing', async (what, answer) => {
  const { url, received } = await openCollector(answer)
  const { traces, ring, log } = await opened(url)
  await ring()
  await traces.close()
  expect(received.length).toBeGreaterThan(0)
  // Whether spans were lost is told once, without what the collector said.
  const lost = log.filter(line => line.startsWith('traces cannot be sent'))
  if (what === 'says no') expect(lost).toHaveLength(1)
  expect(log.join()).not.toContain('words of a stranger')
})

test('nobody at the collector’s address stops nothing, and closing ends', async () => {
  const { url, close } = await openCollector()
  close()
  const { traces, ring, log } = await opened(url)
  await ring()
  await traces.close()
  expect(log.join('\n')).toMatch(/traces cannot be sent|the last traces were not sent/)
})

test('a collector that hangs holds nothing up: more spans are dropped, and closing ends by the clock', async () => {
  const { url, arrived } = await openCollector(() => undefined)
  const clock = new FakeClock()
  const { traces, ring, log } = await opened(url, clock)
  for (let calls = 0; calls < 60; calls++) await ring()
  const dropped = await opened(url, clock)
  const lines = await recorded('tasks')
  for (let calls = 0; calls < 120; calls++) {
    const trace = dropped.traces.ofCall({ callId: `CA${calls}`, attempt: 1, startedAt: STARTED })
    for (const line of lines) trace(line)
  }
  expect(dropped.log.filter(line => line.includes('too many spans wait'))).toHaveLength(1)
  await arrived
  const closing = Promise.all([traces.close(), dropped.traces.close()])
  await clock.advance(3_500)
  await closing
  expect(log.join()).toContain('the last traces were not sent')
})

test('spans that were lost are counted when the collector is back', async () => {
  let isUp = false
  const { url } = await openCollector(response => (isUp ? accepts(response) : void response.writeHead(400).end()))
  const { traces, log } = await opened(url)
  const lines = await recorded('tasks')
  /** Enough for a batch, so that it is sent at once. */
  const ringMany = (from: number): void => {
    for (let call = from; call < from + 12; call++) {
      const trace = traces.ofCall({ callId: `CA${call}`, attempt: 1, startedAt: STARTED })
      for (const line of lines) trace(line)
    }
  }
  ringMany(0)
  while (log.length === 0) await new Promise(setImmediate)
  isUp = true
  ringMany(100)
  await traces.close()
  expect(log).toEqual([
    expect.stringContaining('traces cannot be sent'),
    expect.stringMatching(/^traces are sent again \{"lost":\d{3,}\}$/),
  ])
})

test('a line that cannot be read ends the trace of that call alone', async () => {
  const { url, received } = await openCollector()
  const { traces, trace, log, ring } = await opened(url)
  const [start] = await recorded('tasks')
  if (!start) throw new Error('no call')
  trace({ ...start, decided: { kind: 'turn' } } as never)
  trace({ v: 2, seq: 2, atMs: 0, decided: { kind: 'turn' } } as never)
  await ring()
  await traces.close()
  expect(log.filter(line => line.startsWith('a call cannot be traced any further'))).toHaveLength(1)
  expect(received.flatMap(({ spans }) => spans.map(({ name }) => name))).not.toContain('call')
})

test('the model’s server is told of the call’s trace', async () => {
  const { url } = await openCollector()
  const { traces } = await opened(url)
  const asked: Prompt[] = []
  const model = traces.model(
    {
      async *reply(prompt) {
        asked.push(prompt)
        yield { kind: 'text', text: 'hello' }
      },
    },
    { callId: CALL, attempt: 3, startedAt: STARTED },
  )
  const prompt = { instructions: 'Be brief.', history: [], tools: [] }
  expect(await Array.fromAsync(model.reply(prompt, new AbortController().signal))).toHaveLength(1)
  expect(asked).toEqual([{ ...prompt, traceparent: callTraceparent(CALL, 3) }])
  await traces.close()
})

test('so are whoever looks at a screen, and whoever a call connects to', async () => {
  const { url } = await openCollector()
  const { traces } = await opened(url)
  const call = { callId: CALL, attempt: 2, startedAt: STARTED }
  const shown: Picture[] = []
  const describe = async (picture: Picture) => {
    shown.push(picture)
    return 'a letter'
  }
  const picture = { jpeg: Uint8Array.of(1), takenMs: 5 }
  expect(await traces.sight({ describe }, call).describe(picture, undefined, new AbortController().signal)).toBe(
    'a letter',
  )
  expect(shown).toEqual([{ ...picture, traceparent: callTraceparent(CALL, 2) }])
  expect(traces.traceparent(call)).toBe(callTraceparent(CALL, 2))
  await traces.close()
})
