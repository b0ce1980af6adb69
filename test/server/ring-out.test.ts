import { expect, onTestFinished, test } from 'vitest'
import { ringPasses } from '../../src/channels/phone/ring-out/ring-pass.ts'
import type { RungOut, ToRing } from '../../src/conversation/ring-out.ts'
import { openPhoneServer, type PhoneServer } from './phone-server.ts'

const PERSON = '+15552001000'
const CALL = `CA${'7'.repeat(32)}`
const CREATED = { status: 201, json: { sid: CALL, status: 'queued' } }

interface Asked {
  readonly path: string
  readonly form: Record<string, string>
}
type Answer = { readonly status: number; readonly json?: unknown } | Error | 'hangs'

/** A server whose Twilio answers the making of a call so, and says of a call that it rings. */
async function opened(
  created: Answer = CREATED,
  others: () => Answer = () => ({ status: 200, json: { status: 'ringing' } }),
) {
  const asked: Asked[] = []
  const twilio = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const path = new URL(String(url)).pathname.split('/').at(-1) ?? ''
    asked.push({ path, form: Object.fromEntries(new URLSearchParams(String(init?.body ?? ''))) })
    const answer = path === 'Calls.json' ? created : others()
    if (answer instanceof Error) throw answer
    if (answer === 'hangs')
      return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    return new Response(JSON.stringify(answer.json ?? {}), { status: answer.status })
  }
  const server = await openPhoneServer({ twilio: twilio as typeof globalThis.fetch })
  onTestFinished(() => server.close())
  const stop = new AbortController()
  /** Begins to ring. */
  function ring(more: Partial<ToRing> = {}) {
    let outcome: RungOut | undefined
    const done = server.rings
      .ringOut({ number: PERSON, agent: 'other', ...more }, stop.signal)
      .then(came => (outcome = came))
    return { done, outcome: () => outcome }
  }
  const made = (): readonly Asked[] => asked.filter(({ path }) => path === 'Calls.json')
  const ended = (): readonly string[] => asked.filter(({ form }) => form.Status === 'completed').map(({ path }) => path)
  /** What Twilio posts when somebody has answered. */
  async function answered(url = made().at(-1)?.form.Url ?? '', callSid = CALL) {
    const { pathname, search } = new URL(url)
    const form = {
      CallSid: callSid,
      From: '+15550001111',
      To: PERSON,
      Direction: 'outbound-api',
      CallStatus: 'in-progress',
    }
    return server.post(pathname + search, form)
  }
  const status = (CallStatus: string, callSid = CALL) => {
    const { pathname, search } = new URL(made().at(-1)?.form.StatusCallback ?? '')
    return server.post(pathname + search, { CallSid: callSid, CallStatus, Direction: 'outbound-api', To: PERSON })
  }
  const passIn = (twiml: string): string => /name="pass" value="([^"]+)"/.exec(twiml)?.[1] ?? ''
  /** The stream of a person who has answered. */
  async function streams(pass: string, callSid = CALL) {
    const socket = server.dial()
    await socket.isOpen
    socket.start(callSid, pass, 'MZ1')
    return socket
  }
  return { ...server, asked, ring, made, ended, answered, status, streams, passIn, stop }
}

/** Lets pending work settle, and virtual time pass. */
const passes = async (server: Pick<PhoneServer, 'clock'>, ms = 0): Promise<void> => {
  for (let n = 0; n < 5; n++) await server.clock.advance(0)
  for (let left = ms; left > 0; left -= 500) await server.clock.advance(Math.min(500, left))
}

test('Twilio is told whom to ring, from where, how long, and what to ask by signed addresses', async () => {
  const server = await opened()
  const ringing = server.ring()
  await passes(server)
  expect(server.made()).toHaveLength(1)
  const { Url, StatusCallback, ...form } = server.made()[0]?.form ?? {}
  expect(form).toMatchObject({ To: PERSON, From: '+15550001111', Timeout: '25', TimeLimit: '1860', FallbackUrl: Url })
  expect(Url).toMatch(/^https:\/\/agent\.example\.com\/calls\/rung-out\?ring=[\w.-]+$/)
  expect(StatusCallback).toMatch(/^https:\/\/agent\.example\.com\/calls\/status\?ring=[\w.-]+$/)
  server.stop.abort()
  await ringing.done
})

test('a person who answers gets a stream of the agent that was named, and the ringing is over when it is held', async () => {
  const server = await opened()
  const ringing = server.ring()
  await passes(server)
  const { body } = await server.answered()
  expect(body).toContain('/calls/next?ring=')
  expect(ringing.outcome()).toBeUndefined()
  await server.streams(server.passIn(body))
  const { opening } = await server.held.some(() => true)
  expect(await ringing.done).toEqual({ kind: 'held', callId: CALL })
  expect(opening).toMatchObject({
    callId: CALL,
    owner: CALL,
    number: PERSON,
    agent: 'other',
    caller: 'rung',
    attempt: 1,
  })
  expect(server.ended()).toEqual([])
})

