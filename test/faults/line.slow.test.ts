import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { cough } from '../../src/sandbox/caller/cough.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { twilioSignature } from '../../src/sandbox/twilio/signature.ts'
import type { WholeCalls } from '../whole-call/whole-calls.ts'
import { ADDRESS, callerWho, type FaultyCallOptions, faultyCall, PARKING, phrases, told } from './calls.ts'
import { lateSounds } from './heard.ts'
import { type Meddling, openRelay } from './relay.ts'

const PARK = 'You can park for free behind the house, and there is always room in the evening.'
const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const STORY = 'Please tell me the story of the restaurant.'

/** The carrier's way to the server, with somebody in it. */
const through =
  (meddling: Meddling): NonNullable<FaultyCallOptions['ring']> =>
  all => ({ dialUrl: openRelay(all.url, all.network, meddling) })

interface Message {
  readonly event: string
  readonly streamSid?: string
  readonly mark?: { readonly name: string }
  readonly media?: { readonly chunk: string; readonly timestamp: string; readonly payload: string }
}
const read = (message: string | Buffer): Message => JSON.parse(String(message)) as Message
const changed = (message: Message, media: Partial<Message['media']>): string =>
  JSON.stringify({ ...message, media: { ...message.media, ...media } })

const INTERRUPTED = { says: [STORY, PARKING], cues: [undefined, { after: 'agent-started', ms: 3_000 }] } as const

test('fault 15: stale marks, marks of the future and marks twice do not put words into the record that nobody heard', async () => {
  const usual = await faultyCall(INTERRUPTED)
  const names: string[] = []
  const call = await faultyCall({
    ...INTERRUPTED,
    ring: through({
      up(message) {
        const { event, streamSid, mark } = read(message)
        if (event !== 'mark' || !mark) return [message]
        names.push(mark.name)
        const more = [names[0], mark.name, `${Number.parseInt(mark.name, 10)}.9999`, '99.12', '', '1.-5', 'NaN']
        return [message, ...more.map(name => JSON.stringify({ event, streamSid, mark: { name } }))]
      },
    }),
  })
  expect(names.length).toBeGreaterThan(10)
  expect(call.outcome.agentReplies).toEqual(usual.outcome.agentReplies)
  expect(call.outcome.agentReplies[1]?.length).toBeLessThan(150)
  expect(call.outcome.agentReplies[2]).toBe(PARK)
  expect(call.outcome.bargeIns).toBe(1)
})

test('fault 15: marks that never return: the agent does not wait for them for ever, and claims no word that was not heard', async () => {
  const call = await faultyCall({
    ...INTERRUPTED,
    ring: through({ up: message => (read(message).event === 'mark' ? [] : [message]) }),
  })
  expect(call.record.agentSpans.length).toBeGreaterThan(2)
  const [, story = ''] = call.outcome.agentReplies
  expect(story).not.toContain('garden')
  expect(call.record).toMatchObject({ endedBy: 'caller', unplayed: 0 })
})

test('fault 16: who talks over the agent hears it stop within half a second', async () => {
  const call = await faultyCall(INTERRUPTED)
  const [, over] = call.record.utterances
  const heard = call.record.agentSpans.filter(
    span => span.endMs > (over?.firstVoicedMs ?? 0) && span.startMs < (over?.firstVoicedMs ?? 0),
  )
  const stoppedMs = call.record.clears.map(({ atMs }) => atMs).find(atMs => atMs > (over?.firstVoicedMs ?? 0))
  expect(heard).toHaveLength(1)
  expect((stoppedMs ?? Number.POSITIVE_INFINITY) - (over?.firstVoicedMs ?? 0)).toBeLessThan(500)
  // It was turned down at once, and silent once it was sure.
  const lastMs = call.record.agentSpans.filter(({ startMs }) => startMs < (over?.lastVoicedMs ?? 0)).at(-1)?.endMs ?? 0
  expect(lastMs - (over?.firstVoicedMs ?? 0)).toBeLessThan(1_200)
  expect(told(call, 'heard').some(({ cut }) => cut === true)).toBe(true)
})

/** A caller who coughs while the greeting is spoken. */
async function whoCoughs(): Promise<Script> {
  const script = await callerWho([PARKING])
  const [question] = script.utterances
  if (!question) throw new Error('they say nothing')
  const noise = {
    kind: 'speech',
    say: '',
    words: [],
    pcm: cough(seeded(3)),
    cue: { after: 'agent-started', ms: 700 },
  } as const
  return {
    ...script,
    utterances: [
      { ...noise, aside: true },
      { ...question, cue: { after: 'agent-stopped', ms: 900 } },
    ],
  }
}

test('fault 16: a noise does not wipe the greeting', async () => {
  const call = await faultyCall({ script: await whoCoughs() })
  expect(call.outcome.agentReplies.slice(0, 2)).toEqual([phrases.greeting, PARK])
  const lostMs = call.record.clears.reduce((sum, { droppedMs }) => sum + droppedMs, 0)
  const [greeting] = call.record.agentSpans
  expect((greeting?.endMs ?? 0) - (greeting?.startMs ?? 0)).toBeGreaterThan(2_800)
  // What was taken off the line to be turned down came again.
  expect(call.outcome.bargeIns).toBe(0)
  expect(lostMs).toBeLessThan(600)
})

