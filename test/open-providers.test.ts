import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import type { Network } from '../src/network.ts'
import { openProviders } from '../src/open-providers.ts'
import type { Ears } from '../src/providers/local/ears.ts'
import { FakeClock } from './fakes/clock.ts'

const at = (port: number) => ({ apiKey: 'sandbox', baseUrl: `ws://127.0.0.1:${port}` })
const ACCESS = { deepgram: at(1), openai: at(2), cartesia: at(3) }
const ears: Ears = { recognize: async () => '', warm: async () => undefined, close: async () => undefined }
const clock = new FakeClock()
const never = new AbortController().signal
const closing: (() => Promise<void>)[] = []
afterAll(async () => void (await Promise.all(closing.map(close => close()))))

/** The stand-in: what it answers, or nothing for ever. */
let answers: Response | 'nothing' = 'nothing'
const asked: string[] = []
const network: Pick<Network, 'fetch'> = {
  fetch: async (input, init) => {
    asked.push(String(input))
    if (answers !== 'nothing') return answers
    return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  },
}
beforeAll(() => clock.advance(0))

/** By whom a call is heard with these settings. */
async function heardBy(env: Record<string, string>, answer: Response | 'nothing', signal = never) {
  answers = answer
  asked.length = 0
  const providers = await openProviders(readSettings(env), ACCESS, clock, network as Network, {
    ears,
    voice: undefined,
  })
  closing.push(providers.close)
  return providers.speechToTextFor({
    callId: 'CA 1',
    rateHz: 8_000,
    traceparent: undefined,
    language: 'en',
    signal,
    note: () => undefined,
  })
}
const told = (scripted: unknown): Response => new Response(JSON.stringify({ scripted }))

test('the stand-in says whose words it knows: they are its own, and all others are heard here', async () => {
  expect((await heardBy({}, told(true))).by).toBeUndefined()
  expect(asked).toEqual(['http://127.0.0.1:1/sandbox/calls/CA%201'])
  expect((await heardBy({}, told(false))).by).toBe('local')
})

test.each([new Response('no such page', { status: 404 }), told('perhaps'), new Response('<html>')])(
  'without a clear answer a call is for the stand-in',
  async answer => {
    expect((await heardBy({}, answer)).by).toBeUndefined()
  },
)

test('a stand-in that says nothing is waited for a second', async () => {
  let heard: { readonly by?: string | undefined } | undefined
  const asking = heardBy({}, 'nothing').then(speechToText => {
    heard = speechToText
  })
  await expect.poll(() => asked.length).toBe(1)
  await clock.advance(900)
  expect(heard).toBeUndefined()
  await clock.advance(200)
  await asking
  expect(heard).toBeDefined()
  expect(heard?.by).toBeUndefined()
})

test('a call that ends meanwhile does not fail', async () => {
  const over = new AbortController()
  const asking = heardBy({}, 'nothing', over.signal)
  await expect.poll(() => asked.length).toBe(1)
  over.abort(new Error('hung up'))
  expect((await asking).by).toBeUndefined()
})

test.each([
  [{ STT: 'local' }, 'local'],
  [{ STT: 'deepgram' }, undefined],
  [{ DEEPGRAM_API_KEY: 'key' }, undefined],
])('with %j nobody is asked', async (env, by) => {
  expect((await heardBy(env, told(by === undefined))).by).toBe(by)
  expect(asked).toEqual([])
})
