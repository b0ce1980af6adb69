import { AwsV4Signer } from 'aws4fetch'
import { expect, test } from 'vitest'
import { readProviders } from '../../../src/chosen/providers.ts'
import type { Speech } from '../../../src/conversation/ports.ts'
import type { Network } from '../../../src/network.ts'
import { type PollySettings, polly } from '../../../src/providers/polly/polly.ts'
import { addressOf } from '../../../src/providers/polly/polly-requests.ts'
import { signedHeaders } from '../../../src/providers/polly/signed.ts'
import { FakeClock } from '../../fakes/clock.ts'

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const SETTINGS: PollySettings = {
  ...{ ...KEYS, baseUrl: 'https://polly.amazonaws.com', region: 'eu-central-1', voiceId: 'Joanna', engine: 'neural' },
  ...{ rateHz: 8_000, language: 'en' },
}

interface Asked {
  readonly VoiceId: string
  readonly OutputFormat: string
  readonly SampleRate?: string
  readonly Text: string
}

/** A service that answers each request with `answer`. */
function service(answer: (asked: Asked) => Response) {
  const asked: Asked[] = []
  const urls: string[] = []
  const network: Network = {
    async fetch(url, init) {
      const request: Asked = JSON.parse(String(init?.body))
      asked.push(request)
      urls.push(String(url))
      return answer(request)
    },
  }
  return { asked, urls, network }
}

const sound = (ms: number, rateHz = 8_000) => new Response(new Uint8Array((ms / 1_000) * rateHz * 2).fill(1))
const marks = (...all: readonly (readonly [string, number])[]) =>
  new Response(
    all.map(([value, time]) => `${JSON.stringify({ time, type: 'word', start: 0, end: 1, value })}\n`).join(''),
  )
async function* text(...pieces: readonly string[]) {
  yield* pieces
}
const spoken = (settings: PollySettings, network: Network, ...pieces: readonly string[]): Promise<readonly Speech[]> =>
  Array.fromAsync(polly(settings, new FakeClock(), network).speak(text(...pieces), new AbortController().signal))
const wordsOf = (speech: readonly Speech[]) => speech.flatMap(one => (one.kind === 'words' ? one.words : []))

test.each([undefined, 'a-session-token'])(
  'requests are signed as aws4fetch signs them; the token is %s',
  async sessionToken => {
    const url = addressOf(SETTINGS, '/v1/speech')
    const body = '{"Text":"Grüß Gott"}'
    const now = new Date('2026-11-27T12:34:56.789Z')
    const library = await new AwsV4Signer({
      ...{ ...KEYS, method: 'POST', url: url.toString(), body, service: 'polly', region: 'eu-central-1' },
      ...{ datetime: '20261127T123456Z', ...(sessionToken !== undefined && { sessionToken }) },
    }).sign()
    const own = signedHeaders({ ...KEYS, sessionToken }, { method: 'POST', url, region: 'eu-central-1', body, now })
    expect(own.authorization).toBe(library.headers.get('authorization'))
    expect(own['x-amz-date']).toBe(library.headers.get('x-amz-date'))
    expect(own['x-amz-security-token']).toBe(library.headers.get('x-amz-security-token') ?? undefined)
  },
)

test('a list is asked for as aws4fetch would, whatever its token has', async () => {
  const url = addressOf(SETTINGS, '/v1/voices')
  url.searchParams.set('Engine', 'long form')
  url.searchParams.set('NextToken', 'a+b/c=~')
  const library = await new AwsV4Signer({
    ...{ ...KEYS, method: 'GET', url: url.toString(), service: 'polly', region: 'eu-central-1' },
    datetime: '20261127T123456Z',
  }).sign()
  const now = new Date('2026-11-27T12:34:56Z')
  const own = signedHeaders(KEYS, { method: 'GET', url, region: 'eu-central-1', body: '', now })
  expect(own.authorization).toBe(library.headers.get('authorization'))
})

test('each clause is asked for as sound and as marks, and its words count from the begin of the speech', async () => {
  const { asked, urls, network } = service(({ OutputFormat, Text }) =>
    OutputFormat === 'pcm' ? sound(500) : marks([Text.slice(0, 4), 100]),
  )
  const speech = await spoken(SETTINGS, network, 'Good.', ' ', 'More!')
  expect(urls[0]).toBe('https://polly.eu-central-1.amazonaws.com/v1/speech')
  expect(asked.map(({ OutputFormat, SampleRate, Text }) => [OutputFormat, SampleRate, Text])).toEqual([
    ['pcm', '8000', 'Good.'],
    ['json', undefined, 'Good.'],
    ['pcm', '8000', ' More!'],
    ['json', undefined, ' More!'],
  ])
  expect(wordsOf(speech)).toEqual([
    { text: 'Good.', startMs: 100, endMs: 500 },
    { text: 'More!', startMs: 600, endMs: 1_000 },
  ])
})

