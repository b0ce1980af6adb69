import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { callSpanId, toolSpanId } from '../../src/traces/ids.ts'
import type { MadeSpan } from '../../src/traces/span.ts'
import { firstRequest, RECORDED, recorded, spansOf } from './recorded.ts'

const named = (spans: readonly MadeSpan[], name: string): readonly MadeSpan[] =>
  spans.filter(span => span.name === name)

describe.each(RECORDED)('the recorded call %s', name => {
  test('is one tree: each span has an id of its own, and a parent that is there and as long', async () => {
    const spans = spansOf(await recorded(name))
    const byId = new Map(spans.map(span => [span.id, span]))
    expect(byId.size).toBe(spans.length)
    expect(spans.filter(({ parentId }) => parentId === undefined).map(({ id }) => id)).toEqual([callSpanId('CA1', 1)])
    expect(spans.at(-1)?.name).toBe('call')
    for (const { id, parentId, startMs, endMs } of spans) {
      expect(id).toMatch(/^[\da-f]{16}$/)
      expect(startMs).toBeLessThanOrEqual(endMs)
      const parent = parentId === undefined ? undefined : byId.get(parentId)
      expect(parentId === undefined || parent !== undefined).toBe(true)
      if (parent?.name === 'call' || parent?.name === 'turn') expect(startMs).toBeGreaterThanOrEqual(parent.startMs)
    }
  })

  test('has a turn for each turn that was answered, with its parts and its tools', async () => {
    const spans = spansOf(await recorded(name))
    const read = await readFile(new URL(`../../fixtures/calls/recorded-${name}/expect.json`, import.meta.url), 'utf8')
    const expected: { callerSaid: string[]; tools: { name: string }[]; interruptions: number } = JSON.parse(read)
    const turns = named(spans, 'turn')
    expect(turns).toHaveLength(expected.callerSaid.length)
    const tools = spans.filter(span => span.name.startsWith('execute_tool '))
    expect(tools.map(span => span.attributes['gen_ai.tool.name'])).toEqual(expected.tools.map(tool => tool.name))
    expect(spans.at(-1)?.attributes).toMatchObject({
      'partyline.call.turns': turns.length,
      'partyline.call.interruptions': expected.interruptions,
      'partyline.call.next': 'hang-up',
    })
    for (const turn of turns) {
      const parts = spans.filter(({ parentId }) => parentId === turn.id).map(span => span.name)
      expect(parts).toEqual(expect.arrayContaining(['turn end', 'chat gpt-4o-mini', 'speech', 'playout']))
      expect(turn.attributes['partyline.turn.latency_ms']).toBeGreaterThan(0)
    }
  })

  test('says nothing of what was said', async () => {
    const lines = await recorded(name)
    const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}{4,}/gu) ?? []
    const told = new Set(wordsIn(JSON.stringify(spansOf(lines))))
    const said = new Set(
      lines.flatMap(line => ('input' in line && 'text' in line.input ? wordsIn(line.input.text) : [])),
    )
    expect(said.size).toBeGreaterThan(15)
    // Names of the agents and their tools are no words of the caller's.
    const own = [
      'task',
      'tasks',
      'manager',
      'create',
      'delete',
      'list',
      'book',
      'update',
      'complete',
      'undo',
      'partyline',
      'call',
      'caller',
    ]
    expect([...said].filter(word => told.has(word) && !own.includes(word))).toEqual([])
  })

  test('may break off anywhere', async () => {
    const lines = await recorded(name)
    for (let end = 0; end <= lines.length; end += 7) {
      const spans = spansOf(lines.slice(0, end))
      expect(new Set(spans.map(({ id }) => id)).size).toBe(spans.length)
    }
  })
})

test('a request to the model has what OpenTelemetry’s conventions for generative AI want', async () => {
  const lines = await recorded('tasks')
  const [first] = named(spansOf(lines), 'chat gpt-4o-mini')
  expect(first).toMatchObject({ kind: 'client', ...firstRequest(lines) })
  expect(first?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.conversation.id': 'CA1',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.request.stream': true,
    'gen_ai.response.time_to_first_chunk': expect.closeTo(0.20818, 5),
    'gen_ai.usage.input_tokens': 369,
    'gen_ai.usage.output_tokens': 4,
    'server.address': 'api.example.com',
    'server.port': 443,
  })
})

test('a tool’s span has the id that its server is told', async () => {
  const lines = await recorded('tasks')
  const tools = spansOf(lines).filter(span => span.name.startsWith('execute_tool '))
  const called = lines.flatMap(line => ('input' in line && line.input.kind === 'tool-called' ? [line.input] : []))
  // No answer of this call has two tools.
  expect(tools.map(({ id }) => id)).toEqual(called.map(({ reply, part }) => toolSpanId(`CA1:${reply}-${part}-0`)))
})

