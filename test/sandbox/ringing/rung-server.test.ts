import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../../src/config.ts'
import type { Network } from '../../../src/network.ts'
import { askServer } from '../../../src/sandbox/ringing/rung-server.ts'
import { sandboxRoute, standInNotice } from '../../../src/stand-ins.ts'

const never = new AbortController().signal
const URL_OF_SERVER = 'http://127.0.0.1:8080'
const at = (baseUrl: string) => ({ apiKey: 'x', baseUrl })
const ACCESS = { deepgram: at('http://127.0.0.1:40001'), openai: at('http://127.0.0.1:2'), cartesia: at('ws://x') }

/** A server with these answers; all else it does not know. */
function network(answers: Readonly<Record<string, readonly [status: number, body: string]>>): Network {
  return {
    fetch: async input => {
      const [status, body] = answers[new URL(String(input)).pathname] ?? [404, 'Not Found']
      return new Response(body, { status })
    },
  }
}

const READY = [200, '{"ready":true,"reasons":[]}'] as const

test('a server with stand-ins tells where its Deepgram is, and where it keeps its calls', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  await sandboxRoute(readSettings({ DATA_DIR: '/somewhere' }), ACCESS, true)(app)
  const { body } = await app.inject('/sandbox')
  const answers = { '/readyz': READY, '/sandbox': [200, body] as const }
  expect(await askServer(URL_OF_SERVER, network(answers), never)).toEqual({
    isStandIn: true,
    deepgramUrl: 'http://127.0.0.1:40001',
    dataDir: '/somewhere',
    notReady: [],
  })
})

test('a server that does not understand people tells them what to do about it', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  await sandboxRoute(readSettings({ DATA_DIR: '/somewhere' }), ACCESS, false)(app)
  const answers = { '/readyz': READY, '/sandbox': [200, (await app.inject('/sandbox')).body] as const }
  expect((await askServer(URL_OF_SERVER, network(answers), never)).notice).toContain('npm run models')
})

test('a server with the real Deepgram does not tell the address of another one', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  await sandboxRoute(readSettings({ DATA_DIR: '/somewhere', DEEPGRAM_API_KEY: 'key' }), ACCESS)(app)
  expect((await app.inject('/sandbox')).json()).toEqual({ dataDir: '/somewhere' })
})

test('a server without stand-ins, or another program, tells nothing', async () => {
  const unknown = { isStandIn: false, notReady: [] }
  expect(await askServer(URL_OF_SERVER, network({ '/readyz': READY }), never)).toEqual(unknown)
  const page = [200, '<html>'] as const
  expect(await askServer(URL_OF_SERVER, network({ '/readyz': page, '/sandbox': page }), never)).toEqual(unknown)
})

test('a server that is not ready tells why', async () => {
  const body = '{"ready":false,"reasons":["phrases are being rendered"]}'
  const { notReady } = await askServer(URL_OF_SERVER, network({ '/readyz': [503, body] }), never)
  expect(notReady).toEqual(['phrases are being rendered'])
})

test('where nothing answers, the message asks whether the server is running', async () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: refused }))
  await expect(askServer(URL_OF_SERVER, { fetch }, never)).rejects.toThrow(
    `Nothing answers at ${URL_OF_SERVER} (the connection was refused: nothing listens there). Is npm start running?`,
  )
})

test('what is no URL is refused', async () => {
  await expect(askServer('localhost:8080', network({}), never)).rejects.toThrow(
    '--url localhost:8080: it must be a URL',
  )
})

test.each([
  [{}, URL_OF_SERVER, 'npm run call -- tasks'],
  [{ AGENT: 'receptionist' }, 'http://127.0.0.1:9000', 'npm run call -- plain --url http://127.0.0.1:9000'],
  [{ TWILIO_AUTH_TOKEN: 'real' }, URL_OF_SERVER, 'npm run call -- tasks --deepgram http://127.0.0.1:40001'],
])('the notice of a server with %j says how it is rung', (env, url, call) => {
  expect(standInNotice(readSettings(env), ACCESS, url)).toMatch(new RegExp(`Ring it with: ${call}\n$`))
})
