import twilio from 'twilio'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import type { Script } from '../../../src/sandbox/caller/fixture.ts'
import { openTwilioStandIn } from '../../../src/sandbox/twilio/stand-in.ts'
import { openTicker } from '../../../src/sandbox/twilio/ticker.ts'
import { memoryNetwork } from '../../whole-call/memory-network.ts'
import { mulaw, tone } from '../caller/sounds.ts'
import { AUTH_TOKEN, openFakeApplication, PUBLIC_URL } from './fake-application.ts'

const ACCOUNT_SID = 'AC00000000000000000000000000000001'
const OWN = '+15550009999'
const NOWHERE = 'CA00000000000000000000000000000000'
const ANSWER = '<Response><Connect><Stream url="wss://agent.example.com/calls/stream"/></Connect></Response>'
const NEXT = '<Response><Say>A person is coming.</Say></Response>'

/** Longer than any test: the calls are ended by REST. */
const NEVER_MS = 3_600_000

const script: Script = {
  ...{ name: 'patient', about: '', from: '+15550001111', voice: '', expect: {} },
  utterances: [{ kind: 'keys', press: '1', cue: { after: 'answered', ms: NEVER_MS } }],
  hangUp: { after: 'answered', ms: NEVER_MS, withStop: true },
}

async function opened() {
  const network = memoryNetwork()
  const standIn = await openTwilioStandIn({
    ...{ port: 0, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN },
    ...{ network, ticker: openTicker(systemClock) },
    outbound: {
      ...{ publicUrl: PUBLIC_URL, dialUrl: 'http://application', numbers: [OWN] },
      person: number =>
        number === '+15550002222' ? { kind: 'is-busy', afterMs: 0 } : { kind: 'answers', afterMs: 0, script },
    },
    loadScript: name => (name === 'patient' ? Promise.resolve(script) : Promise.reject(new Error(`no ${name}`))),
  })
  const twiml = { '/calls/answer': ANSWER, '/calls/next': NEXT }
  const application = openFakeApplication({ twiml, greeting: mulaw(tone(200)) }, network)
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN)
  client.api.baseUrl = standIn.url
  return {
    client,
    standIn,
    application,
    async [Symbol.asyncDispose]() {
      await standIn.close()
    },
  }
}

/** Rings; `callSid` resolves as soon as the stream is open. */
function streaming({ standIn, application }: Awaited<ReturnType<typeof opened>>) {
  const started = Promise.withResolvers<void>()
  const record = standIn.ring(
    {
      ...{ publicUrl: PUBLIC_URL, dialUrl: application.url, from: '+1', to: '+2', script, seed: 3 },
      onEvent: ({ kind }) => kind === 'stream-started' && started.resolve(),
    },
    new AbortController().signal,
  )
  const callSid = started.promise.then(() => application.posts[0]?.form.CallSid ?? '')
  return { record, callSid }
}

test('the SDK redirects a live call: the stream gets its stop and the new document runs', async () => {
  await using sandbox = await opened()
  const { record, callSid } = streaming(sandbox)
  const updated = await sandbox.client.calls(await callSid).update({ url: `${PUBLIC_URL}/calls/next` })
  expect(updated.status).toBe('in-progress')
  expect(await record).toMatchObject({ said: ['A person is coming.'], endedBy: 'agent', gaveUp: false })
  expect(sandbox.application.messages.at(-1)?.event).toBe('stop')
})

test('the SDK sends TwiML to a live call', async () => {
  await using sandbox = await opened()
  const { record, callSid } = streaming(sandbox)
  await sandbox.client.calls(await callSid).update({ twiml: '<Response><Say>Own words.</Say></Response>' })
  expect((await record).said).toEqual(['Own words.'])
})

test('the SDK completes a live call only once', async () => {
  await using sandbox = await opened()
  const { record, callSid } = streaming(sandbox)
  const sid = await callSid
  await sandbox.client.calls(sid).update({ status: 'completed' })
  expect(await record).toMatchObject({ status: 'completed', endedBy: 'agent', why: 'completed by REST' })
  expect((await sandbox.client.calls(sid).fetch()).status).toBe('completed')
  await expect(sandbox.client.calls(sid).update({ status: 'completed' })).rejects.toMatchObject({ code: 21220 })
})

