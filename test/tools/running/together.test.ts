import { McpServer } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ToolCall, ToolContext, ToolOutcome } from '../../../src/conversation/ports.ts'
import { openTasks } from '../../tasks/tasks.ts'
import { AGENT, insideServer, OWNER, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../opened.ts'

const AT = { now: new Date('2026-11-21T15:00:00Z'), zone: 'America/New_York' }
const never = new AbortController().signal

type Wanted = readonly [name: string, given: object]

async function openedTasks(titles: readonly string[]) {
  const store = await openTasks()
  const agents = { [AGENT]: TASK_NAMES }
  const { tools, resultText } = await opened({ tools: TASK_TOOLS, agents }, { inside: [tasksInside(store)] })
  for (const title of titles) await resultText('create_task', { title })
  const set = tools.forAgent(AGENT)
  let reply = 1

  function contextOf(calls: readonly ToolCall[], key: string, agreed: boolean): ToolContext {
    return { callId: 'CA1', owner: OWNER, agent: AGENT, idempotencyKey: key, agreed, together: { reply, calls } }
  }

  /** What the model is told, or the caller is asked, of each call of one answer; they run at once. */
  async function answered(wanted: readonly Wanted[], part = 0): Promise<readonly string[]> {
    const calls = wanted.map(
      ([name, given], index): ToolCall => ({ id: `${reply}-${part}-${index}`, name, arguments: JSON.stringify(given) }),
    )
    const run = async (call: ToolCall) => said(await set.run(call, contextOf(calls, `CA1:${call.id}`, false), never))
    return Promise.all(calls.map(run))
  }

  /** The caller says yes to the question of this call. */
  async function agrees([name, given]: Wanted): Promise<string> {
    reply++
    const call = { id: 'agreed', name, arguments: JSON.stringify(given) }
    return said(await set.run(call, contextOf([call], `CA1:${reply}-0-0`, true), never))
  }

  const kept = async () => (await store.of(OWNER).list('all', 100, AT)).map(({ title, status }) => `${title} ${status}`)
  const next = (): void => void reply++
  return { answered, agrees, kept, next, changes: async () => (await store.of(OWNER).lastChange(new Date(0)))?.seq }
}

const said = (outcome: ToolOutcome): string => (outcome.kind === 'ask' ? `asks: ${outcome.question}` : outcome.text)
const renamed = (title: string): Wanted => ['update_task', { title, new_title: `not ${title}` }]
const FIVE = ['mail', 'milk', 'rent', 'taxes', 'walk']
const LATER = 'Not done yet: the caller is asked about all these changes at once.'

test('five changes in one answer are asked about in one question, and one yes makes each of them once', async () => {
  const { answered, agrees, kept, changes } = await openedTasks(FIVE)
  const told = await answered(FIVE.map(renamed))
  expect(told).toEqual([
    'asks: Change these five tasks: mail, milk, rent, taxes, and walk?',
    ...[LATER, LATER, LATER, LATER],
  ])
  expect(await kept()).toEqual(FIVE.map(title => `${title} pending`))
  const result = await agrees(renamed('mail'))
  expect(result.match(/Changed: not \w+/g)).toEqual(FIVE.map(title => `Changed: not ${title}`))
  expect(await kept()).toEqual(FIVE.map(title => `not ${title} pending`))
  expect(await changes()).toBe(10)
  expect(await agrees(renamed('mail'))).not.toContain('Changed: not not')
})

test('without a yes nothing is changed, and each of them can still be asked for alone', async () => {
  const { answered, kept, next } = await openedTasks(FIVE)
  await answered([renamed('mail'), renamed('milk')])
  expect(await kept()).toEqual(FIVE.map(title => `${title} pending`))
  next()
  expect(await answered([renamed('milk')])).toEqual([expect.stringContaining('Changed: not milk')])
})

test('changes of several kinds are named with what is done to each', async () => {
  const { answered, agrees, kept } = await openedTasks(FIVE)
  const wanted: readonly Wanted[] = [
    ['delete_task', { title: 'mail' }],
    ['complete_task', { title: 'milk' }],
    renamed('rent'),
    ['create_task', { title: 'new' }],
  ]
  expect(await answered(wanted)).toEqual([
    'asks: Delete mail, mark milk as done, and change rent?',
    ...[LATER, LATER],
    'Result of create_task: Added: new, with no due date.',
  ])
  expect(await agrees(['delete_task', { title: 'mail' }])).toMatch(/Deleted: mail.*Done: milk.*Changed: not rent/)
  expect((await kept()).toSorted()).toEqual([
    'milk completed',
    'new pending',
    'not rent pending',
    'taxes pending',
    'walk pending',
  ])
})

test('the question comes from whichever call is the first to change something', async () => {
  const { answered, agrees } = await openedTasks(FIVE)
  const [list, first, second] = await answered([['list_tasks', {}], renamed('mail'), renamed('milk')])
  expect([list, first, second]).toEqual([
    expect.stringMatching(/^Result of list_tasks/),
    'asks: Change these two tasks: mail, and milk?',
    LATER,
  ])
  expect(await agrees(renamed('mail'))).toMatch(/Changed: not mail.*Changed: not milk/)
})

test('one change alone is not asked about, nor several new tasks, nor the same change twice', async () => {
  const { answered, next } = await openedTasks(FIVE)
  expect(await answered([renamed('mail')])).toEqual([expect.stringContaining('Changed')])
  next()
  const added = await answered([
    ['create_task', { title: 'a' }],
    ['create_task', { title: 'b' }],
  ])
  expect(added).toEqual([expect.stringContaining('Added: a'), expect.stringContaining('Added: b')])
  next()
  const twice = await answered([renamed('milk'), renamed('milk')])
  expect(twice).toEqual([expect.stringContaining('Changed: not milk'), expect.stringContaining('Changed: not milk')])
})

test('a change of which the task cannot be found is told, and the only other one is not asked about', async () => {
  const { answered, kept } = await openedTasks(FIVE)
  expect(await answered([renamed('unicorn'), renamed('mail')])).toEqual([
    expect.stringMatching(/not done\. I found no task/),
    'Result of update_task: Changed: not mail.',
  ])
  expect(await kept()).toContain('not mail pending')
})

test('a model that changes one task after the other in one reply is stopped at the second', async () => {
  const { answered, agrees, kept, next } = await openedTasks(FIVE)
  expect(await answered([renamed('mail')], 0)).toEqual([expect.stringContaining('Changed')])
  expect(await answered([renamed('milk')], 1)).toEqual(['asks: Change milk?'])
  expect(await agrees(renamed('milk'))).toContain('Changed: not milk')
  expect(await answered([renamed('rent')], 1)).toEqual(['asks: Change rent?'])
  next()
  expect(await answered([renamed('rent')])).toEqual([expect.stringContaining('Changed')])
  expect((await kept()).filter(task => task.startsWith('not')).length).toBe(3)
})

test('when a task was changed meanwhile, the caller is asked again', async () => {
  const { answered, agrees, kept, next } = await openedTasks(FIVE)
  await answered([renamed('mail'), renamed('milk')])
  next()
  await answered([['update_task', { title: 'milk', new_title: 'milk and eggs' }]])
  expect(await agrees(renamed('mail'))).toBe('asks: Change these two tasks: mail, and milk and eggs?')
  expect(await agrees(renamed('mail'))).toMatch(/Changed: not mail.*Changed: not milk/)
  expect((await kept()).length).toBe(5)
})

test('two changes of one task name it once, and neither reaches another task after the other', async () => {
  const { answered, agrees, kept } = await openedTasks(['Call the vendor', 'Pay the vendor bill'])
  const wanted: readonly Wanted[] = [
    ['delete_task', { title: 'call the vendor' }],
    ['delete_task', { title: 'call vendor' }],
  ]
  expect(await answered(wanted)).toEqual(['asks: Delete Call the vendor?', LATER])
  expect(await agrees(['delete_task', { title: 'call the vendor' }])).toMatch(/Deleted: Call the vendor.*[Nn]ot done/)
  expect(await kept()).toEqual(['Pay the vendor bill pending'])
})

test('more than eight are not asked about, and not done', async () => {
  const titles = Array.from({ length: 9 }, (_, index) => `errand ${String.fromCharCode(97 + index).repeat(3)}`)
  const { answered, kept } = await openedTasks(titles)
  const told = await answered(titles.map(renamed))
  expect(new Set(told)).toEqual(new Set([expect.stringMatching(/too many changes to ask about at once/)]))
  expect((await kept()).every(task => !task.startsWith('not'))).toBe(true)
})

test('long titles are cut, so that each task is named in a question of at most 320 characters', async () => {
  const titles = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot'].map(word =>
    `${word} ${'and more of it '.repeat(10)}`.trim(),
  )
  const { answered } = await openedTasks(titles)
  const [asked = ''] = await answered(titles.map(title => ['delete_task', { title }]))
  expect(asked).toMatch(/^asks: Delete these six tasks: alpha.*, bravo.*, charlie.*, delta.*, echo.*, and foxtrot.*\?$/)
  expect(asked.length).toBeLessThanOrEqual(326)
})

