import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../src/clock.ts'
import { cartesia } from '../../src/providers/cartesia.ts'

const CHUNKS = 1_500
const DATA = Buffer.alloc(3_200, 1).toString('base64')
/** One message, and the one whose turn of the event loop had begun. */
const MOST_IN_A_TURN = 2

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

/** Counts what happens in each turn of the event loop. */
function turnCounts() {
  const counts = [0]
  let isOver = false
  const turn = (): void => {
    counts.push(0)
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  onTestFinished(() => {
    isOver = true
  })
  return {
    count: () => void counts.push((counts.pop() ?? 0) + 1),
    all: () => counts.reduce((sum, count) => sum + count, 0),
    most: () => Math.max(...counts),
  }
}

test('minutes of speech that come at once are read in many turns of the event loop', async () => {
  const call = new AbortController()
  const settings = { apiKey: 'key', baseUrl: await burstingService(), voiceId: 'any', rateHz: 8_000 } as const
  const tts = cartesia(settings, systemClock, call.signal)
  const read = turnCounts()
  async function* text(): AsyncGenerator<string> {
    yield 'Once upon a time.'
  }
  for await (const _ of tts.speak(text(), new AbortController().signal)) read.count()
  call.abort()
  expect(read.all()).toBe(CHUNKS)
  expect(read.most()).toBeLessThanOrEqual(MOST_IN_A_TURN)
})

test('hundreds of clauses that are there at once are asked for in many turns of the event loop', async () => {
  const call = new AbortController()
  const settings = { apiKey: 'key', baseUrl: await burstingService(), voiceId: 'any', rateHz: 8_000 } as const
  const tts = cartesia(settings, systemClock, call.signal)
  const taken = turnCounts()
  async function* text(): AsyncGenerator<string> {
    for (let i = 0; i < 300; i++) {
      taken.count()
      yield 'All is well. '
    }
  }
  for await (const _ of tts.speak(text(), new AbortController().signal)) if (taken.all() === 300) break
  call.abort()
  expect(taken.all()).toBe(300)
  expect(taken.most()).toBeLessThanOrEqual(5)
})