test('a draft that was thrown away is told as waste, and begins where it was made', async () => {
  const lines = await recorded('tasks')
  const drafts = named(spansOf(lines), 'draft')
  expect(drafts.length).toBeGreaterThan(3)
  for (const { attributes } of drafts) expect(attributes['partyline.reply.end']).toBe('wasted')
  expect(drafts[0]?.startMs).toBe(firstRequest(lines).startMs)
})

/** The recorded call with lines put in before the first one that matches. */
async function changed(at: (line: JournalLine) => boolean, change: (line: JournalLine) => readonly Line[]) {
  const lines = await recorded('tasks')
  const i = lines.findIndex(at)
  const found = lines[i]
  if (!found) throw new Error('the recorded call has changed')
  const { seq, atMs } = found
  return [
    ...lines.slice(0, i),
    ...change(found).map(line => ({ v: 2 as const, seq, atMs, ...line })),
    ...lines.slice(i + 1),
  ]
}

const isResult = (line: JournalLine): boolean => 'input' in line && line.input.kind === 'tool-result'

test.each([
  ['OpenAI: 503 no, Anna', '503'],
  ['Anna said 12345', '_OTHER'],
])('what a vendor says of a failure ("%s") is told as %s alone', async (why, type) => {
  const lines = await changed(isResult, line => [
    { input: { kind: 'reply-failed', reply: 12, provider: 'OpenAI', why, atMs: line.atMs } },
  ])
  const spans = spansOf(lines)
  expect(spans.find(({ attributes }) => attributes['partyline.reply.end'] === 'failed')?.error).toBe(type)
  expect(JSON.stringify(spans)).not.toMatch(/Anna|12345/)
})

test('a tool that fails, and one that goes on after the reply was cut, have their spans', async () => {
  const lines = await changed(isResult, line => [
    { input: { kind: 'heard', reply: 12, part: 0, text: '', cut: true, atMs: line.atMs } },
    { noted: { kind: 'tool-failed', tool: 'list_tasks', why: 'Error: Anna is not there' } },
    ...('input' in line ? [{ input: line.input }] : []),
  ])
  const spans = spansOf(lines)
  const [tool] = spans.filter(({ name }) => name === 'execute_tool list_tasks')
  expect(tool?.error).toBe('_OTHER')
  expect(spans.find(({ id }) => id === tool?.parentId)?.attributes['partyline.reply.end']).toBe('interrupted')
})

test('a tool that the model has made up may be named anything, so its name is not told', async () => {
  const lines = await changed(
    line => 'input' in line && line.input.kind === 'tool-called',
    line =>
      'input' in line && line.input.kind === 'tool-called'
        ? [{ input: { ...line.input, call: { ...line.input.call, name: 'call Anna at +1555' } } }]
        : [],
  )
  expect(spansOf(lines).map(({ name }) => name)).toContain('execute_tool other')
})

test('how the line was is told with the call', async () => {
  const recordedLines = await recorded('tasks')
  const lines = recordedLines.filter(line => !('noted' in line && line.noted.kind === 'line-quality'))
  const quality = (leg: string, mos: number | null): JournalLine => ({
    ...{ v: 2, seq: 9_000, atMs: lines.at(-1)?.atMs ?? 0 },
    noted: { kind: 'line-quality', leg, mos },
  })
  const spans = spansOf([...lines.slice(0, -1), quality('caller', 4.2), quality('agent', null), ...lines.slice(-1)])
  expect(spans.at(-1)?.attributes['partyline.line.caller.mos']).toBe(4.2)
  expect(spans.at(-1)?.attributes).not.toHaveProperty('partyline.line.agent.mos')
})

test('nothing of replies that never end is kept', async () => {
  const lines = await recorded('tasks')
  const asked = lines.find(
    line => 'decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'replying',
  )
  if (!asked || !('decided' in asked) || asked.decided.kind !== 'turn' || asked.decided.turn.kind !== 'replying')
    throw new Error()
  const { turn } = asked.decided
  const endless = Array.from({ length: 500 }, (_, i): readonly JournalLine[] => {
    const place = { ...asked, seq: 10_000 + 2 * i }
    const decided = { kind: 'turn', turn: { ...turn, reply: { ...turn.reply, id: 5_000 + i } } } as const
    const input = { kind: 'reply-sounding', reply: 5_000 + i, part: 0, atMs: asked.atMs } as const
    return [
      { ...place, decided },
      { v: 2, seq: place.seq + 1, atMs: asked.atMs, input },
    ]
  }).flat()
  // They are told as given up while the call goes on.
  expect(named(spansOf([...lines.slice(0, 40), ...endless]), 'turn').length).toBeGreaterThan(480)
})
