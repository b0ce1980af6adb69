import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { cartesiaVoices } from '../../src/providers/cartesia-voices.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

async function service(answer: (asked: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
const named = (i: number) => ({ id: `voice-${i}`, name: `Voice ${i}`, language: 'en', description: '' })

const listed = (baseUrl: string, search = '', clock: Clock = systemClock) =>
  Array.fromAsync(cartesiaVoices({ apiKey: 'key', baseUrl }, search, clock, new AbortController().signal))
const fails = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Cartesia', retryable })

test('the voices of all pages are listed, each once', async () => {
  const pages: (string | null)[] = []
  const url = await service((asked, response) => {
    const { searchParams } = new URL(asked.url ?? '', 'http://host')
    pages.push(searchParams.get('starting_after'))
    const from = Number(searchParams.get('starting_after')?.slice('voice-'.length) ?? -1) + 1
    const count = Math.max(0, Math.min(Number(searchParams.get('limit')), 250 - from))
    json(response, { data: Array.from({ length: count }, (_, i) => named(from + i)), has_more: from + count < 250 })
  })
  expect(await listed(url)).toEqual(Array.from({ length: 250 }, (_, i) => named(i)))
  // The SDK does not look at has_more: it asks until a page is empty.
  expect(pages).toEqual([null, 'voice-99', 'voice-199', 'voice-249'])
})

test.each([
  ['is not JSON', (response: ServerResponse) => void response.writeHead(200).end('<html>')],
  ['has a voice without a name', (response: ServerResponse) => json(response, { data: [{ id: 'voice-1' }] })],
  [
    'never ends',
    (response: ServerResponse) => json(response, { data: Array.from({ length: 5_000 }, (_, i) => named(i)) }),
  ],
])('a list that %s is an error', async (_, answer) => {
  await expect(listed(await service((_asked, response) => answer(response)))).rejects.toEqual(fails(false))
})

test.each([
  ['never answers', () => undefined],
  [
    'stops in the middle of its answer',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"data":[')
    },
  ],
] as const)('a service that %s is given up, and its connection closed', async (_, answer) => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    answer(response)
  })
  await expect(listed(url, '', hastyClock(100))).rejects.toEqual(fails(true))
  await gone.promise
})
