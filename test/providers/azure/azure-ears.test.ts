import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { SttInput, Transcript } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { addressOf } from '../../../src/providers/azure/address.ts'
import { azureEars } from '../../../src/providers/azure/azure-ears.ts'
import { azureKeyTest } from '../../../src/providers/catalogue/accounts.ts'
import { reply, service } from './service.ts'

function listen(baseUrl: string, language = 'en') {
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort())
  const input = new Queue<SttInput>(1_000)
  const settings = { apiKey: 'key', baseUrl, region: 'eastus', rateHz: 8_000, language }
  const heard = azureEars(settings, systemClock).transcribe(input, lifetime.signal)[Symbol.asyncIterator]()
  const sound = (ms: number): void => input.push({ pcm: new Int16Array(ms * 8), rateHz: 8_000, atMs: 0 })
  return { input, heard, sound, lifetime }
}

async function next<T>(from: AsyncIterator<T>): Promise<T> {
  const { value, done } = await from.next()
  if (done) throw new Error('it has ended')
  return value
}

test('a session begins with its configuration, its context and the header of the sound, as the vendor’s SDK does', async () => {
  const { baseUrl, asked, messages } = await service()
  const { sound, heard } = listen(baseUrl, 'de')
  heard.next().catch(() => undefined)
  sound(40)
  const [config, context, header, first] = [
    await next(messages),
    await next(messages),
    await next(messages),
    await next(messages),
  ]
  expect([config, context, header, first].map(({ path }) => path)).toEqual([
    ...['speech.config', 'speech.context', 'audio', 'audio'],
  ])
  expect(new URL(asked[0]?.url ?? '', baseUrl).pathname).toBe('/stt/speech/universal/v2')
  expect(Object.fromEntries(new URL(asked[0]?.url ?? '', baseUrl).searchParams)).toMatchObject({ language: 'de-DE' })
  expect(asked[0]?.key).toBe('key')
  expect(JSON.parse(context.text)).toMatchObject({
    phraseDetection: { mode: 'Conversation', language: 'de-DE', enrichment: { profanity: 'Raw' } },
  })
  expect([header.sound.toString('latin1', 0, 4), header.sound.readUInt32LE(24)]).toEqual(['RIFF', 8_000])
  expect(first.sound).toHaveLength(640)
  expect(new Set([context, header, first].map(({ requestId }) => requestId)).size).toBe(1)
  expect(context.requestId).toMatch(/^[0-9a-f]{32}$/)
})

test('what has another turn’s id is not heard', async () => {
  const { baseUrl } = await service(({ path, requestId, sound }, socket) => {
    if (path !== 'audio' || sound.length !== 640) return
    reply(socket, 'speech.hypothesis', '0'.repeat(32), { Text: 'stale' })
    reply(socket, 'speech.hypothesis', requestId.toUpperCase(), { Text: 'hello', Offset: 0, Duration: 1 })
  })
  const { sound, heard } = listen(baseUrl)
  const first = heard.next()
  sound(40)
  expect((await first).value).toEqual({ text: 'hello', final: false, ended: false })
})

test.each([
  ['NoMatch', undefined],
  ['InitialSilenceTimeout', undefined],
  ['BabbleTimeout', undefined],
  ['TooManyRequests', true],
  ['Error', true],
  ['Forbidden', false],
  ['BadRequest', false],
])('a phrase with the status %s has no words; as a failure, retryable is %s', async (RecognitionStatus, retryable) => {
  const { baseUrl } = await service(({ path, requestId, sound }, socket) => {
    if (path === 'audio' && sound.length === 640) {
      reply(socket, 'speech.phrase', requestId, { RecognitionStatus, DisplayText: 'no', Offset: 0, Duration: 0 })
    }
  })
  const { sound, heard } = listen(baseUrl)
  const first: Promise<IteratorResult<Transcript, unknown>> = heard.next()
  sound(40)
  if (retryable === undefined) expect((await first).value).toEqual({ text: '', final: true, ended: false })
  else await expect(first).rejects.toMatchObject({ name: 'ProviderError', retryable })
})

test.each([
  [1007, 'Quota exceeded.', false],
  [4429, 'Too many requests', true],
  [1011, '', true],
])('a connection that is closed with %i says so, and retryable is right', async (code, reason, retryable) => {
  const { baseUrl } = await service(({ path, sound }, socket) => {
    if (path === 'audio' && sound.length === 640) socket.close(code, reason)
  })
  const { sound, heard } = listen(baseUrl)
  const first = heard.next()
  sound(40)
  await expect(first).rejects.toMatchObject({ retryable, message: expect.stringContaining(`${code} ${reason}`.trim()) })
})

test('a connection that the service closes in good order during a flush loses no words', async () => {
  let ends = 0
  const resent: number[] = []
  const { baseUrl } = await service(({ path, requestId, sound }, socket) => {
    if (path !== 'audio') return
    if (ends > 0 && sound.length === 640) resent.push(sound.length)
    if (sound.length > 0) return
    ends++
    if (ends === 1) return socket.close(1000)
    reply(socket, 'speech.phrase', requestId, { RecognitionStatus: 'Success', DisplayText: 'Yes.' })
    reply(socket, 'turn.end', requestId, {})
  })
  const { sound, heard, input } = listen(baseUrl)
  const first = heard.next()
  sound(40)
  input.push('flush')
  expect((await first).value).toEqual({ text: 'Yes.', final: true, ended: false })
  expect([ends, resent.length]).toEqual([2, 1])
})

test('the doctor and the list of voices ask the cloud of the region, and keep the path of a base URL', () => {
  const at = (baseUrl: string, region: string) => azureKeyTest({ apiKey: 'key', baseUrl, region }).url
  expect([
    at('wss://speech.microsoft.com', 'westeurope'),
    at('wss://speech.microsoft.com', 'chinanorth3'),
    at('https://speech.microsoft.com/', 'usgovvirginia'),
    at('https://mine.cognitiveservices.azure.com/', 'eastus'),
    at('ws://127.0.0.1:5000/speech', 'eastus'),
  ]).toEqual([
    'https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list',
    'https://chinanorth3.tts.speech.azure.cn/cognitiveservices/voices/list',
    'https://usgovvirginia.tts.speech.azure.us/cognitiveservices/voices/list',
    'https://mine.cognitiveservices.azure.com/tts/cognitiveservices/voices/list',
    'http://127.0.0.1:5000/speech/tts/cognitiveservices/voices/list',
  ])
})

test('the region is in the address of the vendor, and of nobody else', () => {
  const at = (baseUrl: string, region: string) => addressOf({ baseUrl, region }, 'tts', '/path').toString()
  expect([
    at('wss://speech.microsoft.com', 'westeurope'),
    at('wss://speech.microsoft.com', 'chinanorth3'),
    at('wss://speech.microsoft.com', 'usgovvirginia'),
    at('https://mine.cognitiveservices.azure.com/', 'eastus'),
  ]).toEqual([
    'wss://westeurope.tts.speech.microsoft.com/path',
    'wss://chinanorth3.tts.speech.azure.cn/path',
    'wss://usgovvirginia.tts.speech.azure.us/path',
    'wss://mine.cognitiveservices.azure.com/path',
  ])
})
