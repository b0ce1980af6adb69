import type { CallToolResult } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import type { ToolContext } from '../../../src/conversation/ports.ts'
import type { Link, LinkCall } from '../../../src/tools/links/link.ts'
import { LinkError } from '../../../src/tools/links/link-error.ts'
import { toolRunner } from '../../../src/tools/running/tool-runner.ts'
import { listedTools } from '../../../src/tools/settings/listed-tool.ts'
import { offeredTools } from '../../../src/tools/settings/offered-tools.ts'
import { DEFAULT_POLICY, type ToolPolicy } from '../../../src/tools/settings/tool-settings.ts'
import { FakeClock } from '../../fakes/clock.ts'

const never = new AbortController().signal
const text = (words: string, more: object = {}): CallToolResult => ({
  content: [{ type: 'text', text: words }],
  ...more,
})
const CONTEXT: ToolContext = { callId: 'CA1', owner: 'A', agent: 'a', idempotencyKey: 'key', agreed: false }
const inputSchema = { type: 'object' as const, properties: { day: { type: 'string' } } }
const outputSchema = { type: 'object' as const, properties: { count: { type: 'integer' } } }

/** Tools of one server, which answers as the test says: `look` reads, `write` changes something and needs no agreement. */
function running(policies: Readonly<Record<string, Partial<ToolPolicy>>> = {}) {
  const clock = new FakeClock()
  const calls: LinkCall[] = []
  const warned: string[] = []
  let answer: (call: LinkCall) => Promise<CallToolResult> = async ({ tool }) => text(`did ${tool}`)
  const tools = listedTools(
    [
      { name: 'look', inputSchema, outputSchema, annotations: { readOnlyHint: true } },
      { name: 'write', inputSchema, annotations: { destructiveHint: false } },
    ],
    () => undefined,
  )
  const link: Link = {
    name: 'far',
    tools: () => tools,
    tried: Promise.resolve(),
    call(call) {
      calls.push(call)
      return answer(call)
    },
    close: async () => undefined,
  }
  const log = { info: () => undefined, warn: (_: object, message: string) => void warned.push(message) }
  const own = new Map(Object.entries(policies).map(([name, policy]) => [name, { ...DEFAULT_POLICY, ...policy }]))
  const runner = toolRunner({ clock, log, offered: offeredTools([link], own, log) })
  let made = 0
  const run = async (name: string, given: unknown = {}, more: Partial<ToolContext> = {}): Promise<string> => {
    const call = { id: `${++made}`, name, arguments: typeof given === 'string' ? given : JSON.stringify(given) }
    const outcome = await runner.run(new Set(['look', 'write']), call, { ...CONTEXT, ...more }, never)
    return outcome.kind === 'ask' ? `asks: ${outcome.question}` : outcome.text
  }
  return {
    ...{ clock, calls, warned, run, runner },
    answers: (how: typeof answer) => {
      answer = how
    },
  }
}

test('a call goes to the server with what is asked, its owner and its time, and a change with its key', async () => {
  const { run, calls } = running({ look: { limitMs: 700 } })
  expect(await run('look', { day: 'Monday' })).toBe('Result of look: did look')
  expect(await run('write')).toBe('Result of write: did write')
  const callOwner = { callId: 'CA1', owner: 'A', language: 'en' }
  expect(calls).toEqual([
    { tool: 'look', given: { day: 'Monday' }, callOwner, limitMs: 700, traceparent: undefined },
    { tool: 'write', given: {}, callOwner, limitMs: DEFAULT_POLICY.limitMs, traceparent: undefined, key: 'key' },
  ])
})

test('a tool that is not there, and arguments that are none, are told to the model, and not to the server', async () => {
  const { run, calls, runner } = running()
  const others = await runner.run(new Set(), { id: '1', name: 'look', arguments: '' }, CONTEXT, never)
  expect(others).toEqual({ kind: 'done', text: 'There is no tool of that name. The tools are: none.' })
  expect(await run('other')).toBe('There is no tool of that name. The tools are: look, write.')
  expect(await run('look', 'Monday')).toBe(
    'The arguments are not right: they must be a JSON object. Call the tool again with right ones.',
  )
  expect(await run('look', { day: ['a', 'b'] })).toBe(
    'The arguments are not right: day must be string. Call the tool again with right ones.',
  )
  expect(calls).toEqual([])
})

