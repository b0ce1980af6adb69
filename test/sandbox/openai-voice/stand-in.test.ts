import OpenAI from 'openai'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { decodeWav } from '../../../src/audio/wav.ts'
import { systemClock } from '../../../src/clock.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'

const flite = openFlite()
afterAll(() => flite.close())

async function client(apiKey = 'sandbox'): Promise<OpenAI> {
  const opened = await openOpenAiVoiceStandIn({ port: 0, profile: profiles.fast, seed: 1, clock: systemClock }, flite)
  onTestFinished(() => opened.close())
  return new OpenAI({ apiKey, baseURL: `${opened.url}/v1`, maxRetries: 0 })
}

test('the vendor’s client gets plain samples of 24,000 Hz, or a WAV', async () => {
  const openai = await client()
  const asked = { model: 'gpt-4o-mini-tts', voice: 'marin', input: 'Good morning.' } as const
  const pcm = await (await openai.audio.speech.create({ ...asked, response_format: 'pcm' })).arrayBuffer()
  const wav = await (await openai.audio.speech.create({ ...asked, response_format: 'wav' })).arrayBuffer()
  const samples = new Int16Array(pcm)
  expect(loudnessDb(samples)).toBeGreaterThan(-40)
  expect(decodeWav(new Uint8Array(wav))).toMatchObject({ rateHz: 24_000, pcm: { length: samples.length } })
})

test.each([
  ['an unknown model', { model: 'tts-9' }],
  ['an unknown voice', { voice: 'nobody' }],
  ['a newer voice with an older model', { model: 'tts-1', voice: 'marin' }],
  ['no text', { input: '' }],
  ['too long a text', { input: 'x'.repeat(4_097) }],
  ['a setting that there is not', { rate: 8_000 }],
  ['events of an older model', { model: 'tts-1', stream_format: 'sse' }],
])('%s is refused', async (_, wrong) => {
  const openai = await client()
  const asked = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Good morning.', response_format: 'pcm', ...wrong }
  await expect(openai.audio.speech.create(asked as never)).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
  })
})
