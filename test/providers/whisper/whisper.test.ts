import { expect, onTestFinished, test } from 'vitest'
import { decodeWav } from '../../../src/audio/wav.ts'
import type { SttInput, Transcript, VoiceEvent } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { WHISPER_HZ } from '../../../src/providers/whisper/transcription.ts'
import { whisper } from '../../../src/providers/whisper/whisper-ears.ts'
import { partsOf } from '../../../src/sandbox/whisper/form.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { ends, starts, voiceAt } from '../local/fake-ears.ts'

interface Asked {
  readonly url: string
  readonly headers: Headers
  readonly fields: Readonly<Record<string, string | Buffer>>
  readonly ms: number
  readonly signal: AbortSignal
}

type Answer = Response | Promise<Response>

const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status })

interface Options {
  readonly answer?: (asked: Asked, count: number) => Answer
  readonly interims?: 'on' | 'once' | 'off'
  readonly apiKey?: string
  readonly language?: string
}

/** A session whose server the test plays, and whose sound passes in virtual time, from 0 on. */
function open(
  events: readonly VoiceEvent[],
  { answer = (_, count) => json({ text: `Words ${count}.` }), interims = 'off', apiKey, language = 'en' }: Options = {},
) {
  const clock = new FakeClock()
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const body = Buffer.from(await request.arrayBuffer())
    const fields = partsOf(request.headers.get('content-type') ?? '', body)
    const ms = (decodeWav(fields.file as Buffer).pcm.length / WHISPER_HZ) * 1_000
    const one = { url: request.url, headers: request.headers, fields, ms, signal: request.signal }
    asked.push(one)
    return answer(one, asked.length)
  }
  const access = { title: 'Whisper', apiKey, baseUrl: 'http://ears/v1/', model: 'tiny' }
  const stt = whisper(access, { voiceActivity: voiceAt(...events), network: { fetch }, interims }, clock).forCall({
    ...{ language, rateHz: 8_000, traceparent: '00-a-b-01' },
  })
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const input = new Queue<SttInput>(10_000)
  const heard: Transcript[] = []
  const result: { failure: unknown; isOver: boolean } = { failure: undefined, isOver: false }
  async function listen(): Promise<void> {
    try {
      for await (const transcript of stt.transcribe(input, call.signal)) heard.push(transcript)
    } catch (error) {
      result.failure = error
    }
    result.isOver = true
  }
  void listen()
  let atMs = 0
  async function sound(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 20) {
      input.push({ pcm: new Int16Array(160).fill(1_000), rateHz: 8_000, atMs })
      atMs += 20
      await clock.advance(20)
    }
    // Forms and answers are read in turns of the event loop, not of the clock.
    for (let i = 0; i < 20; i++) await clock.advance(0)
  }
  return { asked, heard, sound, input, call, result, clock, stt, flush: (): void => input.push('flush') }
}
const failsAs = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Whisper', retryable })

test('an utterance is sent when it is over, as a WAV with its language', async () => {
  const { asked, heard, sound } = open([starts(1_000), ends(2_000)], { apiKey: 'key', language: 'de-DE' })
  await sound(2_500)
  const [only] = asked
  expect(asked).toHaveLength(1)
  expect(only?.url).toBe('http://ears/v1/audio/transcriptions')
  expect(only?.fields).toMatchObject({
    model: 'tiny',
    language: 'de',
    temperature: '0',
    response_format: 'verbose_json',
  })
  expect(only?.headers.get('authorization')).toBe('Bearer key')
  expect(only?.headers.get('traceparent')).toBe('00-a-b-01')
  // Silence of 100 ms on both sides, and 200 ms before the voice and after it.
  expect(only?.ms).toBe(100 + 200 + 1_000 + 200 + 100)
  expect(heard).toEqual([{ text: 'Words 1.', final: true, ended: false, untilMs: 2_200 }])
})

test('a server that wants no key gets none', async () => {
  const { asked, sound } = open([starts(1_000), ends(2_000)])
  await sound(2_500)
  expect(asked[0]?.headers.get('authorization')).toBeNull()
})

test('silence is never sent, and a click is not either', async () => {
  const { asked, heard, sound, flush } = open([starts(1_000), ends(1_100)])
  await sound(5_000)
  flush()
  await sound(500)
  expect(asked).toEqual([])
  expect(heard.map(({ text }) => text)).toEqual([''])
})

test('while it goes on an utterance is sent again and again, where that is wanted', async () => {
  const { asked, heard, sound } = open([starts(1_000), ends(3_000)], { interims: 'on' })
  await sound(3_500)
  expect(asked.length).toBeGreaterThan(3)
  expect(heard.map(({ final }) => final)).toEqual([...asked.slice(1).map(() => false), true])
  const lengths = asked.map(({ ms }) => ms)
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
})

