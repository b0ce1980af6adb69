import { McpServer } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CallOwner } from '../../src/tools/links/link.ts'
import { FakeClock } from '../fakes/clock.ts'
import { AGENT, insideServer, opened } from './opened.ts'

const READS = { readOnlyHint: true }
const WRITES = { readOnlyHint: false, destructiveHint: false }
type Answer = string | { readonly content: { type: 'text'; text: string }[]; readonly isError?: boolean }

interface Made {
  readonly annotations?: object
  readonly says?: (given: Record<string, unknown>, callOwner: CallOwner) => Answer | Promise<Answer>
}

/** A server in this process with these tools; `runs` has the name of each tool that was run. */
function made(name: string, tools: Readonly<Record<string, Made>>) {
  const runs: string[] = []
  const server = insideServer(name, callOwner => {
    const mcp = new McpServer({ name, version: '1' })
    for (const [tool, { annotations = {}, says = () => `from ${name}` }] of Object.entries(tools)) {
      mcp.registerTool(tool, { title: `The ${tool}`, inputSchema: z.looseObject({}), annotations }, async given => {
        runs.push(tool)
        const answer = await says(given, callOwner)
        return typeof answer === 'string' ? { content: [{ type: 'text' as const, text: answer }] } : answer
      })
    }
    return mcp
  })
  return { server, runs }
}

const openedWith = (
  one: { server: ReturnType<typeof insideServer> },
  names: readonly string[],
  tools = {},
  more = {},
) => opened({ tools, agents: { [AGENT]: names } }, { inside: [one.server], ...more })

test('a tool without hints counts as destructive: the caller is asked with its arguments', async () => {
  const one = made('files', { erase: {} })
  const { run, tools } = await openedWith(one, ['erase'])
  expect(tools.forAgent(AGENT).specs[0]?.changes).toBe(true)
  const given = { path: 'notes.txt', deep: { secret: 'x' }, times: 2 }
  expect(await run('erase', given)).toEqual({
    kind: 'ask',
    question: 'Shall I really do that: The erase, notes txt, x, 2?',
  })
  expect(one.runs).toEqual([])
  expect(await run('erase', given, { agreed: true })).toEqual({ kind: 'done', text: 'Result of erase: from files' })
})

test('a model gets what the settings say while a tool runs, and whether its server knows keys, where there is any', async () => {
  const one = made('files', { look: { annotations: READS }, plain: { annotations: READS } })
  const said = { filler: 'One moment.', fillers: { de: 'Einen Moment.' } }
  const { tools } = await openedWith(one, ['plain', 'look', 'look'], { look: said })
  const { specs } = tools.forAgent(AGENT)
  const common = { changes: false, parameters: expect.objectContaining({ type: 'object' }) }
  expect(specs).toEqual([
    { name: 'plain', description: 'The plain', ...common },
    { name: 'look', description: 'The look', ...common, ...said },
  ])
})

test('an agreement counts only after a question', async () => {
  const one = made('files', { erase: {} })
  const { run } = await openedWith(one, ['erase'])
  expect(await run('erase', {}, { agreed: true })).toMatchObject({ kind: 'ask' })
  expect(one.runs).toEqual([])
})

test('a tool that the settings call not read-only is asked about, whatever its hints say', async () => {
  const one = made('files', { peek: { annotations: READS } })
  const { run, tools } = await openedWith(one, ['peek'], { peek: { readOnly: false } })
  expect(tools.forAgent(AGENT).specs[0]?.changes).toBe(true)
  expect(await run('peek')).toMatchObject({ kind: 'ask' })
  expect(one.runs).toEqual([])
})

test('the settings can leave the question out, and call a tool read-only', async () => {
  const one = made('files', { erase: {}, peek: {} })
  const { run, tools } = await openedWith(one, ['erase', 'peek'], {
    erase: { confirm: false },
    peek: { readOnly: true },
  })
  expect(await run('erase')).toMatchObject({ kind: 'done' })
  expect(await run('peek')).toMatchObject({ kind: 'done' })
  expect(tools.forAgent(AGENT).specs.map(({ changes }) => changes)).toEqual([true, false])
})

const asksBy = (describe: string) => ({ erase: { confirm: { describe, ask: 'Erase {words}?' } } })

test.each([
  ['is not there', 'nowhere', {}],
  ['may change something', 'write', { write: { annotations: WRITES } }],
])('a tool is not run if the one that describes it %s', async (_, describe, others) => {
  const one = made('files', { erase: {}, ...others })
  const { resultText, log } = await openedWith(one, ['erase'], asksBy(describe))
  expect(await resultText('erase')).toMatch(/^erase was not done: the caller cannot be asked/)
  expect(await resultText('erase', {}, { agreed: true })).toMatch(/^erase was not done/)
  expect(one.runs).toEqual([])
  expect(log.at(-1)).toMatchObject({ level: 'warn', fields: { tool: describe, for: 'erase' } })
})