test('errors have Twilio’s format: unknown call, wrong token', async () => {
  await using sandbox = await opened()
  await expect(sandbox.client.calls(NOWHERE).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  const stranger = twilio(ACCOUNT_SID, 'wrong')
  stranger.api.baseUrl = sandbox.standIn.url
  await expect(stranger.calls(NOWHERE).fetch()).rejects.toMatchObject({ status: 401, code: 20003 })
})

test('a call started over HTTP can be followed by its CallSid until it has figures', async () => {
  await using sandbox = await opened()
  const ring = (body: object): Promise<Response> =>
    fetch(`${sandbox.standIn.url}/sandbox/ring`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const addresses = { publicUrl: PUBLIC_URL, dialUrl: sandbox.application.url }
  expect((await ring({ fixture: 'absent', ...addresses })).status).toBe(404)
  expect((await ring({ fixture: 'patient' })).status).toBe(400)
  const rung = await ring({ fixture: 'patient', ...addresses })
  const { callSid } = z.object({ callSid: z.string() }).parse(await rung.json())
  const state = async () => {
    const response = await fetch(`${sandbox.standIn.url}/sandbox/calls/${callSid}`)
    return z.looseObject({ state: z.string() }).parse(await response.json())
  }
  await expect.poll(async () => (await state()).state).toBe('in-progress')
  await sandbox.client.calls(callSid).update({ status: 'completed' })
  await expect.poll(state).toMatchObject({ state: 'ended', endedBy: 'agent', unplayed: 1 })
})

test('the SDK makes a call: who answers gets the TwiML of its Url, and its callbacks are signed', async () => {
  await using sandbox = await opened()
  const { client, application } = sandbox
  const statusCallback = `${PUBLIC_URL}/calls/status`
  const made = await client.calls.create({
    ...{ to: '+15550003333', from: OWN, url: `${PUBLIC_URL}/calls/answer`, statusCallback },
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  })
  expect(made).toMatchObject({ status: 'queued', direction: 'outbound-api', to: '+15550003333', from: OWN })
  await expect.poll(() => application.messages.some(({ event }) => event === 'start')).toBe(true)
  expect((await client.calls(made.sid).fetch()).status).toBe('in-progress')
  await client.calls(made.sid).update({ status: 'completed' })
  await expect.poll(async () => (await client.calls(made.sid).fetch()).status).toBe('completed')
  const told = () => application.posts.filter(({ path }) => path === '/calls/status').map(({ form }) => form.CallStatus)
  await expect.poll(told).toEqual(['queued', 'ringing', 'in-progress', 'completed'])
  expect(application.posts.every(({ signed }) => signed)).toBe(true)
  expect(application.posts.find(({ path }) => path === '/calls/answer')?.form).toMatchObject({
    ...{ CallSid: made.sid, Direction: 'outbound-api', CallStatus: 'in-progress', To: '+15550003333', From: OWN },
  })
})

test('the SDK is told who is busy, and what no call is made of, in Twilio’s numbers', async () => {
  await using sandbox = await opened()
  const { client, standIn } = sandbox
  const url = `${PUBLIC_URL}/calls/answer`
  const made = await client.calls.create({ to: '+15550002222', from: OWN, url })
  await expect.poll(async () => (await client.calls(made.sid).fetch()).status).toBe('busy')
  await expect(client.calls(made.sid).update({ status: 'completed' })).rejects.toMatchObject({ code: 21220 })
  const codeOf = (wanted: object) =>
    client.calls.create(wanted as Parameters<typeof client.calls.create>[0]).then(
      () => undefined,
      ({ code }: { readonly code?: number }) => code,
    )
  const right = { to: '+15550003333', from: OWN, url }
  expect(await codeOf({ ...right, to: '5550003333' })).toBe(21211)
  expect(await codeOf({ ...right, from: '+15550001234' })).toBe(21210)
  expect(await codeOf({ ...right, from: 'me' })).toBe(21212)
  expect(await codeOf({ ...right, url: '/calls/answer' })).toBe(21205)
  expect(await codeOf({ ...right, timeout: 601 })).toBe(20001)
  const stranger = twilio(ACCOUNT_SID, 'wrong')
  stranger.api.baseUrl = standIn.url
  await expect(stranger.calls.create(right)).rejects.toMatchObject({ status: 401, code: 20003 })
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`
  const posted = async (form: Record<string, string>) => {
    const body = new URLSearchParams(form)
    const path = `/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`
    const answer = await fetch(`${standIn.url}${path}`, { method: 'POST', headers: { authorization }, body })
    return z.object({ code: z.number() }).parse(await answer.json()).code
  }
  expect(await posted({ From: OWN, Url: url })).toBe(21201)
  expect(await posted({ To: '+15550003333', Url: url })).toBe(21213)
})