test('where each request costs money it is sent once, as soon as there are words', async () => {
  const { asked, heard, sound } = open([starts(1_000), ends(3_000)], { interims: 'once' })
  await sound(3_500)
  expect(asked.map(({ ms }) => ms)).toEqual([100 + 200 + 400 + 100, 100 + 200 + 2_000 + 200 + 100])
  expect(heard.map(({ final }) => final)).toEqual([false, true])
})

test('a slow server is asked less often', async () => {
  const slow = open([starts(0)], {
    interims: 'on',
    answer: async () => {
      await slow.clock.sleep(1_000, slow.call.signal)
      return json({ text: 'so far' })
    },
  })
  await slow.sound(9_000)
  expect(slow.asked.length).toBeLessThanOrEqual(3)
})

test('what a silence is said to hold is not said', async () => {
  const { heard, sound } = open([starts(1_000), ends(2_000)], {
    answer: () =>
      json({ text: ' Thank you.', segments: [{ text: ' Thank you.', no_speech_prob: 0.93, avg_logprob: -0.5 }] }),
  })
  await sound(2_500)
  expect(heard).toEqual([{ text: '', final: true, ended: false, untilMs: 2_200 }])
})

test.each([
  {
    by: 'OpenAI',
    status: 400,
    message: "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'",
  },
  { by: 'vLLM', status: 400, message: 'Currently only support response_format `text` or `json`' },
  { by: 'a proxy before vLLM', status: 500, message: 'Currently only support response_format `text` or `json`' },
  { by: 'Groq', status: 400, message: 'The model only supports response formats: [json text].' },
])('a server without segments ($by) is asked for them once, and never again', async ({ status, message }) => {
  const { asked, heard, sound } = open([starts(1_000), ends(2_000), starts(3_000), ends(4_000)], {
    answer: ({ fields }) =>
      fields.response_format === 'verbose_json' ? json({ error: { message } }, status) : json({ text: 'Plain.' }),
  })
  await sound(4_500)
  expect(asked.map(({ fields }) => fields.response_format)).toEqual(['verbose_json', 'json', 'json'])
  expect(heard.map(({ text }) => text)).toEqual(['Plain.', 'Plain.'])
})

test.each([
  { status: 401, retryable: false, requests: 1 },
  { status: 404, retryable: false, requests: 1 },
  { status: 413, retryable: false, requests: 1 },
  { status: 429, retryable: true, requests: 1 },
  { status: 498, retryable: true, requests: 2 },
  { status: 503, retryable: true, requests: 2 },
])('$status: retryable is $retryable, after $requests requests', async ({ status, retryable, requests }) => {
  const { asked, result, sound } = open([starts(1_000), ends(2_000)], {
    answer: () => json({ error: { message: 'no', type: 'x', code: 'y' } }, status),
  })
  await sound(2_500)
  expect(result.failure).toEqual(failsAs(retryable))
  expect(asked).toHaveLength(requests)
})

test('a quota that is used up does not come back', async () => {
  const { result, sound } = open([starts(1_000), ends(2_000)], {
    answer: () => json({ error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }, 429),
  })
  await sound(2_500)
  expect(result.failure).toEqual(failsAs(false))
})

test('a server that fails once is asked once more, and no word is lost', async () => {
  const { heard, result, sound } = open([starts(1_000), ends(2_000)], {
    answer: (_, count) => (count === 1 ? json({}, 500) : json({ text: 'Saved.' })),
  })
  await sound(2_500)
  expect(result.isOver).toBe(false)
  expect(heard.at(-1)?.text).toBe('Saved.')
})

test('an interim that fails is no failure, unless it is refused for good', async () => {
  const passing = open([starts(1_000), ends(3_000)], {
    interims: 'on',
    answer: ({ ms }) => (ms < 2_600 ? json({}, 503) : json({ text: 'All of it.' })),
  })
  await passing.sound(3_500)
  expect(passing.heard.map(({ text }) => text)).toEqual(['All of it.'])
  const refused = open([starts(1_000)], { interims: 'on', answer: () => json({ error: 'no such key' }, 401) })
  await refused.sound(2_500)
  expect(refused.result.failure).toEqual(failsAs(false))
})

test.each([
  ['is not JSON', '<html>'],
  ['has no text', '{"words":[]}'],
  ['is an error in spite of its status', '{"error":{"message":"out of memory","code":500}}'],
])('an answer that %s is an error that may be retried', async (_, body) => {
  const { result, sound } = open([starts(1_000), ends(2_000)], { answer: () => new Response(body) })
  await sound(2_500)
  expect(result.failure).toEqual(failsAs(true))
})

