import formbody from '@fastify/formbody'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { createTask } from '../../../src/tasks/store/change.ts'
import { tasksOverHttp } from '../../../src/tasks/web/http.ts'
import { openTasks, person } from '../tasks.ts'

const MINE = 'token-of-mine-0001'
const THEIRS = 'token-of-theirs-01'
const ORIGIN = 'https://page.example'

async function served() {
  const store = await openTasks()
  const errors: unknown[] = []
  const app = Fastify({ bodyLimit: 16 * 1024, forceCloseConnections: 'idle' })
  await app.register(formbody)
  await tasksOverHttp(app, {
    store,
    clock: systemClock,
    tokens: [
      { token: MINE, owner: '+15550001', zone: 'Asia/Tokyo' },
      { token: THEIRS, owner: '+15550002' },
    ],
    origins: [ORIGIN],
    zone: 'UTC',
    onError: error => errors.push(error),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url: new URL('/tasks/mcp', app.listeningOrigin), store, errors }
}

async function connected(url: URL, token: string, mode: 'legacy' | 'auto' = 'auto'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(
    new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  )
  onTestFinished(() => client.close())
  return client
}

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
const asked = (url: URL, headers: Record<string, string>, body = LIST) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body,
  })

test.each(['legacy', 'auto'] as const)('a client with a token uses the tasks of its owner (%s)', async mode => {
  const { url, errors } = await served()
  const [mine, theirs] = [await connected(url, MINE, mode), await connected(url, THEIRS, mode)]
  expect((await mine.listTools()).tools).toHaveLength(7)
  const made = await mine.callTool({ name: 'create_task', arguments: { title: 'Secret plan', due: 'tomorrow' } })
  expect(made).toMatchObject({ content: [{ text: 'Added: Secret plan, due tomorrow.' }, {}] })
  const seen = await theirs.callTool({ name: 'list_tasks', arguments: { filter: 'all', owner: '+15550001' } })
  expect(seen.structuredContent).toMatchObject({ say: 'You have no tasks.', tasks: [] })
  const tried = await theirs.callTool({ name: 'delete_task', arguments: { title: 'secret plan' } })
  expect(tried).toMatchObject({ isError: true, structuredContent: { problem: 'none' } })
  expect((await mine.callTool({ name: 'list_tasks' })).structuredContent).toMatchObject({ counts: { pending: 1 } })
  expect(errors).toEqual([])
})

test('dates are said in the time zone of the token', async () => {
  const { url, store } = await served()
  const ask = person(store, '+15550001')
  const { task } = await createTask(ask(), { title: 'Call', due: { kind: 'time', at: '2030-01-01T03:00:00Z' } })
  const mine = await connected(url, MINE)
  const details = await mine.callTool({ name: 'get_task_details', arguments: { id: task?.id } })
  expect(details.structuredContent).toMatchObject({
    task: { dueSaid: expect.stringMatching(/January first.* at noon$/) },
  })
})

test('without a valid token a request is refused', async () => {
  const { url } = await served()
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer wrong', `Basic ${MINE}`, `Bearer ${MINE}x`, MINE]) {
    const answer = await asked(url, authorization === '' ? {} : { authorization })
    expect([answer.status, answer.headers.get('www-authenticate')], authorization).toEqual([401, 'Bearer'])
    expect(await answer.text()).not.toMatch(/list_tasks/)
  }
})

test('a page of another site may not call, even with a token', async () => {
  const { url } = await served()
  const authorization = `Bearer ${MINE}`
  expect((await asked(url, { authorization, origin: 'https://evil.example' })).status).toBe(403)
  expect((await asked(url, { authorization, origin: 'null' })).status).toBe(403)
  expect((await asked(url, { authorization, origin: ORIGIN })).status).toBe(200)
})

test('a body that is not JSON, not a call, or too large is refused, and the server keeps working', async () => {
  const { url, errors } = await served()
  const authorization = `Bearer ${MINE}`
  const status = async (body: string, headers = {}) => (await asked(url, { authorization, ...headers }, body)).status
  expect(await status('{"jsonrpc":')).toBe(400)
  expect(await status('{}')).toBe(400)
  expect(await status(`"${'x'.repeat(70_000)}"`)).toBe(413)
  expect(await status('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
  expect((await fetch(url, { headers: { authorization, accept: 'text/event-stream' } })).status).toBe(405)
  expect(await status(LIST)).toBe(200)
  expect(errors.filter(error => error instanceof TypeError)).toEqual([])
})
