import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Network } from '../../../src/network.ts'
import { clonedVoice } from '../../../src/providers/elevenlabs/cloned-voice.ts'
import { elevenLabsVoices } from '../../../src/providers/elevenlabs/voices.ts'

const ACCOUNT = { apiKey: 'key', baseUrl: 'wss://voices.example' }
const named = (i: number) => ({
  voice_id: `voice-${i}`,
  name: `Voice ${i}`,
  category: 'premade',
  labels: { language: 'en' },
})

/** A service that answers each request with what `answer` makes of its address. */
function service(answer: (url: URL) => object | string) {
  const asked: { readonly url: string; readonly key: unknown }[] = []
  const network: Network = {
    fetch: async (input, init) => {
      asked.push({ url: String(input), key: new Headers(init?.headers).get('xi-api-key') })
      const body = answer(new URL(String(input)))
      return new Response(typeof body === 'string' ? body : JSON.stringify(body))
    },
  }
  return { asked, parts: { clock: systemClock, network } }
}
const listed = (parts: ReturnType<typeof service>['parts'], search = '') =>
  Array.fromAsync(elevenLabsVoices(ACCOUNT, parts, search, new AbortController().signal))
const fails = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'ElevenLabs', retryable })

test('the voices of all pages are listed, each once', async () => {
  const { asked, parts } = service(({ searchParams }) => {
    const from = Number(searchParams.get('next_page_token') ?? 0)
    // The first page of the real service may have more than was asked for.
    const voices = Array.from({ length: 110 }, (_, i) => named(from + i)).filter((_, i) => from + i < 250)
    return { voices, has_more: from + 100 < 250, next_page_token: String(from + 100), total_count: 250 }
  })
  const voices = await listed(parts)
  expect(voices.map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, i) => `voice-${i}`))
  expect(voices[0]).toEqual({ id: 'voice-0', name: 'Voice 0', language: 'en', description: 'premade' })
  expect(asked.map(({ url }) => url)).toEqual([
    'https://voices.example/v2/voices?page_size=100',
    'https://voices.example/v2/voices?page_size=100&next_page_token=100',
    'https://voices.example/v2/voices?page_size=100&next_page_token=200',
  ])
  expect(asked[0]?.key).toBe('key')
})

test('a service that ignores its token gives the same page once', async () => {
  const { parts } = service(() => ({ voices: [named(1)], has_more: true, next_page_token: 'x' }))
  expect(await listed(parts, 'a b')).toHaveLength(1)
})

test.each([
  ['is no JSON', '<html>'],
  ['has no voices', {}],
  ['has a voice without an id', { voices: [{ name: 'x' }], has_more: false }],
])('a list that %s is an error', async (_, body) => {
  await expect(listed(service(() => body).parts)).rejects.toEqual(fails(false))
})

test.each([
  ['names no voice', {}, /names no voice/],
  ['wants to be verified', { voice_id: 'v1', requires_verification: true }, /v1 was made, but wants to be verified/],
])('a clone that %s is an error', async (_, body, message) => {
  const { parts } = service(() => body)
  const voice = { name: 'Anna', samples: [{ name: 'a.wav', bytes: Buffer.from('RIFF') }] }
  await expect(clonedVoice.make(ACCOUNT, parts, voice, new AbortController().signal)).rejects.toThrow(message)
})

test.each([
  ['RIFF\0\0\0\0WAVE', true],
  ['ID3', true],
  ['fLaC', true],
  ['OggS', true],
  ['\0\0\0\x20ftypM4A ', true],
  ['\x1a\x45\xdf\xa3', true],
  ['\xff\xfb\x90', true],
  ['%PDF', false],
  ['', false],
])('a file that begins with %j: taken is %s', (start, isTaken) => {
  const bytes = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(9_000)])
  expect(clonedVoice.problems([{ name: 'a', bytes }]).length === 0).toBe(isTaken)
})
