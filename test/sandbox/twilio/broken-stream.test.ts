import { expect, onTestFinished, test } from 'vitest'
import type { Cue, Script, Utterance } from '../../../src/sandbox/caller/fixture.ts'
import { type RingOptions, ring } from '../../../src/sandbox/ringing/ring.ts'
import { openTicker, SLOT_MS } from '../../../src/sandbox/twilio/ticker.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'
import { mulaw, tone } from '../caller/sounds.ts'
import { AUTH_TOKEN, type FakeApplicationOptions, openFakeApplication, PUBLIC_URL } from './fake-application.ts'

const CONNECT = '<Connect><Stream url="wss://agent.example.com/calls/stream"/></Connect>'
const ANSWER = `<Response>${CONNECT}<Redirect>${PUBLIC_URL}/calls/next</Redirect></Response>`
const AGAIN = `<Response><Pause length="3"/>${CONNECT}<Redirect>${PUBLIC_URL}/calls/next</Redirect></Response>`
const SORRY = '<Response><Say>Please call again.</Say></Response>'
const FALLBACK = 'https://agent.example.com/fallback'
const afterAgent: Cue = { after: 'agent-stopped', ms: 600 }

const says = (): Utterance => ({
  ...{ kind: 'speech', say: 'hello', words: [{ text: 'hello', startMs: 0, endMs: 500 }], pcm: tone(500, 300) },
  cue: afterAgent,
})
const script: Script = {
  ...{ name: 'test', about: '', from: '+15550001111', voice: 'tone', expect: {} },
  utterances: [says(), says()],
  hangUp: { ...afterAgent, withStop: true },
}

/** A call whose first answer never comes: the application breaks the stream off instead, unless told otherwise. */
async function rung(application: Partial<FakeApplicationOptions>, options: Partial<RingOptions> = {}) {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const twiml = { '/calls/answer': ANSWER, '/calls/next': AGAIN, '/fallback': SORRY }
  const server = openFakeApplication(
    { twiml, greeting: mulaw(tone(600)), breakAtReply: 0, ...application },
    time.network,
  )
  const requests: string[] = []
  const network = {
    ...time.network,
    fetch: (input: string | URL | Request, init?: RequestInit) => {
      requests.push(String(input instanceof Request ? input.url : input))
      return time.network.fetch(input, init)
    },
  }
  const record = await time.passing(
    ring(
      {
        ...{ network, publicUrl: PUBLIC_URL, dialUrl: server.url, authToken: AUTH_TOKEN, script, seed: 7 },
        ...{ accountSid: `AC${'0'.repeat(32)}`, from: '+15550001111', to: '+15552223333' },
        ticker: openTicker(time.clock),
        ...options,
      },
      new AbortController().signal,
    ),
  )
  return { server, record, requests }
}

test('a stream that breaks goes on with the next verb: the same call, a pause, a stream with numbers of its own', async () => {
  const { server, record } = await rung({})
  expect(record).toMatchObject({ status: 'completed', endedBy: 'caller', gaveUp: false, unplayed: 0 })
  expect(record.warnings).toEqual(['31903: the application broke the stream off'])
  const next = server.posts.filter(({ path }) => path === '/calls/next')
  expect(next).toMatchObject([{ signed: true, form: { CallSid: record.callSid, CallStatus: 'in-progress' } }])

  const starts = server.messages.filter(({ event }) => event === 'start')
  expect(new Set(starts.map(({ streamSid }) => streamSid)).size).toBe(2)
  expect(record.streams.map(({ streamSid }) => streamSid)).toEqual(starts.map(({ streamSid }) => streamSid))
  for (const { streamSid } of starts) {
    const own = server.messages.filter(message => message.streamSid === streamSid)
    expect(own.map(({ sequenceNumber }) => sequenceNumber)).toEqual(own.map((_, i) => String(i + 1)))
    const media = own.flatMap(({ media }) => media ?? [])
    expect(media.map(({ chunk }) => chunk)).toEqual(media.map((_, i) => String(i + 1)))
    expect(Number(media[0]?.timestamp)).toBeLessThan(60)
  }
})

test('the recording goes on over both streams and what is between them', async () => {
  const { record } = await rung({})
  const at = (kind: 'stream-started' | 'stream-ended'): number[] =>
    record.events.flatMap(event => (event.kind === kind ? [event.atMs] : []))
  const [[, second = 0], [broken = 0]] = [at('stream-started'), at('stream-ended')]
  expect(second - broken).toBeGreaterThanOrEqual(3_000)
  expect(second - broken).toBeLessThan(3_100)
  expect(record.agentSpans.filter(({ startMs }) => startMs < broken)).toHaveLength(1)
  // The greeting of the second stream, and an answer.
  expect(record.agentSpans.filter(({ startMs }) => startMs >= second - SLOT_MS)).toHaveLength(2)
  expect(record.agentSpans.some(({ startMs, endMs }) => endMs > broken && startMs < second - SLOT_MS)).toBe(false)
  expect(record.legs.agent.length).toBe(record.legs.caller.length)
})

test('a server that answers the next request with an error: the fallback is asked, with what failed', async () => {
  const { server, record } = await rung({ failing: { '/calls/next': 503 } }, { fallbackUrl: FALLBACK })
  const fallback = server.posts.filter(({ path }) => path === '/fallback')
  expect(fallback).toMatchObject([
    { signed: true, form: { CallSid: record.callSid, ErrorCode: '11200', ErrorUrl: `${PUBLIC_URL}/calls/next` } },
  ])
  expect(record).toMatchObject({ said: ['Please call again.'], endedBy: 'agent', gaveUp: false })
  // Twilio does not ask again what was answered, however badly.
  expect(server.posts.filter(({ path }) => path === '/calls/next')).toHaveLength(1)
})

test('without a fallback such an error ends the call', async () => {
  const { record } = await rung({ failing: { '/calls/next': 503 } })
  expect(record).toMatchObject({ gaveUp: true, said: [] })
  expect(record.why).toMatch(/^11200: .*\/calls\/next answered 503/)
})

test('where nobody takes the connection it is tried once more, and then the fallback is asked', async () => {
  const elsewhere = 'http://elsewhere.example.com/next'
  const twiml = {
    '/calls/answer': `<Response>${CONNECT}<Redirect>${elsewhere}</Redirect></Response>`,
    '/fallback': SORRY,
  }
  const { server, record, requests } = await rung({ twiml }, { fallbackUrl: FALLBACK })
  expect(requests.filter(url => url === elsewhere)).toHaveLength(2)
  const { form } = server.posts.find(({ path }) => path === '/fallback') ?? expect.fail('not asked')
  expect(form).toMatchObject({ ErrorCode: '11205', ErrorUrl: elsewhere })
  expect(record.said).toEqual(['Please call again.'])
})

test('a document that is no TwiML is an error, too', async () => {
  const twiml = { '/calls/answer': ANSWER, '/calls/next': 'Bad Gateway', '/fallback': SORRY }
  const { server } = await rung({ twiml }, { fallbackUrl: FALLBACK })
  expect(server.posts.find(({ path }) => path === '/fallback')?.form.ErrorCode).toBe('12100')
})
