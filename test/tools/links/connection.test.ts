import { InMemoryTransport, type JSONRPCMessage } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { type Connection, openConnection } from '../../../src/tools/links/connection.ts'
import type { ListedTool } from '../../../src/tools/settings/listed-tool.ts'
import { FakeClock } from '../../fakes/clock.ts'

const never = new AbortController().signal
const outcome = (result: Promise<unknown>): Promise<string> =>
  result.then(
    found => JSON.stringify(found),
    error => `${error.kind ?? error.message}`,
  )

type Answer = { readonly result: object } | { readonly error: { code: number; message: string } } | 'none'

/** A server at the other end of a connection; `answers` says what it does with each method. */
class Server {
  readonly clock = new FakeClock()
  readonly asked: string[] = []
  readonly log: string[] = []
  readonly lost: string[] = []
  readonly listed: (readonly ListedTool[])[] = []
  hasSession = false
  endSession: () => Promise<void> = async () => undefined
  destroyed = 0
  capabilities: object = { tools: { listChanged: true } }
  tools: readonly object[] = [{ name: 'look', inputSchema: { type: 'object' } }]
  readonly answers = new Map<string, Answer>()
  readonly #ends = InMemoryTransport.createLinkedPair()

  open(signal = never): Promise<Connection> {
    const [near, far] = this.#ends
    far.onmessage = message => this.#take(message)
    void far.start()
    const logged = (what: string, detail: string): void => void this.log.push(`${what}: ${detail}`)
    return openConnection(
      {
        transport: near,
        hasSession: () => this.hasSession,
        lastLine: () => undefined,
        endSession: () => this.endSession(),
        destroy: () => this.destroyed++,
      },
      {
        clock: this.clock,
        onLost: why => this.lost.push(why),
        onTools: tools => this.listed.push(tools),
        hide: text => text.replaceAll('sk-1', '(hidden)'),
        log: { info: logged, warn: logged, quote: logged },
      },
      signal,
    )
  }

  async say(message: object): Promise<void> {
    await this.#ends[1].send({ jsonrpc: '2.0', ...message } as JSONRPCMessage)
    await this.clock.advance(0)
  }

  hangUp = (): Promise<void> => this.#ends[1].close()

  #take(message: JSONRPCMessage): void {
    if (!('method' in message)) return
    this.asked.push(message.method)
    if (!('id' in message)) return
    const answer = this.answers.get(message.method) ?? this.#usual(message.method, message.params)
    if (answer !== 'none') void this.#ends[1].send({ jsonrpc: '2.0', id: message.id, ...answer } as JSONRPCMessage)
  }

  #usual(method: string, params: Readonly<Record<string, unknown>> | undefined): Answer {
    const { capabilities } = this
    const serverInfo = { name: 'far', version: '1' }
    switch (method) {
      case 'initialize':
        return { result: { protocolVersion: params?.protocolVersion, capabilities, serverInfo } }
      case 'tools/list':
        return { result: { tools: this.tools } }
      case 'tools/call':
        return { result: { content: [{ type: 'text', text: 'the key is sk-1' }] } }
      default:
        return { result: {} }
    }
  }
}

async function opened(server = new Server()) {
  const connection = await server.open()
  return { server, connection }
}
const called = (connection: Connection, signal = never) =>
  outcome(connection.call({ name: 'look', arguments: {} }, signal))
const refusal = (message: string, code = -32_000): Answer => ({ error: { code, message } })

test('a server without tools is not asked for them', async () => {
  const server = new Server()
  server.capabilities = {}
  await opened(server)
  expect(server.listed).toEqual([[]])
  expect(server.asked).not.toContain('tools/list')
})