test('a tool is not described by a tool of another server', async () => {
  const one = made('files', { erase: {} })
  const two = made('other', { look: { annotations: READS } })
  const inside = [one.server, two.server]
  const { resultText } = await opened({ tools: asksBy('look'), agents: { [AGENT]: ['erase'] } }, { inside })
  expect(await resultText('erase')).toMatch(/^erase was not done: the caller cannot be asked/)
})

test('a tool is not run if its description fails or is empty', async () => {
  let says: Answer = { content: [{ type: 'text', text: 'There is no such file.' }], isError: true }
  const one = made('files', { erase: {}, look: { annotations: READS, says: () => says } })
  const { run, resultText } = await openedWith(one, ['erase'], asksBy('look'))
  expect(await resultText('erase')).toBe('Result of erase: not done. There is no such file.')
  says = '?!'
  expect(await resultText('erase')).toMatch(/^erase was not done: the caller cannot be asked/)
  says = 'the old notes'
  expect(await run('erase')).toEqual({ kind: 'ask', question: 'Erase the old notes?' })
  says = { content: [{ type: 'text', text: 'There is no such file.' }], isError: true }
  expect(await resultText('erase', {}, { agreed: true })).toBe('Result of erase: not done. There is no such file.')
  expect(one.runs).not.toContain('erase')
})

test('a tool whose name models do not take is offered under another and called by its own', async () => {
  const one = made('files', { 'calendar.list': { annotations: READS }, 'calendar/list': { annotations: READS } })
  const { tools, resultText } = await openedWith(one, ['calendar.list', 'calendar_list_dfcbdf4e'])
  expect(tools.forAgent(AGENT).specs.map(({ name }) => name)).toEqual(['calendar_list', 'calendar_list_dfcbdf4e'])
  expect(await resultText('calendar_list')).toBe('Result of calendar_list: from files')
  await resultText('calendar_list_dfcbdf4e')
  expect(one.runs).toEqual(['calendar.list', 'calendar/list'])
})

test('the settings can have any tool confirmed', async () => {
  const one = made('files', { write: { annotations: WRITES } })
  const { run } = await openedWith(one, ['write'], { write: { confirm: true } })
  expect(await run('write', { to: 'notes' })).toEqual({
    kind: 'ask',
    question: 'Shall I really do that: The write, notes?',
  })
  expect(one.runs).toEqual([])
  expect(await run('write', { to: 'notes' }, { agreed: true })).toMatchObject({ kind: 'done' })
})

test('of two servers with a tool of the same name the first is used, unless the settings name the other', async () => {
  const inside = [
    made('one', { look: { annotations: READS } }).server,
    made('two', { look: { annotations: READS } }).server,
  ]
  const agents = { [AGENT]: ['look'] }
  const first = await opened({ agents: { [AGENT]: ['look', 'two_look'] } }, { inside })
  expect(await first.resultText('look')).toBe('Result of look: from one')
  expect(await first.resultText('two_look')).toBe('Result of two_look: from two')
  expect(first.log).toContainEqual({
    level: 'warn',
    fields: { tool: 'look', server: 'two', usedFrom: 'one', offeredAs: 'two_look' },
    message: 'tools: another server has this tool',
  })
  const tools = { look: { server: 'two' } }
  const second = await opened({ agents, tools }, { inside })
  expect(await second.resultText('look')).toBe('Result of look: from two')
})

test('a result is cached for a while for its owner alone, until the owner changes something', async () => {
  const clock = new FakeClock()
  let version = 0
  const says = (_: object, { owner }: CallOwner) => `version ${++version} of ${owner}`
  const one = made('notes', { look: { annotations: READS, says }, write: { annotations: WRITES } })
  const { resultText } = await openedWith(one, ['look', 'write'], { look: { cacheMs: 1_000 } }, { clock })
  expect(await resultText('look', {}, { owner: 'A' })).toBe('Result of look: version 1 of A')
  expect(await resultText('look', {}, { owner: 'A' })).toBe('Result of look: version 1 of A')
  expect(await resultText('look', { at: 1 }, { owner: 'A' })).toBe('Result of look: version 2 of A')
  expect(await resultText('look', {}, { owner: 'B' })).toBe('Result of look: version 3 of B')
  await resultText('write', {}, { owner: 'A' })
  expect(await resultText('look', {}, { owner: 'A' })).toBe('Result of look: version 4 of A')
  expect(await resultText('look', {}, { owner: 'B' })).toBe('Result of look: version 3 of B')
  await clock.advance(1_000)
  expect(await resultText('look', {}, { owner: 'B' })).toBe('Result of look: version 5 of B')
})

