import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../src/clock.ts'
import { cartesia } from '../../src/providers/cartesia.ts'

const CHUNKS = 1_500
const DATA = Buffer.alloc(3_200, 1).toString('base64')
/** What is read before a pause, and what the socket had read already: 64 KB each. */
const MOST_IN_A_TURN = Math.ceil((2 * 65_536) / DATA.length)

/** A service that sends minutes of speech as fast as the connection takes them. */
async function burstingService(): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', socket => {
    socket.once('message', data => {
      const { context_id } = JSON.parse(String(data))
      for (let i = 0; i < CHUNKS; i++) socket.send(JSON.stringify({ type: 'chunk', context_id, data: DATA }))
      socket.send(JSON.stringify({ type: 'done', context_id }))
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

test('minutes of speech that come at once are read in many turns of the event loop', async () => {
  const call = new AbortController()
  const settings = { apiKey: 'key', baseUrl: await burstingService(), voiceId: 'any', rateHz: 8_000 } as const
  const tts = cartesia(settings, systemClock, call.signal)
  const countsByTurn = [0]
  let isOver = false
  const turn = (): void => {
    countsByTurn.push(0)
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  async function* text(): AsyncGenerator<string> {
    yield 'Once upon a time.'
  }
  for await (const _ of tts.speak(text(), new AbortController().signal))
    countsByTurn.push((countsByTurn.pop() ?? 0) + 1)
  isOver = true
  call.abort()
  expect(countsByTurn.reduce((sum, count) => sum + count, 0)).toBe(CHUNKS)
  expect(Math.max(...countsByTurn)).toBeLessThanOrEqual(MOST_IN_A_TURN)
})
