import { expect, onTestFinished, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { MadeBefore } from '../../src/conversation/ports.ts'
import { begin, ended } from '../../src/conversation/turn/enter.ts'
import { linesBefore, stateAfter } from '../../src/journal/streams-before.ts'
import { english } from '../../src/languages/english.ts'
import { onTheLine, POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'
import { FakeTools } from '../fakes/tools.ts'
import { openStore } from './opened-store.ts'

const FRESH = { turn: begin(POLICY, 0, 'greeting', 1_000_000), history: [] }
const after = (lines: readonly JournalLine[]) =>
  stateAfter(lines, FRESH, POLICY, undefined, english, 'call-7', { error: () => expect.unreachable() })

test.each(['lost', 'gone'] as const)('a call that comes back goes on from before its line was %s', async kind => {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    call.model.scripts.push(['What is it called?'])
    await call.greeted()
    await call.callerSays('add a task')
    await call.until('replying')
    await call.until('listening')
    call.channel.person.push({ kind, why: 'the stream is over' })
    await call.pass(100)
    lines.push(...call.journal.lines)
  })
  const { turn } = after(lines)
  expect(turn).toMatchObject({ kind: 'replying', reply: { content: { kind: 'repeat', text: 'What is it called?' } } })
})

test('a change whose result came after the line broke is known', async () => {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    call.tools.add('pay', true, (_, signal) => call.clock.sleep(2_000, signal).then(() => 'Paid.'))
    call.model.scripts.push([{ tool: toolCall('pay') }])
    await call.greeted()
    await call.callerSays('pay it')
    await call.until('replying')
    await call.pass(1_000)
    call.channel.person.push({ kind: 'lost', why: 'the line closed' })
    await call.pass(3_000)
    lines.push(...call.journal.lines)
  })
  const { turn, history } = after(lines)
  expect(history.map(({ message }) => message)).toContainEqual(
    expect.objectContaining({ role: 'tool', result: 'Paid.' }),
  )
  expect(turn).toMatchObject({ kind: 'replying', reply: { resumed: { part: 1, said: '', tools: [] } } })
})

test('a call whose line broke while a PIN was asked for begins anew', async () => {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    lines.push(...call.journal.lines)
  })
  const [first] = lines
  if (!first || !('started' in first)) throw new Error('there is no start')
  const turn = ended(begin(POLICY, 0).context, 'unavailable', 'the line closed')
  expect(after([{ ...first, started: { ...first.started, turn } }])).toBe(FRESH)
})

test('the tools are told what was made before, and how long ago', async () => {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    call.tools.add('pay', true, async () => 'Paid.')
    call.model.scripts.push([{ tool: toolCall('pay') }])
    await call.greeted()
    await call.callerSays('pay it')
    await call.until('replying')
    await call.until('listening')
    lines.push(...call.journal.lines)
  })
  const started = lines.find(line => 'started' in line)
  const paid = lines.find(line => 'input' in line && line.input.kind === 'tool-result')
  const beganMs = started && 'started' in started ? Date.parse(started.started.wallTime) : 0
  const store = {
    ...(await openStore('sqlite::memory:')),
    linesOf: async () => lines.map(line => JSON.stringify(line)),
  }
  onTestFinished(() => store.close())
  const told: MadeBefore[] = []
  const tools = new FakeTools()
  const remember = (_: string, made: readonly MadeBefore[]): void => void told.push(...made)
  const log = { error: () => expect.unreachable() }
  await linesBefore(store, 'call-7', log, { ...tools, specs: [], run: tools.run, remember }, new Date(beganMs + 60_000))
  expect(told).toEqual([{ agent: 'Paula', call: toolCall('pay'), result: 'Paid.', agoMs: 60_000 - (paid?.atMs ?? 0) }])
})