/** Asks as Twilio does, with its signature. */
async function posted(all: WholeCalls, path: string, form: Record<string, string>): Promise<string> {
  const url = `${all.url}${path}`
  const answer = await all.network.fetch(url, {
    method: 'POST',
    headers: {
      'x-twilio-signature': twilioSignature(SANDBOX_AUTH_TOKEN, url, form),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  })
  return answer.text()
}

test('fault 17: a start twice, a second stream, and webhooks that come again: one voice, one greeting', async () => {
  const starts: string[] = []
  const codes: number[] = []
  const again: string[] = []
  const call = await faultyCall({
    ring: through({
      up(message) {
        if (read(message).event !== 'start') return [message]
        starts.push(String(message))
        return [message, message]
      },
    }),
    onEvent(event, all) {
      if (event.kind !== 'utterance' || event.index !== 0) return
      const [start = ''] = starts
      const { start: begun } = JSON.parse(start) as { start: { callSid: string } }
      const signature = twilioSignature(SANDBOX_AUTH_TOKEN, `${all.url.replace('http', 'ws')}/calls/stream`, {})
      for (const text of [start, start.replace(begun.callSid, 'CAother')]) {
        const { agent } = all.network
        const socket = new WebSocket(`${all.url.replace('http', 'ws')}/calls/stream`, {
          headers: { 'x-twilio-signature': signature },
          ...(agent && { agent }),
        })
        socket.on('open', () => socket.send(text))
        socket.on('close', code => codes.push(code))
      }
      for (let i = 0; i < 2; i++)
        posted(all, '/calls/answer', { CallSid: begun.callSid, From: '+15550100042' }).then(xml => again.push(xml))
    },
  })
  expect(codes).toEqual([1008, 1008])
  // The repeated webhook gets the same document, whose pass opens nothing more while the call has its stream.
  expect(again).toHaveLength(2)
  for (const xml of again) expect(xml).toMatch(/<Connect>[\s\S]*<Redirect/)
  expect(call.outcome.agentReplies).toEqual([phrases.greeting, PARK, HARBOR])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
  expect(call.record.streams).toHaveLength(1)
  expect(call.logged.join('')).toMatch(/stream refused/)
})

/** What becomes of the caller's sound on its way; `nth` counts it from 0. */
const SOUND: Readonly<Record<string, (message: Message, nth: number, held: string[]) => readonly string[]>> = {
  'each second message comes before the first': (message, nth, held) => {
    if (nth % 2 === 0) return held.push(JSON.stringify(message)) > 0 ? [] : []
    return [JSON.stringify(message), ...held.splice(0)]
  },
  'each message comes twice': message => [JSON.stringify(message), JSON.stringify(message)],
  'one message of ten is lost': (message, nth) => (nth % 10 === 9 ? [] : [JSON.stringify(message)]),
  'its timestamps jump back by 172 s, as after a wrap': (message, nth) => {
    const atMs = Number(message.media?.timestamp)
    return [changed(message, { timestamp: String(nth < 150 ? atMs + 172_000 : atMs) })]
  },
  'its timestamps jump ahead by ten minutes': (message, nth) => [
    changed(message, { timestamp: String(Number(message.media?.timestamp) + (nth < 150 ? 0 : 600_000)) }),
  ],
  'its timestamps stand still': (message, nth) => [
    changed(message, { timestamp: nth > 150 && nth < 170 ? '3000' : String(message.media?.timestamp) }),
  ],
}

test.each(Object.keys(SOUND))(
  "fault 18: of the caller's sound %s: they are understood, and answered in time",
  async how => {
    let nth = 0
    const held: string[] = []
    const call = await faultyCall({
      ring: through({
        up(message) {
          const parsed = read(message)
          if (parsed.event !== 'media') return [message]
          return SOUND[how]?.(parsed, nth++, held) ?? [message]
        },
      }),
    })
    expect(call.outcome.agentReplies).toEqual([phrases.greeting, PARK, HARBOR])
    expect(lateSounds(call.record)).toEqual([])
    expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0 })
  },
)

test('fault 20: no document says a word beside the stream, and asking what comes next does not disturb it', async () => {
  let callSid = ''
  const asked: string[] = []
  const call = await faultyCall({
    ring: through({
      up(message) {
        if (read(message).event === 'start') callSid = /"callSid":"(\w+)"/.exec(String(message))?.[1] ?? ''
        return [message]
      },
    }),
    onEvent(event, all) {
      if (event.kind === 'utterance')
        posted(all, '/calls/next', { CallSid: callSid, From: '+15550100042' }).then(xml => asked.push(xml))
    },
  })
  expect(asked).toHaveLength(2)
  const documents = call.record.events.flatMap(event => (event.kind === 'document' ? [event.verbs] : []))
  expect(documents.map(([first]) => first)).toEqual(['Connect'])
  expect(call.record.said).toEqual([])
  expect(call.outcome.agentReplies).toEqual([phrases.greeting, PARK, HARBOR])
})

test('fault 20: after a transfer that nobody answered the agent does not greet again', async () => {
  const call = await faultyCall({
    env: { TRANSFER_NUMBER: '+15557654321' },
    says: [PARKING, ADDRESS, ADDRESS],
    ring: () => ({ dialOutcome: 'busy' }),
    onEvent(event, all) {
      if (event.kind !== 'utterance') return
      all.standIns.openai.faults.set(event.index < 2 ? [{ kind: 'status', status: 500, times: 99 }] : [])
    },
  })
  const said = call.outcome.agentReplies
  expect(said.filter(text => text.includes(phrases.greeting))).toHaveLength(1)
  expect(said).toContain(phrases.back)
  expect(said.at(-1)).toBe(HARBOR)
  expect(call.record.said).toEqual([])
})
