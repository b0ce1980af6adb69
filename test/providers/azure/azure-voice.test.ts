import { expect, onTestFinished, test } from 'vitest'
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
