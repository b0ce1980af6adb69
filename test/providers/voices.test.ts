import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { cartesiaVoices } from '../../src/providers/cartesia-voices.ts'
import { openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { COMPILED } from '../compiled.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

const COMMAND = new URL('../../src/providers/voices.ts', import.meta.url).pathname

async function standIn(...faults: readonly Fault[]): Promise<string> {
  const options = { port: 0, profile: profiles.fast, seed: 1, clock: systemClock, faults }
  const opened = await openCartesiaStandIn(options, openFlite())
  onTestFinished(() => opened.close())
  return opened.url
}

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

async function run(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...COMPILED, ...env }, stdio: 'pipe' })
  const [said, written] = [text(child.stderr), text(child.stdout)]
  const [code] = await once(child, 'close')
  return { code, said: await said, written: await written }
}

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

test('the command prints id, name, language and description, of all voices or of those that are searched for', async () => {
  const env = { CARTESIA_API_KEY: 'key', CARTESIA_BASE_URL: await standIn() }
  const every = await run([], env)
  expect(every).toMatchObject({ code: 0, said: '' })
  expect(every.written.trimEnd().split('\n')).toHaveLength(12)
  expect(await run(['for', 'late'], env)).toEqual({
    code: 0,
    said: '',
    written: '00000000-0000-4000-8000-000000000005\tNight Line\ten\tSoft, for late calls\n',
  })
  expect(await run(['opera'], env)).toEqual({ code: 1, said: 'No voice has "opera".\n', written: '' })
})

test('what goes wrong is one line', async () => {
  expect(await run([], {})).toEqual({
    code: 1,
    said: 'CARTESIA_API_KEY is not set: the voices are those of its account\n',
    written: '',
  })
  expect(await run([], { CARTESIA_API_KEY: 'key', CARTESIA_BASE_URL: 'api.cartesia.ai' })).toMatchObject({
    said: 'CARTESIA_BASE_URL must be a URL with wss: or ws: or https: or http:\n',
  })
  const refusing = await standIn({ kind: 'status', status: 401 })
  expect(await run([], { CARTESIA_API_KEY: 'key', CARTESIA_BASE_URL: refusing })).toMatchObject({
    code: 1,
    said: 'Cartesia: 401 injected\n',
  })
})