test('destructive tools of another server are asked about together, with all their arguments', async () => {
  const sent: unknown[] = []
  const bank = insideServer('bank', () => {
    const server = new McpServer({ name: 'bank', version: '1' })
    server.registerTool('send_money', { title: 'Send money', inputSchema: z.looseObject({}) }, given => {
      sent.push(given)
      return { content: [{ type: 'text', text: 'Sent.' }] }
    })
    return server
  })
  const { tools } = await opened({ agents: { [AGENT]: ['send_money'] } }, { inside: [bank] })
  const calls = ['Bob', 'Ann'].map((to, index) => ({
    id: `${index}`,
    name: 'send_money',
    arguments: JSON.stringify({ to }),
  }))
  const context = { callId: 'CA1', owner: OWNER, agent: AGENT, idempotencyKey: 'k', agreed: false }
  const run = (call: ToolCall, more: Partial<ToolContext>) =>
    tools.forAgent(AGENT).run(call, { ...context, ...more }, never)
  const outcomes = await Promise.all(calls.map(call => run(call, { together: { reply: 1, calls } })))
  expect(outcomes.map(said)).toEqual(['asks: Shall I really do that: Send money, Bob, and Send money, Ann?', LATER])
  expect(sent).toEqual([])
  const [first] = calls
  if (!first) throw new Error('there are two')
  expect(said(await run(first, { agreed: true, together: { reply: 2, calls: [first] } }))).toMatch(/Sent.*Sent/)
  expect(sent).toEqual([{ to: 'Bob' }, { to: 'Ann' }])
})