test('a browser hears 24 kHz, which are made of the 16 that Polly has', async () => {
  const { asked, network } = service(({ OutputFormat }) => (OutputFormat === 'pcm' ? sound(500, 16_000) : marks()))
  const speech = await spoken({ ...SETTINGS, rateHz: 24_000 }, network, 'Good.')
  const samples = speech.reduce((sum, one) => sum + (one.kind === 'audio' ? one.frame.pcm.length : 0), 0)
  expect(asked[0]?.SampleRate).toBe('16000')
  expect(Math.abs(samples - 12_000)).toBeLessThan(50)
})

test('generative voices have no marks: their words are estimated, and nobody asks for marks', async () => {
  const { asked, network } = service(() => sound(900))
  const speech = await spoken({ ...SETTINGS, engine: 'generative' }, network, 'Good morning.')
  expect(asked.map(({ OutputFormat }) => OutputFormat)).toEqual(['pcm'])
  const words = wordsOf(speech)
  expect(words.map(word => word.text).join(' ')).toBe('Good morning.')
  expect(words.at(-1)?.endMs).toBeGreaterThan(300)
})

test.each(['neural', 'generative'])('words of which no sound came were not spoken (%s)', async engine => {
  const { network } = service(({ OutputFormat, Text }) =>
    OutputFormat === 'pcm' && Text.includes('More') ? sound(0) : OutputFormat === 'pcm' ? sound(500) : marks(),
  )
  await expect(spoken({ ...SETTINGS, engine }, network, 'Good.', ' More!')).rejects.toMatchObject({
    ...{ name: 'ProviderError', retryable: true },
    message: 'Amazon Polly: no sound came of these words',
  })
})

test('sound that ends before its last word has broken off', async () => {
  const { network } = service(({ OutputFormat }) =>
    OutputFormat === 'pcm' ? sound(300) : marks(['Good', 50], ['morning', 450]),
  )
  await expect(spoken(SETTINGS, network, 'Good morning.')).rejects.toMatchObject({
    ...{ name: 'ProviderError', retryable: true },
    message: expect.stringContaining('broke off'),
  })
})

test.each([
  [400, 'ThrottlingException:http://internal.amazon.com/coral/', true],
  [400, 'TextLengthExceededException:', false],
  [403, 'UnrecognizedClientException', false],
  [500, 'ServiceFailureException', true],
])('refused with %i and %s it can be tried again: %s', async (status, type, retryable) => {
  const body = JSON.stringify({ message: 'Rate exceeded' })
  const { network } = service(() => new Response(body, { status, headers: { 'x-amzn-errortype': type } }))
  const kind = type.split(':')[0]
  await expect(spoken(SETTINGS, network, 'Good.')).rejects.toMatchObject({
    retryable,
    message: `Amazon Polly: ${status} ${kind}: Rate exceeded`,
  })
})

test('a mark that cannot be read is no word that is lost', async () => {
  const { network } = service(({ OutputFormat }) => (OutputFormat === 'pcm' ? sound(300) : new Response('{"time":')))
  await expect(spoken(SETTINGS, network, 'Good.')).rejects.toMatchObject({ retryable: true })
})

test.each([
  ['long-form', 'en-GB', 'Danielle'],
  ['neural', 'nl', 'Laura'],
  ['standard', 'nl', 'Lotte'],
  ['standard', 'pl', 'Ewa'],
  ['standard', 'en', 'Joanna'],
])('%s in %s speaks with a voice that this engine has: %s', async (engine, language, voice) => {
  const { asked, network } = service(({ OutputFormat }) => (OutputFormat === 'pcm' ? sound(100) : marks()))
  await spoken({ ...SETTINGS, engine, language }, network, 'Hallo.')
  expect(new Set(asked.map(({ VoiceId }) => VoiceId))).toEqual(new Set([voice]))
})

test('an engine without a voice of the language is refused at the start, unless a voice is set', () => {
  const problems = (more: Readonly<Record<string, string>>) =>
    readProviders({ STT: 'deepgram', LLM: 'openai', TTS: 'polly', POLLY_ENGINE: 'long-form', ...more }).problems.filter(
      problem => problem.startsWith('LANGUAGE'),
    )
  expect(problems({ LANGUAGE: 'en' })).toEqual([])
  expect(problems({ LANGUAGE: 'es', POLLY_VOICE_ID: 'Somebody' })).toEqual([])
  expect(problems({ LANGUAGE: 'de', POLLY_ENGINE: 'neural' })).toEqual([])
  expect(problems({ LANGUAGE: 'de' })).toEqual(['LANGUAGE: Amazon Polly (TTS=polly) knows en alone (it is "de")'])
})

test('another language has another voice where none was chosen', async () => {
  const { asked, network } = service(({ OutputFormat }) => (OutputFormat === 'pcm' ? sound(100) : marks()))
  await spoken({ ...SETTINGS, language: 'de-AT' }, network, 'Hallo.')
  await spoken({ ...SETTINGS, language: 'de', voiceId: 'Daniel' }, network, 'Hallo.')
  expect(asked.map(({ VoiceId }) => VoiceId)).toEqual(['Vicki', 'Vicki', 'Daniel', 'Daniel'])
})
