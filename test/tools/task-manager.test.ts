import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../src/conversation/ports.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createTask } from '../../src/tasks/store/change.ts'
import { type TaskStore, tasksIn } from '../../src/tasks/store/store.ts'
import { FakeClock } from '../fakes/clock.ts'
import { breaking } from '../tasks/breaking.ts'
import { openTasks, person } from '../tasks/tasks.ts'
import { AGENT, OWNER, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from './opened.ts'

async function openedTasks(agents: object = { [AGENT]: TASK_NAMES }, clock?: Clock) {
  const store = await openTasks()
  const tools = await opened({ tools: TASK_TOOLS, agents }, { inside: [tasksInside(store)], ...(clock && { clock }) })
  const titles = async (owner = OWNER) => (await store.of(owner).list('all', 100, AT)).map(task => task.title)
  return { ...tools, store, titles }
}
const AT = { now: new Date('2026-11-21T15:00:00Z'), zone: 'America/New_York' }

test('the tools are offered in the order of the settings, each with whether it changes anything', async () => {
  const { tools } = await openedTasks()
  const { specs } = tools.forAgent(AGENT)
  expect(specs.map(({ name, changes }) => [name, changes])).toEqual(
    TASK_NAMES.map(name => [name, name !== 'list_tasks' && name !== 'get_task_details']),
  )
  expect(specs[2]).toMatchObject({ description: 'Adds a task to do.', parameters: { required: ['title'] } })
})

test('a task is added, listed and completed in words for the model', async () => {
  const { resultText } = await openedTasks()
  expect(await resultText('create_task', { title: 'Call the vendor', due: 'Monday' })).toBe(
    'Result of create_task: Added: Call the vendor, due Monday.',
  )
  expect(await resultText('list_tasks')).toBe(
    'Result of list_tasks: You have one pending: Call the vendor, due Monday.',
  )
  expect(await resultText('complete_task', { title: 'the vendor one' })).toMatch(
    /^Result of complete_task: .*Call the vendor/,
  )
})

test('deleting asks first, naming the task, and does nothing until the caller has agreed', async () => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor', due: 'Monday' })
  await resultText('update_task', { title: 'vendor', notes: 'Ask for the price of the new ones. Then hang up.' })
  const asked = await run('delete_task', { title: 'vendor' })
  expect(asked).toEqual({ kind: 'ask', question: 'Delete Call the vendor, due Monday?' })
  expect(await titles()).toEqual(['Call the vendor'])
  expect(await resultText('delete_task', { title: 'vendor' }, { agreed: true })).toBe(
    'Result of delete_task: Deleted: Call the vendor.',
  )
  expect(await titles()).toEqual([])
})

test('words that may mean no task or several are answered without a question', async () => {
  const { resultText } = await openedTasks()
  expect(await resultText('delete_task', { title: 'vendor' })).toMatch(/^Result of delete_task: not done\. .*vendor/)
  await resultText('create_task', { title: 'Call the vendor' })
  await resultText('create_task', { title: 'Pay the vendor' })
  expect(await resultText('delete_task', { title: 'vendor' })).toMatch(
    /^Result of delete_task: not done\. Do you mean (?=.*Pay the vendor).*Call the vendor/,
  )
})

test('for tasks with the same title the model gets the ids, and can name one by its id', async () => {
  const { resultText, run, store } = await openedTasks()
  for (const due of ['Monday', 'Friday']) await resultText('create_task', { title: 'Call mum', due })
  const [monday, friday] = (await store.of(OWNER).list('all', 100, AT)).map(({ id }) => id)
  expect(await resultText('delete_task', { title: 'mum' })).toBe(
    `Result of delete_task: not done. Do you mean Call mum, due Monday; or Call mum, due Friday? (Not to be said: in this order their ids are ${monday}, ${friday}.)`,
  )
  const asked = await run('delete_task', { id: friday })
  expect(asked).toEqual({ kind: 'ask', question: 'Delete Call mum, due Friday?' })
})

test('it asks again if another task would be deleted than was agreed', async () => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor' })
  await run('delete_task', { title: 'vendor' })
  await resultText('update_task', { title: 'vendor', new_title: 'Pay the vendor' })
  const again = await run('delete_task', { title: 'vendor' }, { agreed: true })
  expect(again).toEqual({ kind: 'ask', question: 'Delete Pay the vendor?' })
  expect(await titles()).toEqual(['Pay the vendor'])
  expect(await run('delete_task', { title: 'vendor' }, { agreed: true })).toMatchObject({ kind: 'done' })
  expect(await titles()).toEqual([])
})

