import { createServer, type ServerResponse } from 'node:http'
import { Agent } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { KEPT_MS, type Network, systemNetwork } from '../../src/network.ts'
import { openAi } from '../../src/providers/openai.ts'
import { FakeClock } from '../fakes/clock.ts'

const never = new AbortController().signal
const PROMPT = { instructions: 'Answer.', history: [{ role: 'caller', text: 'Hello' }], tools: [] } as const
const WORDS = 'data: {"choices":[{"delta":{"content":"Hello."},"finish_reason":"stop"}]}\n\n'

/** A server of chat completions that takes one connection at a time, and a model there. */
async function open(answer: (response: ServerResponse, requests: number) => void) {
  let connections = 0
  let requests = 0
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(response, ++requests))
  })
  server.on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  // The next request waits for this connection, unless it is closed.
  const dispatcher = new Agent({ connections: 1, pipelining: 1 })
  const network: Network = { fetch: (input, init) => fetch(input, { ...init, ...{ dispatcher } }) }
  onTestFinished(async () => {
    await dispatcher.destroy()
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${address.port}`
  const model = openAi({ apiKey: 'key', baseUrl: `${url}/v1`, model: 'any' }, new FakeClock(), network)
  const reply = () => Array.fromAsync(model.reply(PROMPT, never))
  return { model, reply, connections: () => connections, requests: () => requests }
}

test('the connection of an answer serves the next one, though the answer ends after its mark', async () => {
  let last: ServerResponse | undefined
  const { reply, connections } = await open(response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(WORDS)
    response.write('data: [DONE]\n\n')
    last = response
  })
  for (let i = 0; i < 3; i++) {
    expect(await reply()).toEqual([{ kind: 'text', text: 'Hello.' }])
    last?.end()
  }
  expect(connections()).toBe(1)
})

test('a request that meets a connection which was just closed is sent once more, and not again', async () => {
  const { reply, requests } = await open((response, count) => {
    if (count !== 2) return void response.destroy()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${WORDS}data: [DONE]\n\n`)
  })
  expect(await reply()).toEqual([{ kind: 'text', text: 'Hello.' }])
  await expect(reply()).rejects.toMatchObject({ name: 'ProviderError', retryable: true })
  expect(requests()).toBe(4)
})

test('an answer that is broken off by us closes its connection', async () => {
  const closed = Promise.withResolvers<void>()
  const { model } = await open(response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(WORDS)
    response.once('close', closed.resolve)
  })
  for await (const delta of model.reply(PROMPT, never)) {
    expect(delta).toEqual({ kind: 'text', text: 'Hello.' })
    break
  }
  await closed.promise
})

test('a connection is opened as a call begins, where none can be there still', async () => {
  const clock = new FakeClock()
  const opened: string[] = []
  const network = { fetch: () => Promise.reject(new Error('nobody asks')), connect: (url: string) => opened.push(url) }
  const model = openAi({ apiKey: 'key', baseUrl: 'http://model/v1', model: 'any' }, clock, network)
  model.connect(never)
  model.connect(never)
  expect(opened).toEqual(['http://model/v1/chat/completions'])
  await clock.advance(KEPT_MS)
  model.connect(never)
  expect(opened).toHaveLength(2)
})

test('it is opened by a request that takes nothing, and fails quietly', async () => {
  const came = Promise.withResolvers<string | undefined>()
  const server = createServer((request, response) => {
    came.resolve(request.method)
    response.writeHead(405).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  systemNetwork.connect?.(`http://127.0.0.1:${address.port}/v1/chat/completions`, never)
  expect(await came.promise).toBe('HEAD')
  systemNetwork.connect?.('http://127.0.0.1:1/', AbortSignal.abort())
})
