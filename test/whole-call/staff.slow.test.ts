import { expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { hashOf } from '../../src/pins/pin-hash.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import {
  cost,
  fixture,
  liveCalls as liveShape,
  openedCall,
  transcript,
  whatIfReport,
} from '../../src/staff/api-shapes.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openWholeCalls } from './whole-calls.ts'

const FROM = '+15550100042'
const PASSWORD = 'the supervisors’ password'
const never = new AbortController().signal

/** A caller who asks something six seconds after the answer, and would stay for a minute. */
async function asking(said = 'Are you open on Sunday?'): Promise<Script> {
  const flite = openFlite()
  const spoken = await scriptOfTexts([said], 'rms', flite, seeded(5), never)
  await flite.close()
  const utterances = spoken.utterances.map(said => ({ ...said, cue: { after: 'answered', ms: 9_000 } as const }))
  return { ...spoken, from: FROM, utterances, hangUp: { after: 'answered', ms: 60_000, withStop: true } }
}

/** The real server with a supervisor who has signed in. */
async function opened(env: Readonly<Record<string, string>> = {}) {
  const bodies: string[] = []
  const hash = await hashOf(PASSWORD.normalize('NFKC'), CHEAP)
  const all = await openWholeCalls({
    env: { STAFF_SUPERVISOR_PASSWORD: hash, ...env },
    onAsked: body => bodies.push(body),
  })
  onTestFinished(() => all.close())
  let cookie = ''
  async function ask(method: string, path: string, body?: object) {
    const response = await all.network.fetch(`${all.url}/staff/api/${path}`, {
      method,
      headers: { cookie, origin: all.url, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const set = response.headers.get('set-cookie')?.split(';')[0]
    return { status: response.status, set, body: text === '' ? undefined : JSON.parse(text) }
  }
  const signIn = { name: 'Sam', role: 'supervisor', password: PASSWORD }
  // The hash is made by another thread, so virtual time must not run on meanwhile.
  cookie = (await ask('POST', 'sign-in', signIn)).set ?? ''
  expect(cookie).not.toBe('')

  /** The call that is held now, once its conversation is in this state. */
  async function held(state: string): Promise<string> {
    for (;;) {
      const { calls } = liveShape.parse((await ask('GET', 'live')).body)
      const [call] = calls
      if (call?.state === state) {
        expect([call.caller, call.channel]).toEqual([FROM, 'phone'])
        return call.callId
      }
      await all.clock.sleep(100, never)
    }
  }
  /** Hears a call as it happens: the journal's lines, and the loudest sample of each side so far. */
  function listen(callId: string) {
    const url = `${all.url.replace(/^http/, 'ws')}/staff/api/live/${callId}/listen`
    const socket = new WebSocket(url, { agent: all.network.agent, headers: { cookie, origin: all.url } })
    const heard = { lines: [] as JournalLine[], caller: 0, agent: 0, problems: [] as string[] }
    socket.on('error', error => heard.problems.push(error.message))
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return void heard.lines.push(JSON.parse(String(data)))
      for (let at = 0; at < data.length; at += 4) {
        heard.caller = Math.max(heard.caller, Math.abs(data.readInt16LE(at)))
        heard.agent = Math.max(heard.agent, Math.abs(data.readInt16LE(at + 2)))
      }
    })
    return heard
  }
  return { ...all, ask, held, listen, bodies, cookieNow: () => cookie }
}

const notes = (lines: readonly JournalLine[]) =>
  lines.flatMap(line => ('noted' in line && /^(?:staff-|whispered)/.test(line.noted.kind) ? [line.noted] : []))
const ends = (lines: readonly JournalLine[]) =>
  lines.flatMap(line =>
    'decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'ended' ? [line.decided.turn] : [],
  )

test('a whispered hint reaches the model as data; an end ends the call', async () => {
  const { ask, held, ring, passing, bodies, clock } = await opened()
  const script = await asking()
  async function supervise(): Promise<void> {
    const callId = await held('listening')
    expect((await ask('POST', `live/${callId}/whisper`, { text: 'Ask for their name first.' })).status).toBe(204)
    await held('replying')
    await held('listening')
    await clock.sleep(1_000, never)
    expect((await ask('POST', `live/${callId}/end`)).status).toBe(204)
  }
  const [call] = await passing(Promise.all([ring(script, { seed: 1 }), supervise()]))
  expect(notes(call.lines)).toEqual([
    { kind: 'whispered', by: 'Sam', text: 'Ask for their name first.' },
    { kind: 'staff-ends', by: 'Sam' },
  ])
  const told = bodies.filter(body => body.includes('their name first'))
  expect(told.length).toBeGreaterThan(0)
  expect(told.every(body => body.includes('Nobody has said it'))).toBe(true)
  expect(ends(call.lines)).toMatchObject([{ next: 'goodbye', why: expect.stringContaining('support staff') }])
  expect(call.transcript).not.toContain('their name')
  expect(call.record.endedBy).not.toBe('caller')
})

test('a caller who is put through is told so, and the number that staff have named is dialled', async () => {
  const { ask, held, ring, passing } = await opened({ TRANSFER_NUMBER: '+15550000000' })
  const script = await asking()
  async function supervise(): Promise<void> {
    const callId = await held('listening')
    expect((await ask('POST', `live/${callId}/transfer`, { number: '+15557654321' })).status).toBe(204)
  }
  const [call] = await passing(Promise.all([ring(script, { seed: 1 }), supervise()]))
  expect(notes(call.lines)).toEqual([{ kind: 'staff-transfers', by: 'Sam' }])
  expect(call.record.events.flatMap(event => (event.kind === 'dial' ? [event.number] : []))).toEqual(['+15557654321'])
  expect(call.transcript).toContain('put you through')
  // Nobody answered, so the caller came back, and hung up.
  expect(ends(call.lines).map(({ next }) => next)).toEqual(['transfer', 'hang-up'])
  expect(JSON.stringify(call.lines)).not.toContain('7654321')
})

test('without a password nobody can sign in, and `me` says how to make one', async () => {
  const all = await openWholeCalls()
  onTestFinished(() => all.close())
  const response = await all.passing(all.network.fetch(`${all.url}/staff/api/me`))
  const body = await all.passing(response.json())
  expect([response.status, body.ways, body.help]).toEqual([
    401,
    { oidc: false, password: false },
    expect.stringContaining('npm run staff:password'),
  ])
})

test.each([
  ['hears both sides', false],
  ['does not hear the caller while a PIN is asked', true],
] as const)('who listens to a live call %s', async (_what, hasPin) => {
  const { held, listen, ring, passing, dataDir, clock } = await opened()
  if (hasPin) {
    const database = await openDatabase(`sqlite:${dataDir}/partyline.sqlite`)
    await (await pinsIn(database, CHEAP)).set(FROM, '4271', clock.wallTime())
    await database.close()
  }
  const script = await asking('four two seven two')
  async function supervise() {
    const heard = listen(await held(hasPin ? 'starting' : 'replying'))
    await clock.sleep(14_000, never)
    return { ...heard, lines: [...heard.lines] }
  }
  const hangUp = { after: 'answered', ms: 16_000, withStop: true } as const
  const [call, heard] = await passing(Promise.all([ring({ ...script, hangUp }, { seed: 1 }), supervise()]))
  expect(heard.problems).toEqual([])
  expect(heard.agent).toBeGreaterThan(1_000)
  if (hasPin) expect([heard.caller, JSON.stringify(heard.lines).includes('two')]).toEqual([0, false])
  else expect([heard.caller > 1_000, JSON.stringify(heard.lines).includes('seven')]).toEqual([true, true])
  expect(notes(call.lines).map(({ kind }) => kind)).toEqual(['staff-listens'])
})

test('a call that is over is found, opened, heard and read, and is gone when its caller is forgotten', async () => {
  const { ask, ring, passing, partyline, network, url, cookieNow } = await opened()
  const script = await asking()
  const call = await passing(
    ring({ ...script, hangUp: { after: 'answered', ms: 18_000, withStop: true } }, { seed: 1 }),
  )
  await passing(partyline.recordsSealed())
  const callId = call.record.callSid
  const get = async (path: string) => (await passing(ask('GET', `calls${path}`))).body
  const { calls } = await get(`?words=sunday&caller=${encodeURIComponent(FROM)}`)
  expect(calls).toMatchObject([{ callId, channel: 'phone', caller: FROM, outcome: 'hung-up', turns: 1 }])
  expect((await get('?words=monday')).calls).toMatchObject([{ callId }])
  expect((await get('?words=tuesday')).calls).toEqual([])

  const shown = openedCall.parse(await get(`/${callId}`))
  expect([shown.attempts, shown.notes]).toEqual([[{ attempt: 1, audio: true, startMs: 0 }], []])
  expect(await get(`/${callId}/lines`)).toEqual(call.lines)
  const { entries } = transcript.parse(await get(`/${callId}/transcript`))
  expect(entries.map(({ who, text }) => `${who}: ${text}`)).toEqual([
    'agent: This call is recorded.',
    'agent: Hello, this is the Partyline. How can I help you?',
    'caller: Are you open on Sunday?',
    'agent: We open at noon and close at ten in the evening, every day but Monday.',
  ])
  expect(cost.parse(await get(`/${callId}/cost`)).usd).toBeGreaterThan(0)
  const headers = { cookie: cookieNow(), range: 'bytes=0-3' }
  const sound = await network.fetch(`${url}/staff/api/calls/${callId}/audio/1`, { headers })
  expect([sound.status, await sound.text()]).toEqual([206, 'RIFF'])

  // Runs have a clock of their own, and a detector in another thread: this call's time must not pass meanwhile.
  const longer = await ask('POST', `calls/${callId}/what-if`, { patience: { shortMs: 1_500 } })
  const [turn] = whatIfReport.parse(longer.body).turns
  expect([turn?.said, turn?.changed]).toEqual(['Are you open on Sunday?', expect.arrayContaining(['end of turn'])])
  const later = (turn?.after?.endOfTurnMs ?? 0) - (turn?.before?.endOfTurnMs ?? 0)
  expect(later).toBeGreaterThan(800)
  const { preview, saved } = fixture.parse((await ask('POST', `calls/${callId}/fixture`, { name: 'sunday' })).body)
  expect([preview.expect.callerSaid, saved]).toEqual([['Are you open on Sunday?'], null])

  await passing(ask('POST', `calls/${callId}/notes`, { atMs: 100, text: 'a good one' }))
  await passing(ask('PUT', `calls/${callId}/tags`, { tags: ['good'] }))
  const marked = await get(`/${callId}`)
  expect([marked.tags, marked.notes.length]).toEqual([['good'], 1])
  expect((await passing(ask('POST', 'callers/forget', { caller: FROM }))).body).toEqual({ calls: [callId], later: [] })
  expect((await passing(ask('GET', `calls/${callId}`))).status).toBe(404)
  expect((await get('')).calls).toEqual([])
})