test('what a tool tells of itself, and what it answers, is without the server’s secrets', async () => {
  const server = new Server()
  server.tools = [
    { name: 'a', title: 'sk-1', description: 'Uses sk-1', inputSchema: { type: 'object' } },
    {
      name: 'b',
      annotations: { title: 'With sk-1' },
      inputSchema: { type: 'object', properties: { key: { type: 'string', description: 'As sk-1' } } },
    },
  ]
  const { connection } = await opened(server)
  const [tools] = server.listed
  expect(tools?.map(({ title, description }) => [title, description])).toEqual([
    ['(hidden)', 'Uses (hidden)'],
    ['With (hidden)', 'With (hidden)'],
  ])
  expect(JSON.stringify(tools)).not.toContain('sk-1')
  expect(await called(connection)).toContain('the key is (hidden)')
})

test('each tool that cannot be offered is told of once, and of no more than 200', async () => {
  const server = new Server()
  const bad = (name: string): object => ({ name, inputSchema: { type: 'object', not: {} } })
  server.tools = [bad('x'.repeat(100)), bad('one')]
  await opened(server)
  const why = 'its schema cannot be used: it has not at its top, which models do not accept'
  const both = [
    `lists a tool that cannot be offered: ${'x'.repeat(64)}: ${why}`,
    `lists a tool that cannot be offered: one: ${why}`,
  ]
  expect(server.log).toEqual(both)
  await server.say({ method: 'notifications/tools/list_changed' })
  expect(server.listed).toHaveLength(2)
  expect(server.log).toEqual(both)
  server.tools = Array.from({ length: 300 }, (_, index) => bad(`tool-${index}`))
  await server.clock.advance(1_000)
  await server.say({ method: 'notifications/tools/list_changed' })
  expect(server.log).toHaveLength(200)
})

test('a server that announces changes all the time is asked once a second', async () => {
  const { server } = await opened()
  for (let ms = 0; ms < 3_000; ms += 100) {
    await server.say({ method: 'notifications/tools/list_changed' })
    await server.clock.advance(100)
  }
  // When it was opened; at once; and after one, two and three seconds.
  expect(server.asked.filter(method => method === 'tools/list')).toHaveLength(5)
  // The last change is not forgotten.
  server.tools = []
  await server.say({ method: 'notifications/tools/list_changed' })
  expect(server.listed.at(-1)).toHaveLength(1)
  await server.clock.advance(1_000)
  expect(server.listed.at(-1)).toEqual([])
  await server.clock.advance(1_000)
  expect(server.clock.pending).toBe(0)
})

test('a server that cannot list its new tools keeps the old ones, and is asked again when it says so', async () => {
  const { server } = await opened()
  server.answers.set('tools/list', refusal('not now, sk-1'))
  await server.say({ method: 'notifications/tools/list_changed' })
  expect(server.log).toEqual([expect.stringMatching(/^does not list its new tools, so the old ones stay: .*not now/)])
  expect(server.listed).toHaveLength(1)
  server.answers.delete('tools/list')
  await server.say({ method: 'notifications/tools/list_changed' })
  expect(server.listed).toHaveLength(2)
})

test('a server that does not know ping is there; one that cannot answer it, or nothing at all, is lost, once', async () => {
  const { server, connection } = await opened()
  server.answers.set('ping', refusal('Method not found', -32_601))
  connection.check()
  await server.clock.advance(3_000)
  expect(server.lost).toEqual([])
  server.answers.set('ping', 'none')
  connection.check()
  connection.check()
  await server.clock.advance(1_900)
  expect(server.lost).toEqual([])
  await server.clock.advance(100)
  expect(server.lost).toEqual([expect.stringContaining('answering a ping took longer than 2000 ms')])
  connection.check()
  await server.hangUp()
  expect(server.lost).toHaveLength(1)
  // Two pings in all: the second and third check were one, and after the end there is none.
  expect(server.asked.filter(method => method === 'ping')).toHaveLength(2)
  expect(await called(connection)).toBe('unsent')
})

test('a server with a session that says to a ping that it is unknown is lost', async () => {
  const { server, connection } = await opened()
  server.answers.set('ping', refusal('Session not found', -32_600))
  connection.check()
  await server.clock.advance(0)
  expect(server.lost).toEqual([])
  server.hasSession = true
  connection.check()
  await server.clock.advance(0)
  expect(server.lost).toHaveLength(1)
})

