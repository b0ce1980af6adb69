import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { AGENT, opened } from '../opened.ts'

interface Asked {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly name?: string; readonly protocolVersion?: string }
}

const tools = ['look', 'write', 'refused', 'failing'].map(name => ({
  name,
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint: name !== 'write', destructiveHint: false },
}))

/** A server over HTTP that can forget its sessions and then answers by `forgotten`. */
async function server(forgotten: { readonly status: number; readonly message: string }) {
  const sessions = new Set<string>()
  const ran: string[] = []
  let opens = 0
  const http = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    if (request.method !== 'POST') return void response.writeHead(405).end()
    const { id, method, params }: Asked = JSON.parse(text)
    const answer = (status: number, body: object, headers: object = {}): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify({ jsonrpc: '2.0', ...body }))
    if (method === 'initialize') {
      const session = `session-${++opens}`
      sessions.add(session)
      const { protocolVersion } = params ?? {}
      const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } }
      return answer(200, { id, result }, { 'mcp-session-id': session })
    }
    if (!sessions.has(String(request.headers['mcp-session-id'])))
      return answer(forgotten.status, { id: id ?? null, error: { code: -32_001, message: forgotten.message } })
    if (id === undefined) return void response.writeHead(202).end()
    if (method === 'tools/list') return answer(200, { id, result: { tools } })
    if (method !== 'tools/call') return answer(200, { id, result: {} })
    if (params?.name === 'refused') return answer(400, { id, error: { code: -32_602, message: 'no such room' } })
    if (params?.name === 'failing')
      return answer(200, { id, error: { code: -32_602, message: 'day: expected one of mon, tue' } })
    ran.push(`${params?.name}`)
    return answer(200, { id, result: { content: [{ type: 'text', text: `did ${params?.name}` }] } })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void http.close())
  await once(http, 'listening')
  const address = http.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const { resultText, log } = await opened({
    servers: { far: { url } },
    agents: { [AGENT]: tools.map(({ name }) => name) },
  })
  return { resultText, log, ran, opens: () => opens, forget: () => sessions.clear() }
}

test.each([
  { status: 400, message: 'Bad Request: No valid session ID provided' },
  { status: 401, message: 'Unauthorized: Session not found' },
  { status: 403, message: 'Forbidden' },
  { status: 404, message: 'Session not found' },
  { status: 409, message: 'Conflict' },
  { status: 410, message: 'Gone' },
  { status: 200, message: 'Session not found' },
  { status: 200, message: 'Server not initialized' },
])(
  'a server that has forgotten its session and answers $status "$message" is opened anew, once, and called',
  async forgotten => {
    const { resultText, ran, opens, forget } = await server(forgotten)
    expect(await resultText('look')).toBe('Result of look: did look')
    forget()
    expect(await resultText('write')).toBe('Result of write: did write')
    expect(await resultText('look')).toBe('Result of look: did look')
    expect([opens(), ran]).toEqual([2, ['look', 'write', 'look']])
  },
)

test('a call that is refused in a session that lives opens nothing anew, and the model learns why', async () => {
  const { resultText, opens } = await server({ status: 400, message: '' })
  expect(await resultText('refused')).toMatch(/^refused does not work just now\..* \(Not to be said: .*no such room/)
  expect(await resultText('failing')).toContain('answered "day: expected one of mon, tue"')
  expect(opens()).toBe(1)
})
