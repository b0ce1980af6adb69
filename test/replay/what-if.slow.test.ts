import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import type { LanguageModel } from '../../src/conversation/ports.ts'
import { ended } from '../../src/conversation/turn/enter.ts'
import { systemNetwork } from '../../src/network.ts'
import { NOT_RUN } from '../../src/replay/recorded-tools.ts'
import type { Change, RecordedCall, WhatIfParts } from '../../src/replay/report.ts'
import { whatIf } from '../../src/replay/what-if.ts'
import { whatIfInWords } from '../../src/replay/what-if-in-words.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWhatIfParts, recordedCall } from '../../src/what-if/parts.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const NAMES = ['talks-over', 'corrects', 'thinks-aloud', 'keys', 'echoes'] as const
type Name = (typeof NAMES)[number]
const calls = new Map<Name, RecordedCall>()
const lifetime = new AbortController()
let opened: Awaited<ReturnType<typeof openWhatIfParts>>

beforeAll(async () => {
  const settings = readSettings({ AGENT: 'receptionist' })
  opened = await openWhatIfParts(settings, systemClock, systemNetwork, lifetime.signal)
  for (const name of NAMES) {
    const all = await openWholeCalls({})
    const { lines, folder, record } = await all.passing(all.ring(await loadNamedFixture(name), { seed: 1 }))
    const wav = await readFile(join(folder, 'call-1.wav'))
    await all.close()
    calls.set(name, { callId: record.callSid, lines, recording: async attempt => (attempt === 1 ? wav : undefined) })
  }
})
afterAll(async () => {
  lifetime.abort()
  await opened.close()
})

function callOf(name: Name): RecordedCall {
  const call = calls.get(name)
  if (!call) throw new Error(`the call "${name}" was not rung`)
  return call
}
const run = (call: RecordedCall, change: Change = {}, parts: Partial<WhatIfParts> = {}) =>
  whatIf(call, change, { ...opened.parts, ...parts }, new AbortController().signal)

test.each(NAMES)('without a change "%s" goes as it went, from its sound alone', async name => {
  const { turns, indicativeFromTurn, notes } = await run(callOf(name))
  expect(turns.length).toBeGreaterThan(1)
  expect(turns.map(({ changed }) => changed)).toEqual(turns.map(() => []))
  expect({ indicativeFromTurn, notes }).toEqual({ indicativeFromTurn: null, notes: [] })
  for (const { before, after } of turns) {
    expect(after?.from).toBe('recorded')
    expect(after?.heard).toBe(before?.heard)
    expect(Math.abs((after?.startMs ?? 0) - (before?.startMs ?? 0))).toBeLessThan(100)
  }
})

test('the same run comes out the same each time', async () => {
  const change = { patience: { shortMs: 900 } }
  expect(await run(callOf('talks-over'), change)).toEqual(await run(callOf('talks-over'), change))
})

test('with more patience every turn ends later, and its answer is late by as much', async () => {
  const { turns } = await run(callOf('thinks-aloud'), { patience: { shortMs: 1_500, middleMs: 2_000 } })
  expect(turns[0]?.changed).toEqual(['end of turn', 'latency'])
  const { before, after } = turns[0] ?? {}
  const laterMs = (after?.endOfTurnMs ?? 0) - (before?.endOfTurnMs ?? 0)
  expect(laterMs).toBeGreaterThan(500)
  expect((after?.latencyMs ?? 0) - (before?.latencyMs ?? 0)).toBeCloseTo(laterMs)
  // The recorded tool has answered: nothing was booked for it.
  expect(after?.tools).toEqual(before?.tools)
})

test('a caller who cuts in hears less of a later answer, and the model is told so', async () => {
  const { turns } = await run(callOf('talks-over'), { patience: { shortMs: 1_500 } })
  const [first, second] = turns
  expect(first?.before?.heard.startsWith(first.after?.heard ?? '')).toBe(true)
  expect(first?.after?.heard.length).toBeLessThan(first?.before?.heard.length ?? 0)
  expect(second?.before?.from).toBe('recorded')
  expect(second?.after?.from).toBe('sandbox')
})

