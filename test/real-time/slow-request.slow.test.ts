import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { buildServer } from '../../src/server.ts'

async function opened(): Promise<number> {
  const app = await buildServer({
    log: pino({ level: 'silent' }),
    reasonsNotReady: async () => [],
    routes: [async scope => void scope.post('/slow', async () => 'done')],
  })
  onTestFinished(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return Number(new URL(app.listeningOrigin).port)
}

const LINE = 'POST /slow HTTP/1.1\r\nhost: a\r\n'

test.each([
  ['body', `${LINE}content-type: application/json\r\ncontent-length: 900\r\n\r\n`],
  ['chunked body', `${LINE}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n384\r\n`],
  ['header', `${LINE}x-long: `],
  ['request line', 'POST /s'],
  ['nothing at all', ''],
])('a client whose %s comes a byte a second is cut off before the fifteenth byte', async (_, start) => {
  const socket = connect(await opened(), '127.0.0.1')
  const closed = new AbortController()
  let answer = ''
  socket.on('data', data => {
    answer += String(data)
  })
  socket.on('error', () => undefined).on('close', () => closed.abort())
  socket.write(start)
  let bytes = 0
  while (!closed.signal.aborted) {
    await setTimeout(1_000, undefined, { signal: closed.signal }).catch(() => undefined)
    if (closed.signal.aborted) break
    if (start !== '') socket.write('1')
    bytes++
  }
  expect(answer).toMatch(/^HTTP\/1\.1 408/)
  expect(bytes).toBeLessThan(15)
})
