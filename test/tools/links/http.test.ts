import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import { tasksOverHttp } from '../../../src/tasks/web/http.ts'
import { openTasks } from '../../tasks/tasks.ts'
import { AGENT, opened, TASK_NAMES, TASK_TOOLS } from '../opened.ts'

const TOKEN = 'token-of-mine-0001'

async function served(port = 0, store = openTasks()) {
  const app = Fastify()
  await tasksOverHttp(app, {
    store: await store,
    clock: systemClock,
    tokens: [{ token: TOKEN, owner: '+15550001' }],
    origins: [],
    zone: 'UTC',
    onError: () => undefined,
  })
  await app.listen({ host: '127.0.0.1', port })
  onTestFinished(() => app.close())
  return { app, url: `${app.listeningOrigin}/tasks/mcp` }
}

const settingsFor = (url: string, token = TOKEN) => ({
  servers: { far: { url, headers: { authorization: `Bearer ${token}` } } },
  tools: TASK_TOOLS,
  agents: { [AGENT]: TASK_NAMES },
})

test('a server over HTTP is used with the headers of the settings, and asked before it deletes', async () => {
  const { url } = await served()
  const { run, resultText } = await opened(settingsFor(url))
  expect(await resultText('create_task', { title: 'Call the vendor' })).toBe(
    'Result of create_task: Added: Call the vendor, with no due date.',
  )
  expect(await run('delete_task', { title: 'vendor' })).toEqual({ kind: 'ask', question: 'Delete Call the vendor?' })
  expect(await resultText('delete_task', { title: 'vendor' }, { agreed: true })).toContain('Deleted: Call the vendor')
})

test('a server that was away is reached again, and a call that only reads succeeds', async () => {
  const store = openTasks()
  const before = await served(0, store)
  const { resultText } = await opened(settingsFor(before.url))
  expect(await resultText('list_tasks')).toContain('You have nothing pending')
  await before.app.close()
  // Waits for the next attempt, which comes after a second.
  const listed = resultText('list_tasks')
  await served(Number(new URL(before.url).port), store)
  expect(await listed).toContain('You have nothing pending')
  expect(await resultText('create_task', { title: 'Buy milk' })).toContain('Added: Buy milk')
})

test('no socket is open after closing', async () => {
  const { app, url } = await served()
  const { tools, resultText } = await opened(settingsFor(url))
  await resultText('list_tasks')
  expect(await connections(app.server)).toBeGreaterThan(0)
  await tools.close()
  while ((await connections(app.server)) > 0) await new Promise(setImmediate)
})

const connections = (server: { getConnections(callback: (error: Error | null, count: number) => void): unknown }) =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })

test('a wrong token does not prevent the start, and is not in the log', async () => {
  const { url } = await served()
  const { tools, log } = await opened(settingsFor(url, 'a-token-that-is-wrong'))
  expect(tools.forAgent(AGENT).specs).toEqual([])
  expect(log.map(({ message }) => message)).toContain('tools: far cannot be reached')
  expect(JSON.stringify(log)).not.toContain('a-token-that-is-wrong')
})

/** Serves an MCP handler; `onAsked` sees each request first. */
async function handled(
  handler: ReturnType<typeof createMcpHandler>,
  onAsked: (request: IncomingMessage) => void = () => undefined,
): Promise<string> {
  const http = createServer(async (request, response) => {
    onAsked(request)
    const chunks = await request.toArray()
    const headers = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [
      name,
      `${values}`,
    ])
    const body = request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}
    const answer = await handler.fetch(
      new Request('http://127.0.0.1/', { method: request.method ?? '', headers, ...body }),
    )
    response.writeHead(answer.status, [...answer.headers].flat())
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return `http://127.0.0.1:${port}/`
}

test('a tool that hangs is abandoned after its limit, and its late answer is dropped', async () => {
  const late = Promise.withResolvers<void>()
  let signalled = false
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'slow', version: '1' })
    server.registerTool('wait', { inputSchema: z.object({}), annotations: { readOnlyHint: true } }, async () => {
      signalled = true
      await late.promise
      return { content: [{ type: 'text', text: 'at last' }] }
    })
    server.registerTool('go_on', { inputSchema: z.object({}), annotations: { readOnlyHint: true } }, () => ({
      content: [{ type: 'text', text: 'at once' }],
    }))
    return server
  })
  const url = await handled(handler)
  const { resultText } = await opened({
    servers: { slow: { url } },
    tools: { wait: { limitMs: 100 } },
    agents: { [AGENT]: ['wait', 'go_on'] },
  })
  expect(await resultText('wait')).toMatch(/^wait does not work just now\. Tell the caller/)
  expect(signalled).toBe(true)
  late.resolve()
  // Another tool: on a busy machine a hundred milliseconds are not enough for any answer.
  expect(await resultText('go_on')).toBe('Result of go_on: at once')
})

test('a stream with too many events is closed, and the log says why', async () => {
  const notice = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } }
  const url = await answering(({ id, method }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const event = (message: object): string => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`
    if (method !== 'tools/call') return void response.end(event({ id, result: answerTo(method) }))
    const flood = (): void => {
      while (!response.destroyed && response.write(event(notice).repeat(100)));
      response.once('drain', flood)
    }
    flood()
  })
  const { resultText, log } = await opened({
    servers: { far: { url } },
    tools: { look: { limitMs: 300 } },
    agents: { [AGENT]: ['look'] },
  })
  expect(await resultText('look')).toMatch(/^look does not work just now/)
  expect(log.map(({ fields, message }) => [message, fields])).toContainEqual([
    'tools: far has its stream closed',
    { server: 'far', detail: 'Error: more than 1000 messages in a second' },
  ])
})

interface Asked {
  readonly id?: number
  readonly method?: string
}

/** A server over HTTP that accepts messages without an id, and answers the others with `answer`. */
async function answering(answer: (asked: Asked, response: ServerResponse) => void): Promise<string> {
  const http = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const asked: Asked = body === '' ? {} : JSON.parse(body)
    if (asked.id === undefined) response.writeHead(request.method === 'POST' ? 202 : 405).end()
    else answer(asked, response)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const address = http.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
}

function answerTo(method: string | undefined): object {
  if (method === 'tools/list') {
    return { tools: [{ name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] }
  }
  if (method !== 'initialize') return {}
  return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'far', version: '1' } }
}

test('a traced call tells the server of its trace, in the header and in the message; another call tells nothing', async () => {
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
  const headers: string[] = []
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'far', version: '1' })
    const inputSchema = z.object({ traceparent: z.string() })
    server.registerTool('look', { inputSchema, annotations: { readOnlyHint: true } }, async (_, context) => ({
      content: [{ type: 'text', text: JSON.stringify(context.mcpReq._meta ?? {}) }],
    }))
    return server
  })
  const url = await handled(handler, request => {
    if (request.headers.traceparent !== undefined) headers.push(String(request.headers.traceparent))
  })
  const settings = { servers: { far: { url } }, tools: { look: {} }, agents: { [AGENT]: ['look'] } }
  // What the model writes is not taken for a trace.
  const given = { traceparent: `00-${'11'.repeat(16)}-${'22'.repeat(8)}-01` }
  const traced = await opened(settings, { traceparentOf: () => traceparent })
  expect(await traced.resultText('look', given)).toContain(traceparent)
  expect(headers).toEqual([traceparent])
  const plain = await opened(settings)
  expect(await plain.resultText('look', given)).not.toContain('traceparent')
  expect(headers).toHaveLength(1)
})