test('a tool that was never called like this is not run, and the report says from where on it only indicates', async () => {
  const live: LanguageModel = {
    async *reply({ history }) {
      const isAnswered = history.at(-1)?.role === 'tool'
      if (isAnswered) yield { kind: 'text', text: 'Sorry, that did not work.' }
      else
        yield { kind: 'tool-call', call: { id: 'new', name: 'book', arguments: '{"action":"make","what":"a boat"}' } }
    },
  }
  const asked: (string | undefined)[] = []
  const change = { instructions: 'You let boats.', model: 'other' }
  const report = await run(callOf('corrects'), change, {
    live(model) {
      asked.push(model)
      return live
    },
  })
  expect(asked).toEqual(['other'])
  const [first] = report.turns
  expect(first?.after).toMatchObject({ from: 'live', tools: [{ name: 'book', result: NOT_RUN }] })
  expect(first?.changed).toContain('tools')
  expect(report.indicativeFromTurn).toBe(2)
  expect(whatIfInWords('corrects', report)).toMatch(/from here on only indicative.*\n {2}2\. /)
})

test('without its sound a call is run from the times in its journal, and the report says so', async () => {
  const { turns, notes } = await run({ ...callOf('talks-over'), recording: async () => undefined })
  expect(turns.map(({ changed }) => changed)).toEqual(turns.map(() => []))
  expect(notes).toEqual([expect.stringContaining('there is no recording of attempt 1')])
})

test('a call that came back is run again with each of its streams', async () => {
  const all = await openWholeCalls({ env: { TRANSFER_NUMBER: '+15557654321' } })
  const script = await loadNamedFixture('keys')
  const [asks] = script.utterances
  if (!asks) throw new Error('the caller says nothing')
  const presses = { kind: 'keys', press: '0', cue: { after: 'agent-stopped', ms: 600 } } as const
  const again = { ...asks, cue: { after: 'agent-stopped', ms: 2_500 } } as const
  const utterances = [asks, presses, again]
  const { lines, folder, record } = await all.passing(
    all.ring({ ...script, utterances }, { seed: 3, dialOutcome: 'busy' }),
  )
  const wavs = await Promise.all([1, 2].map(attempt => readFile(join(folder, `call-${attempt}.wav`))))
  await all.close()
  const call: RecordedCall = { callId: record.callSid, lines, recording: async attempt => wavs[attempt - 1] }
  const { turns, notes } = await run(call)
  expect(notes).toEqual([])
  expect(turns.map(({ said }) => said)).toEqual(['Where are you?', 'Where are you?'])
  expect(turns.map(({ changed }) => changed)).toEqual(turns.map(() => []))
  expect(turns[1]?.before?.startMs).toBeGreaterThan(turns[0]?.before?.endOfTurnMs ?? 0)
})

test('a call out of the records has its sound in pieces, but not without end', async () => {
  const wav = await callOf('keys').recording(1, lifetime.signal)
  if (!wav) throw new Error('there is no recording')
  async function* read(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += 10_000) yield wav?.subarray(at, Math.min(to, at + 10_000)) ?? new Uint8Array()
  }
  const kept = recordedCall('CA1', [], async attempt => (attempt === 1 ? { bytes: wav.length, read } : undefined))
  expect(Buffer.compare((await kept.recording(1, lifetime.signal)) ?? new Uint8Array(), wav)).toBe(0)
  expect(await kept.recording(2, lifetime.signal)).toBeUndefined()
  const endless = recordedCall('CA1', [], async () => ({ bytes: 1e12, read }))
  await expect(endless.recording(1, lifetime.signal)).rejects.toThrow('longer than half an hour')
})

test('a call that ended before it began, as after a wrong PIN, has nothing to run', async () => {
  const [line] = callOf('keys').lines
  if (!line || !('started' in line)) throw new Error('the call has no start')
  const turn = ended(line.started.turn.context, 'hang-up', 'the PIN was wrong')
  const report = await run({ ...callOf('keys'), lines: [{ ...line, started: { ...line.started, turn } }] })
  expect(report).toMatchObject({ turns: [], indicativeFromTurn: null })
})

test('a call of an agent that is not here is refused, and an abort is heeded', async () => {
  await expect(run(callOf('keys'), {}, { agentOf: () => undefined })).rejects.toThrow(
    'the call was held by the agent "receptionist" in the language "en", which this server does not have',
  )
  const given = new AbortController()
  given.abort(new Error('enough'))
  await expect(whatIf(callOf('keys'), {}, opened.parts, given.signal)).rejects.toThrow('enough')
  const stalls: LanguageModel = {
    reply: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
  }
  const later = new AbortController()
  const parts: WhatIfParts = {
    ...opened.parts,
    live() {
      setImmediate(() => later.abort(new Error('enough of it')))
      return stalls
    },
  }
  await expect(whatIf(callOf('keys'), { model: 'other' }, parts, later.signal)).rejects.toThrow('enough of it')
})
