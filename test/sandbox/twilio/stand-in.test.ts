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