test('an answer is kept for a while; one that says that it did not work, and a call that failed, are not', async () => {
  const { run, answers, calls } = running({ look: { cacheMs: 1_000 } })
  answers(async () => text('it is closed', { isError: true }))
  expect(await run('look')).toBe('Result of look: not done. it is closed')
  answers(async () => Promise.reject(new LinkError('lost', 'gone')))
  expect(await run('look')).toMatch(/^look does not work just now/)
  answers(async () => text('here'))
  expect([await run('look'), await run('look')]).toEqual(['Result of look: here', 'Result of look: here'])
  expect(calls).toHaveLength(3)
  await run('write')
  await run('look')
  expect(calls).toHaveLength(5)
})

test('a result against its own schema is told by its text alone, or not at all', async () => {
  const { run, answers, warned } = running({ look: { words: 'data' } })
  answers(async () => text('two', { structuredContent: { count: 2 } }))
  expect(await run('look')).toBe('Result of look: {"count":2}')
  expect(warned).toEqual([])
  answers(async () => text('two', { structuredContent: { count: 'two' } }))
  expect(await run('look')).toBe('Result of look: two')
  expect(warned).toEqual(['only the text of a result fits'])
  answers(async () => text(' ', { structuredContent: { count: 'two' } }))
  expect(await run('look')).toMatch(/^look does not work just now\..*count must be integer/)
  // What says that it did not work is not held against the schema.
  answers(async () => text('it is closed', { isError: true, structuredContent: { count: 'none' } }))
  expect(await run('look')).toBe('Result of look: not done. it is closed')
})

test('after words that fit, or text alone that fits, a failure is a new one', async () => {
  const { run, answers } = running()
  const fails = async (): Promise<string> => {
    answers(async () => Promise.reject(new LinkError('late', 'slow')))
    return (await run('look')).split('.')[0] ?? ''
  }
  const [first, again] = ['look does not work just now', 'look still does not work just now']
  expect([await fails(), await fails()]).toEqual([first, again])
  answers(async () => text('two', { structuredContent: { count: 'two' } }))
  await run('look')
  expect([await fails(), await fails()]).toEqual([first, again])
  answers(async () => text('two', { structuredContent: { count: 2 } }))
  await run('look')
  expect(await fails()).toBe(first)
})

const UNKNOWN = /^It is not known whether write was done\. Do not try it again\./

test.each<[string, CallToolResult]>([
  ['says so itself', text('who knows', { isError: true, structuredContent: { problem: 'unknown' } })],
  ['made a result that it does not accept', text('Output validation error: text expected', { isError: true })],
])('whether a change was made is not known where its server %s', async (_, result) => {
  const { run, answers } = running()
  answers(async () => result)
  expect(await run('write')).toMatch(UNKNOWN)
})

test.each<[string, CallToolResult]>([
  ['has another problem', text('it is closed', { isError: true, structuredContent: { problem: 'closed' } })],
  ['says it in an image', { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }], isError: true }],
])('a change was not made where its server %s', async (_, result) => {
  const { run, answers } = running()
  answers(async () => result)
  expect(await run('write')).toMatch(/^Result of write: not done\./)
})

test('a change that was made speaks of whatever it likes', async () => {
  const { run, answers } = running()
  answers(async () => text('Output validation error: see there', { structuredContent: { problem: 'unknown' } }))
  expect(await run('write')).toBe('Result of write: Output validation error: see there')
})

test('a defect of ours is no failure of the server', async () => {
  const { run, answers } = running()
  answers(async () => Promise.reject(new TypeError('a defect')))
  await expect(run('look')).rejects.toThrow('a defect')
})

test('a change that was made elsewhere is answered as it was, and what only reads, or was not done, is not', async () => {
  const { run, runner, calls } = running({ write: { onceMs: 60_000 } })
  const made = (name: string, result: string, given = '{}') => ({
    agent: 'paula',
    call: { id: 'x', name, arguments: given },
    result,
    agoMs: 0,
  })
  runner.remember(new Set(['look', 'write']), 'CA1', [
    made('look', 'Result of look: old'),
    made('write', 'Result of write: not done. it is closed', '{"day":"Monday"}'),
    made('write', 'Result of write: old', '{"day":"Tuesday"}'),
    made('other', 'Result of other: old'),
  ])
  runner.remember(new Set(['look']), 'CA1', [made('write', 'Result of write: old', '{"day":"Friday"}')])
  expect(await run('write', { day: 'Tuesday' })).toContain('old')
  expect(calls).toEqual([])
  expect(await run('look')).toBe('Result of look: did look')
  expect(await run('write', { day: 'Monday' })).toBe('Result of write: did write')
  expect(await run('write', { day: 'Friday' })).toBe('Result of write: did write')
  expect(calls).toHaveLength(3)
})
