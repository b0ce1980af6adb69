import { Cartesia } from '@cartesia/cartesia-js'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { profiles } from '../../../src/sandbox/delays.ts'

const flite = openFlite()
afterAll(() => flite.close())
const HEADERS = { authorization: 'Bearer sandbox', 'cartesia-version': '2026-08-14' }
const page = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string() })),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
})

async function standIn(): Promise<string> {
  const opened = await openCartesiaStandIn({ port: 0, profile: profiles.fast, seed: 1, clock: systemClock }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

async function pageOf(url: string, query: string) {
  const answer = await fetch(`${url}/voices?${query}`, { headers: HEADERS })
  return page.parse(await answer.json())
}

test('the list of voices comes in pages, forwards and backwards', async () => {
  const url = await standIn()
  const whole = await pageOf(url, 'limit=100')
  expect([whole.data.length, whole.has_more, whole.next_page]).toEqual([12, false, null])
  const first = await pageOf(url, '')
  expect([first.data.length, first.has_more, first.next_page]).toEqual([10, true, first.data.at(-1)?.id])
  const second = await pageOf(url, `starting_after=${first.next_page}`)
  expect([...first.data, ...second.data]).toEqual(whole.data)
  expect(second.has_more).toBe(false)
  const before = await pageOf(url, `limit=3&ending_before=${second.data[0]?.id}`)
  expect([before.data, before.has_more]).toEqual([whole.data.slice(7, 10), true])
  expect((await pageOf(url, `starting_after=${whole.data.at(-1)?.id}`)).data).toEqual([])
  expect((await pageOf(url, 'q=WARM')).data.map(({ name }) => name)).toEqual(['Evening Host'])
})

test.each([
  ['GET', '/voices', {}, 401],
  ['GET', '/voices?api_key=sandbox&cartesia_version=2026-08-14', {}, 401],
  ['GET', '/voices', { authorization: 'Bearer sandbox' }, 400],
  ['GET', '/voices?limit=101', HEADERS, 400],
  ['GET', '/voices?starting_after=nobody', HEADERS, 400],
  ['POST', '/tts/sse', {}, 401],
  ['POST', '/tts/sse', { 'cartesia-version': '2026-08-14' }, 401],
  ['POST', '/tts/sse', HEADERS, 400],
])('%s %s with the headers %j is refused with %i, as the vendor refuses', async (method, path, headers, status) => {
  const answer = await fetch(`${await standIn()}${path}`, { method, headers })
  expect(answer.status).toBe(status)
  expect(await answer.json()).toEqual({
    error_code: null,
    title: expect.any(String),
    message: expect.any(String),
    request_id: expect.any(String),
  })
})

test('the vendor’s own SDK reads its events: words, sound in pieces of 100 ms, and the end', async () => {
  const client = new Cartesia({ apiKey: 'sandbox', baseURL: await standIn(), maxRetries: 0 })
  const stream = await client.tts.generateSSE({
    model_id: 'sonic-3',
    transcript: 'Hello there.',
    voice: 'any',
    context_id: 'c1',
    add_timestamps: true,
    output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 8_000 },
  })
  const [words, ...rest] = await Array.fromAsync(stream)
  expect(words).toMatchObject({ type: 'timestamps', word_timestamps: { words: ['Hello', 'there.'] } })
  expect(rest[0]).toMatchObject({ type: 'chunk', context_id: 'c1', data: expect.any(String), status_code: 206 })
  expect(rest.at(-1)).toEqual({ type: 'done', context_id: 'c1', done: true, status_code: 200 })
})

test.each(['', ' ', '...'])('a text without words, "%s", is refused over HTTP too', async transcript => {
  const answer = await fetch(`${await standIn()}/tts/sse`, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify({
      model_id: 'sonic-3',
      transcript,
      voice: 'any',
      output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 8_000 },
    }),
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ message: 'transcript empty or contains only punctuation' })
})
