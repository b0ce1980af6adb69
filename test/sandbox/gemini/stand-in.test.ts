import { expect, onTestFinished, test } from 'vitest'
import { gemini } from '../../../src/providers/gemini.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { type ScreenReader, type SeenWord, UnreadablePicture } from '../../../src/sandbox/gemini/screen-reader.ts'
import { openGeminiStandIn } from '../../../src/sandbox/gemini/stand-in.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const PROFILE: DelayProfile = { ...profiles.fast, firstToken: { medianMs: 500, p95Ms: 500 }, tokensPerSecond: 100 }
const MODEL = 'gemini-2.5-flash'
const JPEG = Buffer.from('a picture').toString('base64')

const word = (text: string, left: number, ends = false): SeenWord => ({
  ...{ text, left, right: left + text.length * 10, top: 100, bottom: 120, ends, sure: 0.9 },
})

/** Reads "Call Anna" on every picture but an empty one. */
const reader: ScreenReader = {
  async read(jpeg) {
    if (Buffer.from(jpeg).toString() === 'broken') throw new UnreadablePicture('no JPEG')
    return [word('Call', 0), word('Anna', 50, true)]
  },
  close: async () => undefined,
}

async function opened(faults: readonly Fault[] = []) {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network, passing } = time
  const standIn = await openGeminiStandIn(
    { serve: app => network.serve('gemini', app), profile: PROFILE, seed: 1, clock, faults },
    reader,
  )
  onTestFinished(() => passing(standIn.close()))

  async function ask(body: unknown, { key = 'key', model = MODEL, headers = {} } = {}) {
    const response = await passing(
      network.fetch(`${standIn.url}/v1beta/models/${model}:generateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== '' && { 'x-goog-api-key': key }), ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
    const answer: unknown = await response.json()
    return { status: response.status, answer }
  }
  const sight = gemini({ apiKey: 'key', baseUrl: standIn.url, model: MODEL }, clock, network)
  const describe = () => sight.describe({ jpeg: Buffer.from('a picture'), takenMs: 0 }, undefined, signal)
  return { clock, passing, ask, describe }
}

const { signal } = new AbortController()
const picture = (more: object = {}, mimeType = 'image/jpeg', data = JPEG) => ({
  contents: [{ role: 'user', parts: [{ inlineData: { mimeType, data } }, { text: 'What is it?' }] }],
  ...more,
})
const refused = (code: number, status: string, message: RegExp) => ({
  status: code,
  answer: { error: { code, status, message: expect.stringMatching(message) } },
})

test('our adapter gets what the picture says, after the delays of the profile', async () => {
  const { clock, passing, describe } = await opened()
  const beganMs = clock.now()
  const text = await passing(describe())
  expect(text).toBe('The screen shows text. It reads: “Call Anna”.')
  expect(clock.now() - beganMs).toBeCloseTo(500 + text.length * 2.5, -1)
})

test.each([
  ['without a key', picture(), { key: '' }, refused(403, 'PERMISSION_DENIED', /unregistered callers/)],
  [
    'for a model that does not exist',
    picture(),
    { model: 'gpt-4o' },
    refused(404, 'NOT_FOUND', /models\/gpt-4o is not/),
  ],
  ['with a BMP', picture({}, 'image/bmp'), {}, refused(400, 'INVALID_ARGUMENT', /Unsupported MIME type: image\/bmp/)],
  ['without data', picture({}, 'image/jpeg', ''), {}, refused(400, 'INVALID_ARGUMENT', /image is not valid/)],
  ['with what is not base64', picture({}, 'image/jpeg', 'a b!'), {}, refused(400, 'INVALID_ARGUMENT', /not valid/)],
  [
    'with what is no picture',
    picture({}, 'image/jpeg', Buffer.from('broken').toString('base64')),
    {},
    refused(400, 'INVALID_ARGUMENT', /Unable to process input image/),
  ],
  ['without contents', {}, {}, refused(400, 'INVALID_ARGUMENT', /contents is not specified/)],
  ['with a field that is not known', picture({ max_tokens: 1 }), {}, refused(400, 'INVALID_ARGUMENT', /"max_tokens"/)],
  [
    'with a role of others',
    { contents: [{ role: 'system', parts: [{ text: 'Hi' }] }] },
    {},
    refused(400, 'INVALID_ARGUMENT', /valid role/),
  ],
  [
    'with more than 20 MB',
    picture({}, 'image/jpeg', 'A'.repeat(20 * 1024 * 1024)),
    {},
    refused(400, 'INVALID_ARGUMENT', /payload size exceeds the limit/),
  ],
  [
    'without thoughts from a model that must think',
    picture({ generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }),
    { model: 'gemini-2.5-pro' },
    refused(400, 'INVALID_ARGUMENT', /only works in thinking mode/),
  ],
])('a request %s is refused as the vendor refuses it', async (_, body, more, refusal) => {
  const { ask } = await opened()
  expect(await ask(body, more)).toMatchObject(refusal)
})

test('thoughts are paid from the answer’s tokens, unless they are switched off', async () => {
  const { ask } = await opened()
  const config = (maxOutputTokens: number, more: object = {}) =>
    picture({ generationConfig: { maxOutputTokens, ...more } })
  expect(await ask(config(400))).toMatchObject({
    status: 200,
    answer: {
      candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }],
      usageMetadata: { thoughtsTokenCount: 400, candidatesTokenCount: 0 },
    },
  })
  const { answer } = await ask(config(5, { thinkingConfig: { thinkingBudget: 0 } }))
  expect(answer).toMatchObject({
    candidates: [{ content: { parts: [{ text: 'The screen shows tex' }] }, finishReason: 'MAX_TOKENS' }],
  })
})

test('a model that must think is found out by our adapter', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network, passing } = time
  const options = { serve: (app: Parameters<typeof network.serve>[1]) => network.serve('gemini', app) }
  const standIn = await openGeminiStandIn({ ...options, profile: PROFILE, seed: 1, clock }, reader)
  onTestFinished(() => passing(standIn.close()))
  const sight = gemini({ apiKey: 'key', baseUrl: standIn.url, model: 'gemini-2.5-pro' }, clock, network)
  const described = sight.describe({ jpeg: Buffer.from('a picture'), takenMs: 0 }, undefined, signal)
  expect(await passing(described)).toContain('“Call Anna”')
})

test.each<[string, Fault, RegExp]>([
  ['a status', { kind: 'status', status: 503, times: 2 }, /503 injected/],
  ['a stall', { kind: 'stall' }, /longer than 6000 ms/],
  ['a reset', { kind: 'drop', afterMs: 100, times: 2 }, /fetch failed/],
  ['a broken answer', { kind: 'malformed', times: 2 }, /not as announced/],
])('%s is an error of our adapter, and the next look succeeds', async (_, fault, told) => {
  const { passing, describe } = await opened([fault])
  await expect(passing(describe())).rejects.toThrow(told)
  expect(await passing(describe())).toContain('“Call Anna”')
})
