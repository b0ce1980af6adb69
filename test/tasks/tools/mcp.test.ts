import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../../src/conversation/ports.ts'
import type { TaskStore } from '../../../src/tasks/store/store.ts'
import { KEY_META, taskServer } from '../../../src/tasks/tools/mcp.ts'
import { NOW, openTasks, ZONE } from '../tasks.ts'

const clock: Clock = { now: () => 0, wallTime: () => NOW, sleep: () => Promise.reject(new Error('nobody sleeps here')) }

interface Connected {
  readonly client: Client
  readonly errors: readonly unknown[]
  readonly call: (name: string, args?: Record<string, unknown>, key?: string) => ReturnType<Client['callTool']>
}

async function connected(store: TaskStore, owner = '+15550001'): Promise<Connected> {
  const errors: unknown[] = []
  const server = taskServer({
    store,
    clock,
    ownerOf: () => ({ owner, zone: ZONE }),
    onError: error => errors.push(error),
  })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(near)
  onTestFinished(() => client.close())
  const call: Connected['call'] = (name, args = {}, key) =>
    client.callTool({ name, arguments: args, ...(key === undefined ? {} : { _meta: { [KEY_META]: key } }) })
  return { client, errors, call }
}

test('the tools say what they do, and none has an owner among its arguments', async () => {
  const { client } = await connected(await openTasks())
  const { tools } = await client.listTools()
  const hints = tools.map(({ name, annotations }) => [
    name,
    `${annotations?.readOnlyHint ? 'reads' : 'writes'}${annotations?.destructiveHint ? ', destroys' : ''}`,
  ])
  expect(Object.fromEntries(hints)).toEqual({
    list_tasks: 'reads',
    get_task_details: 'reads',
    create_task: 'writes',
    complete_task: 'writes',
    update_task: 'writes',
    delete_task: 'writes, destroys',
    undo_last_change: 'writes',
  })
  for (const tool of tools) {
    expect(tool.title && tool.description && tool.outputSchema, tool.name).toBeTruthy()
    expect(Object.keys(tool.inputSchema.properties ?? {}), tool.name).not.toContain('owner')
    for (const [name, schema] of Object.entries(tool.inputSchema.properties ?? {})) {
      expect(schema, `${tool.name} ${name}`).toHaveProperty('description')
    }
  }
})

test('a call returns a sentence and the task, in the announced shape', async () => {
  const { client, call } = await connected(await openTasks())
  await client.listTools()
  const made = await call('create_task', { title: 'Review the report', due: 'tomorrow at five' })
  expect(made.isError).toBeFalsy()
  expect(made.content[0]).toEqual({ type: 'text', text: 'Added: Review the report, due tomorrow at five.' })
  expect(made.structuredContent).toMatchObject({
    say: 'Added: Review the report, due tomorrow at five.',
    task: {
      title: 'Review the report',
      due: { kind: 'time', at: '2026-11-22T22:00:00.000Z' },
      said: 'Review the report, due tomorrow at five',
    },
  })
  expect((await call('list_tasks')).structuredContent).toMatchObject({ filter: 'pending', counts: { pending: 1 } })
  expect((await call('complete_task', { title: 'the report one' })).structuredContent).toMatchObject({
    task: { status: 'completed' },
  })
  expect(
    (await call('update_task', { title: 'report', status: 'pending', due: 'none', new_title: '' })).structuredContent,
  ).toMatchObject({ task: { title: 'Review the report', status: 'pending', due: null } })
  expect((await call('get_task_details', { title: 'report', id: '' })).content[0]).toMatchObject({
    text: 'Review the report.',
  })
  expect((await call('delete_task', { title: 'report' })).content[0]).toMatchObject({
    text: 'Deleted: Review the report.',
  })
  expect((await call('undo_last_change')).content[0]).toMatchObject({
    text: 'Taken back: Review the report is on your list again.',
  })
})

test('an unclear request is an error that can be spoken, with the candidates to choose from', async () => {
  const { client, call } = await connected(await openTasks())
  await client.listTools()
  await call('create_task', { title: 'Pay the vendor', due: 'Monday' })
  await call('create_task', { title: 'Call the vendor', due: 'today' })
  const several = await call('delete_task', { title: 'the vendor one' })
  expect(several).toMatchObject({
    isError: true,
    content: [{ text: 'Do you mean Call the vendor, due today; or Pay the vendor, due Monday?' }, {}],
    structuredContent: { problem: 'several', candidates: [{ title: 'Call the vendor' }, { title: 'Pay the vendor' }] },
  })
  const unclear = await call('create_task', { title: 'Sleep', due: 'yesterday' })
  expect(unclear).toMatchObject({ isError: true, structuredContent: { problem: 'unclear' } })
  expect((await call('create_task', { title: 7 })).isError).toBe(true)
  expect((await call('list_tasks', { filter: 'everyone' })).isError).toBe(true)
})

test('the idempotency key comes with the call; without one each call is a change of its own', async () => {
  const { call } = await connected(await openTasks())
  const first = await call('create_task', { title: 'Buy milk' }, 'key 1')
  expect(await call('create_task', { title: 'Buy milk' }, 'key 1')).toEqual(first)
  await call('create_task', { title: 'Buy milk' })
  await call('create_task', { title: 'Buy milk' })
  expect((await call('list_tasks')).structuredContent).toMatchObject({ counts: { pending: 3 } })
  expect(await call('delete_task', { title: 'milk' }, 'key 1')).toMatchObject({
    isError: true,
    structuredContent: { say: 'That was asked for before, as another change.' },
  })
  expect((await call('create_task', { title: 'Buy milk' }, 'no\nkey')).isError).toBe(true)
})

test('an owner named in the arguments is ignored', async () => {
  const store = await openTasks()
  const [mine, theirs] = [await connected(store, '+15550001'), await connected(store, '+15550002')]
  await mine.call('create_task', { title: 'Secret plan' })
  const tried = await theirs.call('list_tasks', { owner: '+15550001', filter: 'all' })
  expect(tried.structuredContent).toMatchObject({ counts: { pending: 0 }, tasks: [] })
})

test('a failing store is reported in words, and its error only to the operator', async () => {
  const broken: TaskStore = {
    of: () => {
      throw new Error('password=hunter2')
    },
    change: () => Promise.reject(new Error('password=hunter2')),
  }
  const { client, call, errors } = await connected(broken)
  await client.listTools()
  for (const name of ['list_tasks', 'undo_last_change']) {
    const failed = await call(name)
    expect(failed).toMatchObject({ isError: true, content: [{ text: 'I cannot get to your tasks just now.' }, {}] })
    expect(JSON.stringify(failed)).not.toMatch(/hunter2/)
  }
  expect(errors).toHaveLength(2)
})
