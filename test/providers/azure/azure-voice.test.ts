import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { azureVoice } from '../../../src/providers/azure/azure-voice.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { reply, service } from './service.ts'

async function* text(...pieces: readonly string[]) {
  yield* pieces
}

function voice(baseUrl: string) {
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const clock = new FakeClock()
  const settings = { apiKey: 'key', baseUrl, region: 'eastus', voiceId: 'en-US-AvaMultilingualNeural' }
  const tts = azureVoice({ ...settings, rateHz: 8_000, language: 'en' }, clock, call.signal)
  const spoken = (...pieces: readonly string[]) =>
    Array.fromAsync(tts.speak(text(...pieces), new AbortController().signal))
  return { clock, call, spoken }
}

async function next<T>(from: AsyncIterator<T>): Promise<T> {
  const { value, done } = await from.next()
  if (done) throw new Error('it has ended')
  return value
}

const sound = (id: string, bytes: number): Buffer => {
  const head = Buffer.from(`X-RequestId:${id}\r\nPath:audio\r\n`)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(head.length)
  return Buffer.concat([length, head, Buffer.alloc(bytes, 1)])
}

test('a clause of which no sound came was not spoken', async () => {
  const { baseUrl } = await service(({ path, requestId, text: ssml }, socket) => {
    if (path !== 'ssml') return
    if (ssml.includes('Good')) socket.send(sound(requestId, 3_200))
    reply(socket, 'turn.end', requestId, {})
  })
  const { spoken } = voice(baseUrl)
  await expect(spoken('Good.', ' More!')).rejects.toMatchObject({
    ...{ name: 'ProviderError', retryable: true },
    message: 'Azure Speech: no sound came of these words',
  })
})

test('a connection that is closed while it waits is opened again, unless it closes too soon', async () => {
  const { baseUrl, asked, connections, messages } = await service()
  const { clock } = voice(baseUrl)
  const first = await next(connections)
  await next(messages)
  await clock.advance(31_000)
  first.close(1000)
  const second = await next(connections)
  await next(messages)
  await clock.advance(1_000)
  second.close(1000)
  await once(second, 'close')
  const probe = new WebSocket(`${baseUrl}/probe`)
  onTestFinished(() => probe.terminate())
  await Promise.all([once(probe, 'open'), next(connections)])
  expect(asked.map(({ url }) => url)).toEqual([asked[0]?.url, asked[0]?.url, '/probe'])
})

test('a connection that has waited for eight minutes is replaced before the service closes it', async () => {
  const { baseUrl, asked, connections, messages } = await service()
  const { clock, call } = voice(baseUrl)
  const first = await next(connections)
  await next(messages)
  const closed = once(first, 'close')
  await clock.advance(8 * 60_000)
  await closed
  await next(connections)
  await next(messages)
  expect(asked).toHaveLength(2)
  call.abort()
  await clock.advance(10_000)
  expect([asked.length, clock.pending]).toEqual([2, 0])
})
