import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock as clock } from '../../src/clock.ts'
import { systemNetwork } from '../../src/network.ts'
import { cartesia } from '../../src/providers/cartesia.ts'
import { deepgram } from '../../src/providers/deepgram.ts'
import { flux } from '../../src/providers/flux.ts'
import { gemini } from '../../src/providers/gemini.ts'

const TRACEPARENT = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`

/** A vendor that looks at the requests' headers and says nothing. */
async function opened() {
  const asked = new Map<string, IncomingMessage['headers']>()
  const server = createServer((request, response) => {
    asked.set(request.url ?? '', request.headers)
    response.writeHead(500).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (_socket, request) => asked.set(request.url?.split('?')[0] ?? '', request.headers))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const over = new AbortController()
  onTestFinished(() => {
    over.abort()
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { asked, signal: over.signal, access: { apiKey: 'key', baseUrl } }
}

async function* noSound() {
  await new Promise(() => undefined)
  yield 'flush' as const
}

test.each([TRACEPARENT, undefined])(
  'providers are told of the call’s trace where calls are traced: %s',
  async given => {
    const { asked, signal, access } = await opened()
    const heard = { ...access, rateHz: 8_000, callId: 'CA1', traceparent: given }
    for (const speechToText of [deepgram(heard, clock), flux(heard, clock)])
      speechToText
        .transcribe(noSound(), signal)
        [Symbol.asyncIterator]()
        .next()
        .catch(() => undefined)
    cartesia({ ...access, voiceId: 'voice', rateHz: 8_000, traceparent: given }, clock, signal)
    const picture = { jpeg: Uint8Array.of(1), takenMs: 0, ...(given !== undefined && { traceparent: given }) }
    const sight = gemini({ ...access, model: 'gemini' }, clock, systemNetwork)
    await sight.describe(picture, undefined, signal).catch(() => undefined)
    await expect
      .poll(() => [...asked.keys()].toSorted())
      .toEqual([...['/tts/websocket', '/v1/listen', '/v1beta/models/gemini:generateContent', '/v2/listen']])
    expect([...asked.values()].map(({ traceparent }) => traceparent)).toEqual(Array(4).fill(given))
  },
)