test.each([
  ['with other arguments', { title: 'the vendor' }, {}],
  ['in another call', { title: 'vendor' }, { callId: 'CA2' }],
])('an agreement %s counts for nothing', async (_, given, more) => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor' })
  await run('delete_task', { title: 'vendor' })
  expect(await run('delete_task', given, { ...more, agreed: true })).toMatchObject({ kind: 'ask' })
  expect(await titles()).toEqual(['Call the vendor'])
})

test('an agreement to the question of a server that is gone counts, if the question is still the same', async () => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor' })
  const wasAsked = (question: string): boolean => question === 'Delete Call the vendor?'
  const other = { agreed: true, wasAsked: (question: string): boolean => question === 'Delete Buy milk?' }
  expect(await run('delete_task', { title: 'vendor' }, other)).toMatchObject({ kind: 'ask' })
  expect(await titles()).toEqual(['Call the vendor'])
  expect(await run('delete_task', { title: 'the vendor' }, { agreed: true, wasAsked })).toMatchObject({ kind: 'done' })
  expect(await titles()).toEqual([])
})

test('an agreed change that was made at a server that is gone is answered by its key, and not made again', async () => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor' })
  await run('delete_task', { title: 'vendor' })
  const key = { agreed: true, idempotencyKey: 'CA1:7-0-0' }
  const first = await run('delete_task', { title: 'vendor' }, key)
  await resultText('create_task', { title: 'Pay the vendor' })
  expect(await run('delete_task', { title: 'vendor' }, { ...key, again: true })).toEqual(first)
  expect(await titles()).toEqual(['Pay the vendor'])
})

test('what was added a moment ago at a server that is gone is not added again, what was refused or is older is', async () => {
  const { tools, resultText, titles } = await openedTasks()
  const add = (title: string, result: string, agoMs: number) => ({
    agent: AGENT,
    call: { id: title, name: 'create_task', arguments: JSON.stringify({ title }) },
    ...{ result, agoMs },
  })
  tools.forAgent(AGENT).remember?.('CA1', [
    add('Old', 'Result of create_task: Added: Old.', 61_000),
    add('Refused', 'Result of create_task: not done. I cannot get to your tasks just now.', 5_000),
    add('Unknown', 'It is not known whether create_task was done.', 5_000),
    add('Buy milk', 'Result of create_task: Added: Buy milk.', 20_000),
    {
      agent: AGENT,
      call: { id: 'x', name: 'no_such_tool', arguments: '{' },
      result: 'Result of no_such_tool: done',
      agoMs: 1,
    },
  ])
  expect(await resultText('create_task', { title: 'Buy milk' }, { callId: 'CA1' })).toBe(
    'This was done a moment ago, and was not done again. Result of create_task: Added: Buy milk.',
  )
  for (const title of ['Old', 'Refused', 'Unknown']) await resultText('create_task', { title }, { callId: 'CA1' })
  await resultText('create_task', { title: 'Buy milk' }, { callId: 'CA2' })
  expect(await titles()).toEqual(['Old', 'Refused', 'Unknown', 'Buy milk'])
})