test('a pass is good for one call, and for who is still waited for', async () => {
  const server = await opened()
  const ringing = server.ring()
  await passes(server)
  const url = server.made()[0]?.form.Url ?? ''
  const { body } = await server.answered(url)
  const again = await server.answered(url)
  expect(server.passIn(again.body)).not.toBe('')
  const other = await server.answered(url, `CA${'8'.repeat(32)}`)
  expect([server.passIn(other.body), other.body.includes('<Hangup/>')]).toEqual(['', true])
  await server.status('completed')
  expect(await ringing.done).toMatchObject({ why: 'no-line' })
  const late = await server.answered(url)
  expect([server.passIn(late.body), late.body.includes('is over')]).toEqual(['', true])
  // Its stream comes too late.
  const socket = await server.streams(server.passIn(body))
  expect(await socket.closed).toBe(1008)
})

test.each(['busy', 'no-answer', 'failed'] as const)(
  'Twilio’s word %s ends it, in whichever order and however often words come',
  async why => {
    const server = await opened()
    const ringing = server.ring()
    await passes(server)
    for (const status of [why, 'ringing', why, 'initiated', 'completed']) await server.status(status)
    expect(await ringing.done).toMatchObject({ kind: 'not-reached', why })
    expect(server.calls.live()).toBe(0)
  },
)

test('who answers, and whose sound never comes, is hung up on', async () => {
  const server = await opened(CREATED, () => ({ status: 200, json: { status: 'in-progress' } }))
  const ringing = server.ring()
  await passes(server)
  await server.answered()
  await passes(server, 26_000)
  expect(ringing.outcome()).toMatchObject({ why: 'no-line' })
  await passes(server)
  expect(server.ended()).toEqual([`${CALL}.json`])
})

test('a call that Twilio never ends is given up after a minute', async () => {
  const server = await opened()
  const ringing = server.ring()
  await passes(server)
  await passes(server, 64_000)
  expect(ringing.outcome()).toMatchObject({ why: 'no-answer' })
  await passes(server)
  expect(server.ended()).toEqual([`${CALL}.json`])
})

test('a call whose making got no answer is not made again: if Twilio tells of it, it goes on, else it is given up, and ended later', async () => {
  for (const lost of [new Error('reset'), 'hangs', { status: 502 }, { status: 201, json: 'no' }] as const) {
    const server = await opened(lost)
    const ringing = server.ring()
    await passes(server, 16_000)
    expect(server.made()).toHaveLength(1)
    expect(ringing.outcome()).toMatchObject({ why: 'carrier' })
    await server.status('initiated')
    await passes(server)
    expect(server.ended()).toEqual([`${CALL}.json`])
    expect((await server.answered()).body).toContain('is over')
  }
  const server = await opened('hangs')
  const ringing = server.ring()
  await passes(server)
  await server.status('initiated')
  await passes(server, 11_000)
  expect(ringing.outcome()).toBeUndefined()
  const { body } = await server.answered()
  await server.streams(server.passIn(body))
  expect(await ringing.done).toEqual({ kind: 'held', callId: CALL })
})

test('who calls it off before Twilio has answered has the call ended as soon as it is known', async () => {
  const server = await opened('hangs')
  const ringing = server.ring()
  await passes(server)
  server.stop.abort()
  expect(await ringing.done).toMatchObject({ why: 'cancelled' })
  expect(server.ended()).toEqual([])
  await server.status('ringing')
  await passes(server)
  expect(server.ended()).toEqual([`${CALL}.json`])
})

test('what Twilio does not do at once is asked of it three times', async () => {
  const server = await opened(CREATED, () => ({ status: 503 }))
  const ringing = server.ring()
  await passes(server)
  server.stop.abort()
  await ringing.done
  await passes(server, 3_000)
  expect(server.ended()).toHaveLength(3)
})

test('somebody whom another server rang hears a word, and is sent on until that server answers, or it is over', async () => {
  const server = await opened()
  const passesOf = ringPasses('secret', () => server.clock.wallTime())
  const token = passesOf.mint({ ring: 'r9', server: 'another', number: PERSON, agent: 'other', language: 'de' })
  const at = (times: number) => server.answered(`https://agent.example.com/calls/rung-out?ring=${token}&times=${times}`)
  expect((await at(0)).body).toMatch(/Einen Augenblick[\s\S]*times=1</)
  expect((await at(5)).body).toContain('times=6')
  expect((await at(6)).body).toMatch(/schon vorbei[\s\S]*<Hangup\/>/)
  await passes(server, 60_000)
  expect((await at(0)).body).toContain('schon vorbei')
})

test('a stream that came to another server than the one that rang is refused there, and its call is sent on', async () => {
  const server = await opened()
  const pass = server.passes.mint({ callSid: CALL, from: PERSON, attempt: 1, agent: 'other', rung: { ring: 'r9' } })
  const socket = await server.streams(pass)
  expect(await socket.closed).toBe(1008)
  const token = ringPasses('secret', () => server.clock.wallTime()).mint({
    ...{ ring: 'r9', server: 'another', number: PERSON, agent: 'other' },
  })
  const next = await server.answered(`https://agent.example.com/calls/next?ring=${token}&times=1`)
  expect(next.body).toMatch(/One moment[\s\S]*calls\/rung-out\?ring=[\s\S]*times=2</)
  // Without a pass there is nothing to go on with.
  expect((await server.answered('https://agent.example.com/calls/next')).body).toContain('<Hangup/>')
})

