import { readFile } from 'node:fs/promises'
import { Transformer } from '@napi-rs/image'
import { TokenVerifier } from 'livekit-server-sdk'
import { expect, test } from 'vitest'
import type { ScreenFrame } from '../../src/channels/browser/room.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue, Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { LAPTOP_LIVEKIT } from '../../src/settings/livekit.ts'
import { caller, type MemoryRoom, memoryRooms } from '../browser/memory-rooms.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from './whole-calls.ts'

const FROM = '+15550100042'
const SHOWS = 'I want to show you my screen.'
const ADDS = "Add what I'm looking at to my tasks."
const TYPED = 'What is due today?'
const never = new AbortController().signal

/** The caller says each text at its cue, and hangs up at the last one. */
async function scriptOf(texts: readonly (readonly [string, Cue])[], hangUp: Cue): Promise<Script> {
  const flite = openFlite()
  const spoken = await scriptOfTexts(
    texts.map(([text]) => text),
    'rms',
    flite,
    seeded(5),
    never,
  )
  await flite.close()
  const utterances = spoken.utterances.map((utterance, i) => ({ ...utterance, cue: texts[i]?.[1] ?? hangUp }))
  return { ...spoken, from: FROM, utterances, hangUp: { ...hangUp, withStop: true } }
}

/** A picture of an e-mail with a deadline, in planes. */
async function mailFrame(): Promise<ScreenFrame> {
  const picture = new Transformer(await readFile(new URL('../sandbox/gemini/mail.jpg', import.meta.url)))
  const { width, height } = await picture.metadata()
  const pixels = await picture.rawPixels()
  const channels = pixels.length / (width * height)
  const data = new Uint8Array(width * height * 1.5).fill(128)
  for (let i = 0; i < width * height; i++) data[i] = 16 + ((pixels[i * channels] ?? 0) * 219) / 255
  return { data, width, height }
}

async function open(env: Readonly<Record<string, string>> = {}) {
  const { rooms, join } = memoryRooms()
  const all = await openWholeCalls({ env: { AGENT: 'task-manager', ...env }, joinRoom: join })

  /** Waits, in virtual time, until something is there. */
  async function until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await all.clock.sleep(100, never)
    }
  }
  async function close() {
    await all.close()
    return all.network.connections() + all.clock.sleepers
  }
  return { all, rooms, until, close }
}

const inputs = (lines: readonly JournalLine[]) => lines.flatMap(line => ('input' in line ? [line.input] : []))
const notes = (lines: readonly JournalLine[], kind: string) =>
  lines.flatMap(line => ('noted' in line && line.noted.kind === kind ? [line.noted] : []))
const codeIn = (lines: readonly JournalLine[]): string | undefined =>
  inputs(lines)
    .flatMap(input => (input.kind === 'tool-result' ? [input.result] : []))
    .map(result => result.match(/this code: ([\d ,]+)\./)?.[1]?.replace(/\D/g, ''))
    .find(code => code !== undefined)

/** The journal of the call in this room, while it goes on. */
async function linesSoFar(all: WholeCalls, room: string): Promise<readonly JournalLine[]> {
  const text = await readFile(`${all.dataDir}/calls/${room.replace('screen-', '')}/journal.jsonl`, 'utf8')
  // The last line may still be written.
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return lines.map(line => JSON.parse(line) as JournalLine)
}

async function codeOf({ all, rooms, until }: Awaited<ReturnType<typeof open>>) {
  const [name, room] = await until(() => [...rooms][0])
  for (;;) {
    const code = codeIn(await linesSoFar(all, name))
    if (code !== undefined) return { name, room, code }
    await all.clock.sleep(250, never)
  }
}

const redeem = (all: WholeCalls, code: string) =>
  all.network.fetch(`${all.url}/api/companion`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost' },
    body: JSON.stringify({ code }),
  })