test('one agreement deletes once', async () => {
  const { run, resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Call the vendor' })
  await run('delete_task', { title: 'vendor' })
  await run('delete_task', { title: 'vendor' }, { agreed: true })
  await resultText('create_task', { title: 'Call the vendor' })
  expect(await run('delete_task', { title: 'vendor' }, { agreed: true })).toMatchObject({ kind: 'ask' })
  expect(await titles()).toEqual(['Call the vendor'])
})

test('a change is made once per key', async () => {
  const { resultText, titles } = await openedTasks()
  await resultText('create_task', { title: 'Buy milk' }, { idempotencyKey: 'CA1:1-0-0' })
  await resultText('create_task', { title: 'Buy milk' }, { idempotencyKey: 'CA1:1-0-0' })
  expect(await titles()).toEqual(['Buy milk'])
})

test('a model that adds the same task again at once adds only one; after another change it may add it again', async () => {
  const { resultText, titles } = await openedTasks()
  const both = await Promise.all([
    resultText('create_task', { title: 'Buy milk' }),
    resultText('create_task', { title: 'Buy milk' }),
  ])
  expect(new Set(both)).toEqual(new Set(['Result of create_task: Added: Buy milk, with no due date.']))
  expect(await resultText('create_task', { title: 'Buy milk' })).toMatch(
    /^This was done a moment ago, and was not done again/,
  )
  expect(await titles()).toEqual(['Buy milk'])
  expect(await resultText('complete_task', { title: 'milk' })).toContain('Done')
  expect(await resultText('create_task', { title: 'Buy milk' })).toMatch(/^Result of create_task: Added/)
  expect(await titles()).toEqual(['Buy milk', 'Buy milk'])
})

test('a caller who says "undo that" again, because they did not hear the answer, loses no other change', async () => {
  const clock = new FakeClock()
  const { resultText, titles } = await openedTasks(undefined, clock)
  for (const title of ['Buy milk', 'Buy eggs']) await resultText('create_task', { title })
  expect(await resultText('undo_last_change')).toBe(
    'Result of undo_last_change: Taken back: Buy eggs is off your list.',
  )
  expect(await resultText('undo_last_change')).toBe(
    'This was done a moment ago, and was not done again. Result of undo_last_change: Taken back: Buy eggs is off your list.',
  )
  expect(await titles()).toEqual(['Buy milk'])
  await clock.advance(10_000)
  await resultText('undo_last_change')
  expect(await titles()).toEqual([])
})

test('a change that the database does not confirm is not reported as not done, and not made twice', async () => {
  const database = await openDatabase('sqlite::memory:')
  onTestFinished(() => database.close())
  const store = await tasksIn(breaking(database, { when: 'after', times: 2 }))
  const { run, resultText } = await opened(
    { tools: TASK_TOOLS, agents: { [AGENT]: TASK_NAMES } },
    { inside: [tasksInside(store, () => undefined)] },
  )
  expect(await resultText('create_task', { title: 'Buy milk' })).toMatch(
    /^It is not known whether create_task was done\./,
  )
  expect(await run('create_task', { title: 'Buy milk' })).toMatchObject({
    kind: 'ask',
    question: expect.stringMatching(/^Shall I try again/),
  })
  expect(await resultText('create_task', { title: 'Buy milk' }, { agreed: true })).toContain('Added: Buy milk')
  expect(await resultText('list_tasks')).toContain('You have one pending')
})

test('for a long list the model gets the tasks after those that are said', async () => {
  const { resultText } = await openedTasks()
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five']) await resultText('create_task', { title })
  expect(await resultText('list_tasks')).toMatch(
    /^Result of list_tasks: You have five pending; the next three are .* \(Not to be said unless the rest is asked for: then come \w+; \w+\.\)$/,
  )
})

test('a change that was made although the database failed is not made again on the next try', async () => {
  const store = await openTasks()
  let isFailing = true
  const failing: TaskStore = {
    of: store.of,
    async change(request, answer, decide) {
      const answered = await store.change(request, answer, decide)
      if (isFailing) throw new Error('the connection was lost during the commit')
      return answered
    },
  }
  const { resultText } = await opened(
    { agents: { [AGENT]: TASK_NAMES } },
    { inside: [tasksInside(failing, () => undefined)] },
  )
  expect(await resultText('create_task', { title: 'Buy milk' })).toContain('I cannot get to your tasks just now.')
  isFailing = false
  expect(await resultText('create_task', { title: 'Buy milk' })).toContain('Added: Buy milk')
  expect(await resultText('list_tasks')).toContain('You have one pending')
})

test('nobody reaches the tasks of another owner, whatever the arguments say', async () => {
  const { run, resultText, store, titles } = await openedTasks()
  const other = '+15550002'
  await createTask(person(store, other)(), { title: 'Secret plan' })
  const forged = { title: 'secret plan', owner: other, _meta: { 'partyline/owner': other } }
  expect(await resultText('list_tasks', { filter: 'all', owner: other })).toContain('You have no tasks.')
  for (const name of TASK_NAMES) {
    const outcome = await run(name, forged, { agreed: true })
    expect(JSON.stringify(outcome), name).not.toMatch(/Secret plan/)
  }
  expect(await titles(other)).toEqual(['Secret plan'])
})

test('a tool that the agent is not allowed is neither offered nor run', async () => {
  const { tools, resultText, titles } = await openedTasks({ [AGENT]: ['list_tasks'], other: TASK_NAMES })
  expect(tools.forAgent(AGENT).specs.map(({ name }) => name)).toEqual(['list_tasks'])
  expect(await resultText('create_task', { title: 'Buy milk' })).toBe(
    'There is no tool of that name. The tools are: list_tasks.',
  )
  expect(await resultText('delete_task', { title: 'Buy milk' }, { agreed: true })).toMatch(/^There is no tool/)
  expect(await titles()).toEqual([])
  expect(tools.forAgent('unheard of').specs).toEqual([])
})

test.each([
  ['{', 'they must be a JSON object'],
  ['[]', 'they must be a JSON object'],
  ['{"title":{"of":7}}', 'title must be string'],
  ['', 'must have required property'],
])('invalid arguments are reported to the model: %j', async (given, why) => {
  const { resultText } = await openedTasks()
  const words = await resultText('create_task', given)
  expect(words).toMatch(/^The arguments are not right: .*\. Call the tool again with right ones\.$/)
  expect(words).toContain(why)
})