test('a result that was read during a change is not cached', async () => {
  const reading = Promise.withResolvers<string>()
  let reads = 0
  const says = () => (++reads === 1 ? reading.promise : `read ${reads}`)
  const one = made('notes', { look: { annotations: READS, says }, write: { annotations: WRITES } })
  const { resultText } = await openedWith(one, ['look', 'write'], { look: { cacheMs: 60_000 } })
  const before = resultText('look')
  await resultText('write')
  reading.resolve('read 1')
  expect(await before).toBe('Result of look: read 1')
  expect(await resultText('look')).toBe('Result of look: read 2')
  expect(await resultText('look')).toBe('Result of look: read 2')
})

test('a failure is apologised for once in a call, until the tool has worked again', async () => {
  const clock = new FakeClock()
  let isHung = true
  const says = () => (isHung ? new Promise<Answer>(() => undefined) : 'here')
  const one = made('notes', { look: { annotations: READS, says } })
  const { resultText } = await openedWith(one, ['look'], {}, { clock })
  const late = async (callId: string): Promise<string> => {
    const words = resultText('look', {}, { callId })
    await clock.advance(5_000)
    return words
  }
  expect(await late('CA1')).toMatch(/^look does not work just now\. Tell the caller/)
  expect(await late('CA1')).toMatch(/^look still does not work just now\. The caller knows/)
  expect(await late('CA2')).toMatch(/^look does not work just now\. Tell the caller/)
  isHung = false
  expect(await late('CA1')).toBe('Result of look: here')
  isHung = true
  expect(await late('CA1')).toMatch(/^look does not work just now\. Tell the caller/)
  expect(clock.pending).toBe(0)
})

test('describing and running together take no longer than the limit', async () => {
  const clock = new FakeClock()
  const slowly = (ms: number) => async (): Promise<Answer> => {
    await clock.sleep(ms, new AbortController().signal)
    return 'the old notes'
  }
  let lookMs = 2_000
  const look = { annotations: READS, says: () => slowly(lookMs)() }
  const one = made('files', { erase: { says: slowly(60_000) }, look })
  const { run } = await openedWith(one, ['erase'], asksBy('look'), { clock })
  const asked = run('erase')
  await clock.advance(2_000)
  expect(await asked).toMatchObject({ kind: 'ask' })
  const done = run('erase', {}, { agreed: true })
  await clock.advance(5_000)
  expect(await done).toMatchObject({ text: expect.stringMatching(/^It is not known whether erase was done/) })
  lookMs = 60_000
  const notAsked = run('erase')
  await clock.advance(2_500)
  expect(await notAsked).toMatchObject({ text: expect.stringMatching(/^erase was not done\. look/) })
  expect(one.runs.filter(name => name === 'erase')).toHaveLength(1)
})

test('an abort ends a run with its reason, and nothing is run after it', async () => {
  const one = made('files', { erase: {}, look: { annotations: READS, says: () => new Promise(() => undefined) } })
  const { run } = await openedWith(one, ['look', 'erase'], asksBy('look'))
  for (const name of ['look', 'erase']) {
    const stop = new AbortController()
    const stopped = run(name, {}, { agreed: true }, stop.signal)
    stop.abort(new Error('the caller spoke'))
    await expect(stopped, name).rejects.toThrow('the caller spoke')
  }
  expect(one.runs).not.toContain('erase')
})

test('a server in this process that cannot be made loses its tools, but does not prevent the start', async () => {
  const broken = {
    name: 'broken',
    connect: () => {
      throw new Error('no database')
    },
  }
  const one = made('notes', { look: { annotations: READS } })
  const { resultText, log } = await opened({ agents: { [AGENT]: ['look', 'gone'] } }, { inside: [broken, one.server] })
  expect(await resultText('look')).toBe('Result of look: from notes')
  expect(log.map(({ message }) => message)).toEqual([
    'tools: broken does not list its tools',
    'tools: no server has these tools of the agent yet',
  ])
})

test('settings for a tool that no server has are reported at the start', async () => {
  const one = made('files', { erase: {} })
  const { log } = await openedWith(one, ['erase', 'ersae'], { erase: {}, delete_tsak: { confirm: false } })
  expect(log).toEqual([
    {
      level: 'warn',
      fields: { agent: AGENT, tools: ['ersae'] },
      message: 'tools: no server has these tools of the agent yet',
    },
    {
      level: 'warn',
      fields: { tools: ['delete_tsak'] },
      message: 'tools: no server has these tools of the settings yet',
    },
  ])
})
