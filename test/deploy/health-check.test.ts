import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { healthProblem, ownAddress } from '../../src/health-check/health-check.ts'
import { systemNetwork } from '../../src/network.ts'
import { FakeClock } from '../fakes/clock.ts'

const { signal } = new AbortController()

test('it asks where the server listens', () => {
  const { PORT, HOST } = readSettings({})
  expect(ownAddress({})).toBe(`http://${HOST}:${PORT}/healthz`)
  expect(ownAddress({ PORT: '', HOST: '' })).toBe(ownAddress({}))
  expect(ownAddress({ PORT: '9000', HOST: '0.0.0.0' })).toBe('http://127.0.0.1:9000/healthz')
  expect(ownAddress({ HOST: '::' })).toBe('http://[::1]:8080/healthz')
  expect(ownAddress({ HOST: 'fd00::7' })).toBe('http://[fd00::7]:8080/healthz')
  expect(ownAddress({ HOST: '10.0.0.7' })).toBe('http://10.0.0.7:8080/healthz')
})

test('a server that answers well is alive, and any other answer is told', async () => {
  const statuses = [200, 503]
  const server = createServer((request, response) => response.writeHead(statuses.shift() ?? 500).end(request.url))
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = ownAddress({ PORT: String(typeof address === 'object' ? address?.port : '') })
  const parts = { clock: new FakeClock(), network: systemNetwork }
  expect(await healthProblem(url, parts, signal)).toBeUndefined()
  expect(await healthProblem(url, parts, signal)).toBe(`${url} answers 503`)
})

test('nobody there, and no answer, are told as such', async () => {
  const clock = new FakeClock()
  const refused = { clock, network: { fetch: () => Promise.reject(new TypeError('fetch failed')) } }
  expect(await healthProblem('http://nobody', refused, signal)).toBe('http://nobody does not answer: fetch failed')
  const silent = { clock, network: { fetch: () => new Promise<never>(() => undefined) } }
  const asked = healthProblem('http://silent', silent, signal)
  await clock.advance(4_000)
  expect(await asked).toBe('http://silent does not answer: the answer took longer than 4000 ms')
})