test.each([
  { hasSession: true, ping: refusal('Session not found'), kind: 'unsent', lost: 1 },
  { hasSession: false, ping: refusal('Session not found'), kind: 'wrong', lost: 0 },
  { hasSession: true, ping: refusal('busy'), kind: 'wrong', lost: 0 },
  { hasSession: true, ping: { result: {} }, kind: 'wrong', lost: 0 },
])(
  'a call that is refused for its session: $kind where $ping answers a ping, and $hasSession that there is one',
  async row => {
    const { server, connection } = await opened()
    server.answers.set('tools/call', refusal('Session not found'))
    server.answers.set('ping', row.ping)
    server.hasSession = row.hasSession
    expect([await called(connection), server.lost.length]).toEqual([row.kind, row.lost])
    expect(server.asked.includes('ping')).toBe(row.hasSession)
  },
)

test('a call that is refused for something else asks for no ping', async () => {
  const { server, connection } = await opened()
  server.hasSession = true
  server.answers.set('tools/call', refusal('there is no such room', -32_602))
  expect(await called(connection)).toBe('refused')
  expect(server.asked).not.toContain('ping')
  expect(server.lost).toEqual([])
})

test('an abort while a refused call is looked into ends it with the abort’s reason', async () => {
  const { server, connection } = await opened()
  server.hasSession = true
  server.answers.set('tools/call', refusal('Session not found'))
  server.answers.set('ping', 'none')
  const stop = new AbortController()
  const stopped = called(connection, stop.signal)
  await server.clock.advance(100)
  expect(server.asked).toContain('ping')
  stop.abort(new Error('the caller spoke'))
  expect(await stopped).toBe('the caller spoke')
  expect(server.lost).toEqual([])
})

test('closing takes half a second at most, whatever the server does, and is not taken for a loss', async () => {
  const { server, connection } = await opened()
  server.endSession = () => new Promise(() => undefined)
  let isClosed = false
  const closed = connection.close().then(() => {
    isClosed = true
  })
  expect(await called(connection)).toBe('unsent')
  await server.clock.advance(400)
  expect([isClosed, server.destroyed]).toEqual([false, 0])
  await server.clock.advance(100)
  await closed
  expect([server.destroyed, server.lost, server.clock.pending]).toEqual([1, [], 0])
})

test('a connection that cannot be opened is cleaned up: the handshake, the tools, an end meanwhile, an abort', async () => {
  const refusing = new Server()
  refusing.answers.set('initialize', refusal('no'))
  expect(await outcome(refusing.open())).toContain('no')
  const listless = new Server()
  listless.answers.set('tools/list', 'none')
  const opening = outcome(listless.open())
  await listless.clock.advance(10_000)
  expect(await opening).toContain('listing the tools took longer than 10000 ms')
  const ending = new Server()
  ending.answers.set('tools/list', 'none')
  const ended = outcome(ending.open())
  await ending.clock.advance(0)
  await ending.hangUp()
  await ending.clock.advance(0)
  expect(await ended).not.toContain('{')
  const stopped = new Server()
  stopped.answers.set('initialize', 'none')
  const stop = new AbortController()
  const stopping = outcome(stopped.open(stop.signal))
  await stopped.clock.advance(0)
  stop.abort(new Error('the server is closing'))
  expect(await stopping).toBe('the server is closing')
  for (const server of [refusing, listless, ending, stopped]) {
    await server.clock.advance(1_000)
    expect([server.destroyed, server.clock.pending]).toEqual([1, 0])
  }
})

test('an abort of the signal that a connection was opened with does not end it', async () => {
  const opening = new AbortController()
  const connection = await new Server().open(opening.signal)
  opening.abort(new Error('opening is over'))
  expect(await called(connection)).toContain('the key is')
})