test('who says that they want to show a screen is given a code, and shows it beside the call', async () => {
  const server = await open()
  const { all, until, close } = server
  const frame = await mailFrame()
  const script = await scriptOf(
    [
      [SHOWS, { after: 'agent-stopped', ms: 600 }],
      [ADDS, { after: 'own-utterance', ms: 32_000 }],
    ],
    { after: 'agent-stopped', ms: 1_200 },
  )

  async function companion(): Promise<{ room: MemoryRoom; statuses: readonly number[]; token: string }> {
    const { room, code } = await codeOf(server)
    const first = await redeem(all, code)
    const { token } = (await first.json()) as { token: string }
    const again = await redeem(all, code)
    await again.body?.cancel()
    room.listener.arrived(caller('companion'))
    room.listener.asked('companion', 'screen', '{"consent":true}')
    room.listener.typed('companion', TYPED)
    await until(() => (room.captions('agent').length > 0 ? true : undefined))
    for (let i = 0; i < 40 && !room.isLeft; i++) {
      room.listener.screen('companion', frame)
      await all.clock.sleep(1_000, never)
    }
    return { room, token, statuses: [first.status, again.status] }
  }

  const both = Promise.all([all.ring(script, { seed: 3 }), companion()] as const)
  const [call, { room, statuses, token }]: readonly [WholeCall, Awaited<ReturnType<typeof companion>>] =
    await all.passing(both)
  const leftOpen = await close()

  expect(statuses).toEqual([200, 404])
  const claims = await new TokenVerifier(LAPTOP_LIVEKIT.apiKey, LAPTOP_LIVEKIT.apiSecret).verify(token)
  expect(claims.video).toMatchObject({ room: `screen-${call.record.callSid}`, canPublishSources: ['screen_share'] })
  // Captions begin with the words by which the caller hears of it.
  expect(room.captions('agent')[0]).toBe('Somebody has joined to show a screen.')
  expect(room.captions('agent').join(' ')).not.toMatch(/how can I help|this code/)
  expect(room.captions('caller')).toEqual([TYPED, ADDS])
  const said = call.transcript
  expect(said).toMatch(/Open localhost slash screen in a browser, and type this code: (?:\w+ ){2}\w+, (?:\w+ ){2}\w+\./)
  expect(said.indexOf('Somebody has joined')).toBeGreaterThan(said.indexOf('this code'))
  expect(said.indexOf(TYPED)).toBeGreaterThan(said.indexOf('Somebody has joined'))
  expect(said).toContain('Quarterly report for the board')
  expect(notes(call.lines, 'screen')[0]).toMatchObject({ state: 'watching', consent: true })
  expect(notes(call.lines, 'companion').map(({ state }) => state)).toEqual(['awaited', 'here', 'gone'])
  expect(room.told.at(-1)).toMatchObject({ topic: 'partyline.ended' })
  expect([room.isLeft, leftOpen]).toEqual([true, 0])
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  expect(all.logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
})

test('a caller who hangs up takes the code with them', async () => {
  const server = await open()
  const { all, close } = server
  const script = await scriptOf([[SHOWS, { after: 'agent-stopped', ms: 600 }]], { after: 'agent-stopped', ms: 1_200 })
  const [, { code, room }] = await all.passing(Promise.all([all.ring(script, { seed: 3 }), codeOf(server)] as const))
  const answer = await all.passing(redeem(all, code))
  expect([answer.status, room.isLeft]).toEqual([404, true])
  await answer.body?.cancel()
  expect(await close()).toBe(0)
})

test('a transfer ends what was beside the call, and the call that comes back begins anew', async () => {
  const server = await open({ TRANSFER_NUMBER: '+15557654321' })
  const { all, rooms, until, close } = server
  const keys = { kind: 'keys', press: '0', cue: { after: 'own-utterance', ms: 22_000 } } as const
  const said = await scriptOf(
    [
      [SHOWS, { after: 'agent-stopped', ms: 600 }],
      [SHOWS, { after: 'agent-stopped', ms: 600 }],
    ],
    { after: 'agent-stopped', ms: 1_200 },
  )
  const script: Script = { ...said, utterances: [said.utterances.slice(0, 1), keys, said.utterances.slice(1)].flat() }

  async function companion() {
    const first = await codeOf(server)
    first.room.listener.arrived(caller('companion'))
    const second = await until(() => {
      const room = rooms.get(first.name)
      return room === first.room ? undefined : room
    })
    return { first: first.room, wasLeft: first.room.isLeft, second }
  }
  const both = Promise.all([all.ring(script, { seed: 3, dialOutcome: 'busy' }), companion()] as const)
  const [call, { first, wasLeft, second }] = await all.passing(both)
  expect(call.record.streams).toHaveLength(2)
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  expect(first.told.at(-1)).toMatchObject({ topic: 'partyline.ended', text: 'transfer' })
  expect([wasLeft, second.isLeft, second.told.length]).toEqual([true, true, 1])
  const states = notes(call.lines, 'companion').map(({ state }) => state)
  expect(states).toEqual(['awaited', 'here', 'gone', 'awaited', 'gone'])
  expect(await close()).toBe(0)
})

test('where the LiveKit server does not answer the caller is told so', async () => {
  const all = await openWholeCalls({ env: { AGENT: 'task-manager' } })
  const script = await scriptOf([[SHOWS, { after: 'agent-stopped', ms: 600 }]], { after: 'agent-stopped', ms: 1_200 })
  const call = await all.passing(all.ring(script, { seed: 3 }))
  expect(call.transcript).toContain('I am sorry, I cannot make a code just now.')
  expect(notes(call.lines, 'tool-failed')).toMatchObject([{ tool: 'offer_screen' }])
  await all.close()
})