test('an answer without end is not read to its end', async () => {
  let sent = 0
  const { result, sound } = open([starts(1_000), ends(2_000)], {
    answer: () =>
      new Response(
        new ReadableStream({
          pull(stream) {
            sent += 10_000
            stream.enqueue(Buffer.alloc(10_000, 'a'))
          },
        }),
      ),
  })
  await sound(2_500)
  await sound(500)
  expect(result.failure).toEqual(failsAs(true))
  expect(sent).toBeLessThan(1_000_000)
})

test('a server that does not answer in six seconds fails, and its request is over', async () => {
  const { asked, result, sound, clock } = open([starts(1_000), ends(2_000)], {
    answer: () => new Promise<Response>(() => undefined),
  })
  await sound(2_500)
  await clock.advance(7_000)
  expect(String(result.failure)).toContain('took longer than 6000 ms')
  expect(result.failure).toEqual(failsAs(true))
  expect(asked[0]?.signal.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})

test('a request that hangs is made once more, and its words come in time', async () => {
  const { asked, heard, sound, clock } = open([starts(1_000), ends(2_000)], {
    answer: (_, count) => (count === 1 ? new Promise<Response>(() => undefined) : json({ text: 'Second.' })),
  })
  await sound(2_500)
  await clock.advance(2_400)
  await sound(100)
  expect(heard.map(({ text }) => text)).toEqual(['Second.'])
  expect(asked[0]?.signal.aborted).toBe(true)
})

test('a server that is only slow is heard, though it was asked once more', async () => {
  const slow = open([starts(1_000), ends(2_000)], {
    answer: async (_, count) => {
      await slow.clock.sleep(4_000, slow.call.signal)
      return json({ text: `Words ${count}.` })
    },
  })
  await slow.sound(2_500)
  await slow.clock.advance(4_500)
  expect(slow.heard.map(({ text }) => text)).toEqual(['Words 1.'])
})

test('the first answer, when it comes after that of the second request, is not heard as well', async () => {
  const slow = open([starts(1_000), ends(2_000)], {
    answer: async (_, count) => {
      // Whatever becomes of its request, the server answers.
      await slow.clock.sleep(count === 1 ? 4_000 : 500, slow.call.signal)
      return json({ text: `Words ${count}.` })
    },
  })
  await slow.sound(2_500)
  await slow.clock.advance(6_000)
  await slow.sound(1_000)
  expect(slow.heard.map(({ text }) => text)).toEqual(['Words 2.'])
  expect(slow.result.failure).toBeUndefined()
})

test('an utterance has its whole time, though the one before it took long', async () => {
  const waits = [5_000, 3_000]
  const slow = open([starts(1_000), ends(2_000), starts(3_000), ends(4_000)], {
    answer: async ({ ms, signal }, count) => {
      if (count % 2 === 0) return new Promise<Response>(() => undefined)
      await slow.clock.sleep(waits.shift() ?? 0, signal)
      return json({ text: `${ms}` })
    },
  })
  await slow.sound(4_500)
  await slow.clock.advance(8_000)
  expect(slow.result.failure).toBeUndefined()
  expect(slow.heard).toHaveLength(2)
})

test('an abort ends the request', async () => {
  const { asked, result, sound, call, clock } = open([starts(1_000), ends(2_000)], {
    answer: () => new Promise<Response>(() => undefined),
  })
  await sound(2_500)
  call.abort(new Error('the call is over'))
  await clock.advance(10)
  expect(result).toEqual({ failure: undefined, isOver: true })
  expect(asked[0]?.signal.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})

test('it says how long the words may take, so that a turn waits for them', () => {
  expect(open([]).stt.finalWithinMs).toBe(6_000)
})

/** "Undo that," ends at 700 ms, and "please." goes from 1,000 to 1,400 ms. The server takes a while for each. */
async function undoThatPlease(takesMs: number) {
  const texts = ['Undo that,', 'please.']
  const session = open([starts(100), ends(700), starts(1_000), ends(1_400)], {
    async answer(_, count) {
      await session.clock.sleep(takesMs, new AbortController().signal)
      return json({ text: texts[count - 1] })
    },
  })
  await session.sound(5_000)
  return session.heard.map(({ text, final }) => ({ text, final }))
}

test('words that come when their speaker has begun again become final with those after them', async () => {
  expect(await undoThatPlease(700)).toEqual([
    { text: 'Undo that,', final: false },
    { text: 'Undo that, please.', final: true },
  ])
})

test('words that come before that are final at once', async () => {
  expect(await undoThatPlease(20)).toEqual([
    { text: 'Undo that,', final: true },
    { text: 'please.', final: true },
  ])
})