test('a number is rung by one call at a time, and six times an hour at most', async () => {
  const server = await opened()
  const first = server.ring()
  await passes(server)
  expect(await server.ring().done).toMatchObject({ why: 'limit', words: expect.stringContaining('rung already') })
  await server.status('busy')
  await first.done
  for (let n = 1; n < 6; n++) {
    const ringing = server.ring()
    await passes(server)
    await server.status('busy')
    await ringing.done
  }
  expect(server.made()).toHaveLength(6)
  expect(await server.ring().done).toMatchObject({ why: 'limit' })
  expect(await server.ring({ number: '+15552001001' }).outcome()).toBeUndefined()
  await server.clock.advance(3_600_000)
  const later = server.ring()
  await passes(server)
  expect(later.outcome()).toBeUndefined()
  expect(server.made()).toHaveLength(8)
  server.stop.abort()
})

test('a place is taken before it rings: a server without one rings nobody', async () => {
  const server = await opened()
  server.calls.stop()
  expect(await server.ring().done).toMatchObject({ why: 'limit' })
  expect(server.asked).toEqual([])
})

test('who may not be rung is not, and Twilio hears nothing of it', async () => {
  const server = await opened()
  // A number of ours from which it rings, one that an agent answers, one of another country, and others.
  for (const number of ['+15550001111', '+15550002222', '+4930123456', '911', '+19005550123', ''])
    expect(await server.ring({ number }).done).toMatchObject({ why: 'refused' })
  expect(await server.ring({ besideCallId: 'CA0' }).done).toMatchObject({ why: 'cancelled' })
  expect(server.asked).toEqual([])
})

test('a server that closes ends what rings', async () => {
  const server = await opened()
  const ringing = server.ring()
  await passes(server)
  await server.rings.close()
  expect(await ringing.done).toMatchObject({ why: 'cancelled' })
  expect(server.ended()).toEqual([`${CALL}.json`])
})

const FIRST = 'CAfirst'

test('a call has one leg at a time, and the next one when that is over; its journal tells of each', async () => {
  const server = await opened()
  const { call } = await server.onTheLine(FIRST)
  const ringing = server.ring({ besideCallId: FIRST })
  await passes(server)
  const { body } = await server.answered()
  const other = { besideCallId: FIRST, number: '+15552001001' }
  expect(await server.ring(other).done).toMatchObject({ why: 'limit', words: expect.stringContaining('already') })
  const socket = await server.streams(server.passIn(body))
  expect(await ringing.done).toEqual({ kind: 'held', callId: CALL })
  expect(await server.ring(other).done).toMatchObject({ why: 'limit' })
  const second = await server.held.some(({ opening }) => opening.callId === CALL)
  expect(second.opening.rung).toMatchObject({ besideCallId: FIRST })
  socket.send({ event: 'stop', streamSid: 'MZ1' })
  await second.isOver
  await passes(server)
  const next = server.ring(other)
  await passes(server)
  expect(next.outcome()).toBeUndefined()
  server.stop.abort()
  await next.done
  expect(call.notes).toEqual([
    { kind: 'ringing-out', agent: 'other', endsIn: '00' },
    { kind: 'rung-out', outcome: 'limit' },
    { kind: 'rung-out', outcome: 'held', callId: CALL },
    { kind: 'rung-out', outcome: 'limit' },
    { kind: 'ringing-out', agent: 'other', endsIn: '01' },
    { kind: 'rung-out', outcome: 'cancelled' },
  ])
})

test('a caller has six people rung within an hour, whoever they are', async () => {
  const server = await opened()
  await server.onTheLine(FIRST)
  for (let n = 0; n < 6; n++) {
    const ringing = server.ring({ besideCallId: FIRST, number: `+1555200100${n}` })
    await passes(server)
    await server.status('busy')
    expect(await ringing.done).toMatchObject({ why: 'busy' })
  }
  expect(await server.ring({ besideCallId: FIRST, number: '+15552001009' }).done).toMatchObject({ why: 'limit' })
  expect(server.made()).toHaveLength(6)
})

test('a leg whose line breaks goes on as what it was, and comes back from a transfer so', async () => {
  const server = await opened()
  const ringing = server.ring({ language: 'de' })
  await passes(server)
  const { body } = await server.answered()
  const nextUrl = /<Redirect method="POST">([^<]+)</.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const socket = await server.streams(server.passIn(body))
  await ringing.done
  const first = await server.held.some(({ opening }) => opening.attempt === 1)
  socket.socket.terminate()
  await first.isOver
  const back = await server.answered(nextUrl)
  expect(back.body).toContain('/calls/next?ring=')
  await server.streams(server.passIn(back.body))
  const { opening } = await server.held.some(({ opening }) => opening.attempt === 2)
  expect(opening).toMatchObject({ caller: 'rung', owner: CALL, number: PERSON, rung: { language: 'de' } })
})
