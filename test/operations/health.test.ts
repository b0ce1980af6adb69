import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { health } from '../../src/operations/health.ts'

async function ask(url: string, reasons: readonly string[]) {
  const app = Fastify()
  health(app, async () => reasons)
  const { statusCode, body } = await app.inject({ url })
  await app.close()
  return { statusCode, body: JSON.parse(body) }
}

test('a server without reasons not to be is ready', async () => {
  expect(await ask('/readyz', [])).toEqual({ statusCode: 200, body: { ready: true, reasons: [] } })
})

test('a server that is not ready says why', async () => {
  const reasons = ['shutting down', 'phrases are being rendered']
  expect(await ask('/readyz', reasons)).toEqual({ statusCode: 503, body: { ready: false, reasons } })
})

test('a server that is not ready is still alive', async () => {
  expect(await ask('/healthz', ['shutting down'])).toEqual({ statusCode: 200, body: { status: 'ok' } })
})
