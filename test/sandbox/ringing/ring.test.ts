import { expect, onTestFinished, test } from 'vitest'
import type { Cue, Script, Utterance } from '../../../src/sandbox/caller/fixture.ts'
import type { CallRecord } from '../../../src/sandbox/ringing/call-record.ts'
import { type RingOptions, ring } from '../../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../../src/sandbox/twilio/ticker.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'
import { AUTH_TOKEN, type FakeApplicationOptions, openFakeApplication, PUBLIC_URL } from '../twilio/fake-application.ts'

const STREAM = `<Connect><Stream url="wss://agent.example.com/calls/stream" statusCallback="${PUBLIC_URL}/calls/stream-status">
  <Parameter name="token" value="a &amp; b"/></Stream></Connect>`
const ANSWER = `<Response>${STREAM}<Redirect>/calls/next</Redirect></Response>`
const GREETING = mulaw(tone(600))
const after = (kind: Cue['after'], ms: number): Cue => ({ after: kind, ms })

function says(cue: Cue, ms = 500): Utterance {
  return { kind: 'speech', say: 'hello', words: [{ text: 'hello', startMs: 0, endMs: ms }], pcm: tone(ms, 300), cue }
}

function script(utterances: readonly Utterance[], withStop = true): Script {
  const hangUp = { ...after('agent-stopped', 500), withStop }
  return { name: 'test', about: '', from: '+15550001111', voice: 'tone', utterances, hangUp, expect: {} }
}

/** A call to a server like ours, in virtual time. */
function opened(application: Partial<FakeApplicationOptions>) {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const server = openFakeApplication(
    { twiml: { '/calls/answer': ANSWER }, greeting: GREETING, ...application },
    time.network,
  )
  const ringing = (options: Partial<RingOptions>, signal: AbortSignal): Promise<CallRecord> =>
    time.passing(
      ring(
        {
          ...{ network: time.network, publicUrl: PUBLIC_URL, dialUrl: server.url, authToken: AUTH_TOKEN },
          ...{ accountSid: `AC${'0'.repeat(32)}`, from: '+15550001111', to: '+15552223333' },
          script: script([says(after('agent-stopped', 600))]),
          seed: 7,
          ticker: openTicker(time.clock),
          ...options,
        },
        signal,
      ),
    )
  return { server, ringing }
}

async function rung(application: Partial<FakeApplicationOptions>, options: Partial<RingOptions>) {
  const { server, ringing } = opened(application)
  return { server, record: await ringing(options, new AbortController().signal) }
}

test('a caller is greeted, speaks, is answered, and hangs up with stop', async () => {
  const { record, server } = await rung({}, {})
  expect(record).toMatchObject({ endedBy: 'caller', status: 'completed', gaveUp: false, unplayed: 0, warnings: [] })
  expect(record.agentSpans).toHaveLength(2)
  expect(record.callerSpans).toHaveLength(1)
  const [gap] = record.gaps
  expect(gap?.kind).toBe('answered')
  // The application waits for 300 ms of silence. A frame reaches it when it ends, and its answer plays in the next one.
  expect(gap?.kind === 'answered' && Math.round(gap.gapMs / 20) * 20).toBe(320)
  expect(server.messages.at(-1)).toMatchObject({ event: 'stop', stop: { callSid: record.callSid } })
  expect(server.messages.map(message => message.event).slice(0, 3)).toEqual(['connected', 'start', 'media'])
})

test('every request, callback and upgrade is signed with the public URL, although another address is dialed', async () => {
  const { record, server } = await rung({}, {})
  expect(server.upgrades).toEqual([{ url: 'wss://agent.example.com/calls/stream', signed: true }])
  expect(server.posts.filter(post => !post.signed)).toEqual([])
  const callbacks = server.posts.map(({ path, form }) => [path, form.StreamEvent ?? form.CallStatus])
  expect(callbacks).toEqual([
    ['/calls/answer', 'ringing'],
    ['/calls/stream-status', 'stream-started'],
    ['/calls/stream-status', 'stream-stopped'],
    ['/calls/status', 'completed'],
  ])
  expect(server.posts.every(post => post.form.CallSid === record.callSid)).toBe(true)
})

test('stream messages have one sequence, string fields and the parameters from the TwiML', async () => {
  const { server } = await rung({}, {})
  const [connected, start, ...rest] = server.messages
  expect(connected).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' })
  expect(start?.start?.customParameters).toEqual({ token: 'a & b' })
  expect(server.messages.slice(1).map(message => message.sequenceNumber)).toEqual(
    server.messages.slice(1).map((_, index) => String(index + 1)),
  )
  const media = rest.flatMap(message => message.media ?? [])
  expect(media.every(({ payload }) => Buffer.from(payload, 'base64').length === 160)).toBe(true)
  const times = media.map(({ timestamp }) => Number(timestamp))
  expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 20)).toBe(true)
})

test('when the caller talks over the agent it clears, and the record has how much was dropped', async () => {
  const long = mulaw(tone(4000))
  const { record } = await rung(
    { greeting: long, reply: GREETING },
    { script: script([says(after('agent-started', 300))]) },
  )
  expect(record.clears[0]?.droppedMs).toBeGreaterThan(3000)
  expect(record.agentSpans[0]?.endMs).toBeLessThan(1500)
  expect(record.gaps[0]?.kind).toBe('answered')
})

test('when the server closes the stream the next verb runs: Redirect, Say, Hangup', async () => {
  const twiml = {
    '/calls/answer': ANSWER,
    '/calls/next': '<Response><Say>Good &amp; bye.</Say><Hangup/></Response>',
  }
  const { record, server } = await rung({ twiml, closeAtReply: 0 }, {})
  expect(record).toMatchObject({ endedBy: 'agent', said: ['Good & bye.'], gaveUp: false })
  expect(server.posts.find(post => post.path === '/calls/next')?.form.CallStatus).toBe('in-progress')
})

test('a transfer that nobody answers returns to the action URL, and the conversation continues', async () => {
  const dial = '<Response><Dial action="/calls/next" timeout="5">+15559990000</Dial></Response>'
  const twiml = { '/calls/answer': ANSWER, '/calls/next': [dial, ANSWER] }
  const { record, server } = await rung({ twiml, closeAtReply: 0 }, { dialOutcome: 'no-answer' })
  const next = server.posts.filter(post => post.path === '/calls/next')
  expect(next.map(post => post.form.DialCallStatus)).toEqual([undefined, 'no-answer'])
  expect(record.streams).toHaveLength(2)
  expect(record.endedBy).toBe('caller')
})

test('a transfer that somebody answers ends the call as a transfer', async () => {
  const twiml = { '/calls/answer': '<Response><Dial>+15559990000</Dial></Response>' }
  const { record } = await rung({ twiml }, { dialOutcome: 'answered' })
  expect(record).toMatchObject({ endedBy: 'transfer', unplayed: 1 })
})

test('keys arrive as dtmf messages in order', async () => {
  const keys: Utterance = { kind: 'keys', press: '42#', cue: after('agent-stopped', 600) }
  const utterances = [keys, says(after('own-utterance', 200))]
  const { record, server } = await rung({}, { script: script(utterances) })
  expect(server.messages.flatMap(message => message.dtmf?.digit ?? [])).toEqual(['4', '2', '#'])
  expect(record.utterances.map(({ kind }) => kind)).toEqual(['keys', 'speech'])
})

test('a caller can vanish without stop', async () => {
  const { record, server } = await rung({}, { script: script([says(after('agent-stopped', 600))], false) })
  expect(server.messages.some(message => message.event === 'stop')).toBe(false)
  expect(record.endedBy).toBe('caller')
})

test('with jitter, frames arrive in bursts, none lost and none out of order', async () => {
  const { server } = await rung({}, { jitter: { holdMs: 200 } })
  const media = server.messages.flatMap(message => message.media ?? [])
  expect(media.map(({ chunk }) => chunk)).toEqual(media.map((_, index) => String(index + 1)))
})

test('a caller who gets no answer gives up with the reason', async () => {
  const { record } = await rung({ greeting: mulaw(silence(40)) }, { patienceMs: 1000 })
  expect(record).toMatchObject({ gaveUp: true, endedBy: 'caller', unplayed: 1 })
  expect(record.why).toBe('1 s went by before utterance 0 ("hello"): the agent was not heard at all')
})

test('a call whose TwiML only redirects is ended after twenty documents', async () => {
  const twiml = { '/calls/answer': '<Response><Redirect>/calls/answer</Redirect></Response>' }
  const { record, server } = await rung({ twiml }, {})
  expect(server.posts.filter(post => post.path === '/calls/answer')).toHaveLength(20)
  expect(record).toMatchObject({ gaveUp: true, why: 'more than 20 TwiML documents: a loop' })
})

test('a server that answers the webhook without TwiML fails the call with the reason', async () => {
  const { record } = await rung({ twiml: {} }, {})
  expect(record).toMatchObject({ status: 'failed', gaveUp: true })
  expect(record.why).toContain('TwiML is not one XML element')
})

test('an aborted ring hangs up and rejects', async () => {
  const abort = new AbortController()
  const onEvent: RingOptions['onEvent'] = ({ kind }) => {
    if (kind === 'stream-started') abort.abort(new Error('enough'))
  }
  const { server, ringing } = opened({})
  await expect(ringing({ onEvent }, abort.signal)).rejects.toThrow('enough')
  expect(server.messages.at(-1)?.event).toBe('stop')
})
