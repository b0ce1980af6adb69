import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { decodeWav, type Wav } from '../../src/audio/wav.ts'
import { messagesOf } from '../../src/conversation/history.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue, Script } from '../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../src/sandbox/caller/record-fixtures.ts'
import { interrupting, type ScriptLine } from '../../src/sandbox/caller/script-lines.ts'
import { caller, type MemoryRoom, memoryRooms } from '../browser/memory-rooms.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from './whole-calls.ts'

const DESK = '+15550100042'
const GUEST = '+4915550100'
const GUESTS_NUMBER = '+4930555010'
const ENV = { PARTYLINE_AGENTS: './examples/translation', AGENT: 'front-desk', RECORDING: 'on' }
const flite = openFlite()
const noSound: Wav = { pcm: new Int16Array(), rateHz: 8_000, channels: 2 }
/** Of real time, on a machine that has much else to do. */
const LONG_MS = 240_000
const never = new AbortController().signal

/** So long after all that is heard: the original ends about a second before its interpretation begins. */
const AFTER_BOTH_MS = 2_200
const next = (say: string, ms = AFTER_BOTH_MS): ScriptLine => ({ say, cue: { after: 'agent-stopped', ms } })

const scriptOf = (name: string, from: string, lines: readonly ScriptLine[], hangUp: Cue): Promise<Script> =>
  renderScript(
    { name, about: '', from, voice: 'rms', expect: {}, lines, hangUp: { ...hangUp, withStop: true } },
    flite,
    never,
  )

/** Holds both calls on the real server: the reception rings first, and the guest joins with the code that it is told. */
async function held(desk: readonly ScriptLine[], guest: readonly ScriptLine[], hangUps: readonly [Cue, Cue]) {
  const all = await openWholeCalls({ env: ENV })
  const first = await scriptOf('desk', DESK, desk, hangUps[0])

  async function second(): Promise<WholeCall> {
    const keys = { press: await codeIn(all), cue: { after: 'agent-stopped', ms: 800 } } as const
    const script = await all.outside.during(scriptOf('guest', GUEST, [keys, ...guest], hangUps[1]))
    return all.ring(script, { seed: 2, to: GUESTS_NUMBER })
  }
  const calls = await all.passing(Promise.all([all.ring(first, { seed: 1 }), second()]))
  const sounds = await Promise.all(calls.map(async ({ folder }) => decodeWav(await readFile(`${folder}/call-1.wav`))))
  await all.close()
  const [ofDesk, ofGuest] = calls.map((call, i) => ({ ...call, sound: sounds[i] ?? noSound }))
  if (!ofDesk || !ofGuest) throw new Error('two calls were expected')
  return { desk: ofDesk, guest: ofGuest, left: all.network.connections() + all.clock.sleepers }
}

/** The code that the first one is told, while their call goes on. */
async function codeIn(all: WholeCalls): Promise<string> {
  for (;;) {
    const [call] = await readdir(`${all.dataDir}/calls`).catch(() => [])
    const text = call ? await readFile(`${all.dataDir}/calls/${call}/journal.jsonl`, 'utf8').catch(() => '') : ''
    const code = /The code for the other person is ([\d, ]+)\./.exec(text)?.[1]?.replace(/\D/g, '')
    if (code) return code
    await all.clock.sleep(250, never)
  }
}

/** Waits, in virtual time, until something is there; for a minute at most. */
async function until<T>(all: WholeCalls, find: () => T | undefined, soFar = (): unknown => ''): Promise<T> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 100) {
    const found = find()
    if (found !== undefined) return found
    await all.clock.sleep(100, never)
  }
  throw new Error(`it has not come: ${JSON.stringify(soFar())}`)
}

const endIn = (line: JournalLine): readonly string[] =>
  'decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'ended'
    ? [line.decided.turn.next]
    : []

const startedOf = (lines: readonly JournalLine[]) => {
  const line = lines.find(one => 'started' in one)
  if (!line || !('started' in line)) throw new Error('there is no start')
  return line.started
}
/** What the person of this call has heard, one line for each speech. */
function heard({ lines }: WholeCall): readonly string[] {
  const replies = new Map<string, string>()
  for (const line of lines)
    if ('input' in line && line.input.kind === 'heard')
      replies.set(`${line.input.reply} ${line.input.part}`, line.input.text + (line.input.cut ? ' —' : ''))
  return [...replies.values()]
}

/** What they have said, as it was passed on. */
function passedOn({ lines }: WholeCall): readonly string[] {
  const said = new Map<number, string>()
  for (const line of lines)
    if ('decided' in line && line.decided.kind === 'turn' && line.decided.turn.context.passedOn)
      said.set(line.decided.turn.context.passedOn.id, line.decided.turn.context.passedOn.text)
  return [...said.values()]
}

/** When each sentence was over, and when the other person began to hear it, by the time of day. */
function delays(from: WholeCall, to: WholeCall): readonly { readonly text: string; readonly ms: number }[] {
  const [said, told] = [from, to].map(({ lines }) => ({ lines, atMs: Date.parse(startedOf(lines).wallTime) }))
  if (!said || !told) return []
  const sounding = new Map<number, number>()
  const relays = new Map<number, string>()
  for (const line of told.lines) {
    if ('decided' in line && line.decided.kind === 'turn' && 'reply' in line.decided.turn) {
      const { id, content } = line.decided.turn.reply
      if (content.kind === 'relay') relays.set(id, content.text)
    }
    if ('input' in line && line.input.kind === 'reply-sounding' && !sounding.has(line.input.reply))
      sounding.set(line.input.reply, told.atMs + line.atMs)
  }
  let lastVoicedMs = 0
  let lastId = 0
  return said.lines.flatMap(line => {
    if ('input' in line && line.input.kind === 'speech-end') lastVoicedMs = said.atMs + line.input.lastVoicedMs
    if (!('decided' in line) || line.decided.kind !== 'turn') return []
    const { passedOn } = line.decided.turn.context
    if (!passedOn || passedOn.id <= lastId) return []
    lastId = passedOn.id
    const heardAt = [...relays]
      .filter(([, text]) => text.includes(passedOn.text))
      .map(([id]) => sounding.get(id) ?? Number.NaN)
      .find(atMs => atMs >= lastVoicedMs)
    return heardAt === undefined ? [] : [{ text: passedOn.text, ms: Math.round(heardAt - lastVoicedMs) }]
  })
}

/** How loud the agent's leg of a recording is, in dB below full scale, between two times of the call. */
function heardDb({ pcm, rateHz, channels }: Wav, fromMs: number, toMs: number): number {
  let power = 0
  for (let ms = fromMs; ms < toMs; ms++)
    power += (pcm[Math.round((ms * rateHz) / 1_000) * channels + channels - 1] ?? 0) ** 2
  return 10 * Math.log10(power / (toMs - fromMs) / 32_768 ** 2)
}

const exact = { differences: [], notes: [] }

let isHeld: ReturnType<typeof held> | undefined
/** One for all tests. */
const bothCalls = () =>
  (isHeld ??= held(
    [
      // At the same time as the guest's first words.
      { say: 'Good morning, how can I help you?', cue: { after: 'answered', ms: 16_900 } },
      next('The room costs ninety euros per night. Breakfast is included. Breakfast is from seven to ten.'),
      interrupting('One moment, please.', 11_300),
    ],
    [
      next('Ich möchte ein Doppelzimmer für zwei Nächte.'),
      next('Ich möchte Frühstück.'),
      interrupting('Das ist zu teuer. Ich möchte ein Einzelzimmer ohne Frühstück für zwei Nächte.', 8_500),
      next('Vielen Dank. Auf Wiederhören.'),
    ],
    [
      { after: 'own-utterance', ms: 60_000 },
      { after: 'own-utterance', ms: 3_000 },
    ],
  ))

test(
  'each hears the other in their own language, also where both begin at the same time',
  async () => {
    const { desk, guest } = await bothCalls()
    expect(passedOn(desk)).toEqual([
      'Good morning, how can I help you?',
      'The room costs ninety euros per night. Breakfast is included. Breakfast is from seven to ten.',
      'One moment, please.',
    ])
    expect(passedOn(guest)).toEqual([
      'Ich möchte ein Doppelzimmer für zwei Nächte.',
      'Ich möchte Frühstück.',
      'Das ist zu teuer. Ich möchte ein Einzelzimmer ohne Frühstück für zwei Nächte.',
      'Vielen Dank. Auf Wiederhören.',
    ])
    expect(heard(guest)).toContain('Guten Morgen, wie kann ich Ihnen helfen?')
    expect(heard(desk)).toContain('I would like a double room for two nights.')
    expect(heard(desk)).toContain('I would like breakfast.')
    expect(heard(desk)).toContain('Thank you very much. Goodbye.')
  },
  LONG_MS,
)

test(
  'who talks over the interpreter stops it, on both lines, and hears the rest no more',
  async () => {
    const { desk, guest } = await bothCalls()
    const cut = (call: WholeCall) => heard(call).filter(text => text.endsWith('—'))
    expect(cut(guest)).toEqual([expect.stringMatching(/^Das Zimmer kostet neunzig Euro pro Nacht\./)])
    expect(cut(desk)).toEqual([expect.stringMatching(/^That is too expensive\./)])
    for (const call of [desk, guest])
      for (const text of cut(call))
        expect(heard(call).filter(other => other.startsWith(text.slice(0, 12)))).toHaveLength(1)
  },
  LONG_MS,
)

test(
  'the interpretation begins within a second and a half, where nobody else speaks',
  async () => {
    const { desk, guest } = await bothCalls()
    const all = [...delays(desk, guest), ...delays(guest, desk)]
    const alone = all.filter(({ text }) => !text.startsWith('Good morning') && text !== 'Ich möchte Frühstück.')
    expect(alone).toHaveLength(5)
    for (const { ms } of alone) expect(ms).toBeLessThan(1_500)
  },
  LONG_MS,
)

test(
  'the original is heard beneath, before its interpretation and lower than that',
  async () => {
    const { desk, guest } = await bothCalls()
    const shiftMs = Date.parse(startedOf(desk.lines).wallTime) - Date.parse(startedOf(guest.lines).wallTime)
    const line = desk.lines.find(one => 'input' in one && one.input.kind === 'words' && /costs/.test(one.input.text))
    const atMs = (line?.atMs ?? 0) + shiftMs
    const original = heardDb(guest.sound, atMs, atMs + 3_000)
    const relay = guest.lines.find(one => 'input' in one && one.input.kind === 'heard' && /kostet/.test(one.input.text))
    const interpreted = heardDb(guest.sound, (relay?.atMs ?? 0) - 500, (relay?.atMs ?? 0) + 1_000)
    expect(original).toBeGreaterThan(-50)
    expect(original).toBeLessThan(interpreted - 6)
  },
  LONG_MS,
)

test(
  'who is left is told so in their language, and the call ends',
  async () => {
    const { desk, guest, left } = await bothCalls()
    expect(heard(desk).at(-1)).toBe('The other person has left the call. Goodbye.')
    const ends = [desk, guest].map(({ lines }) => lines.flatMap(line => endIn(line)))
    expect(ends).toEqual([['hang-up'], ['hang-up']])
    expect(left).toBe(0)
  },
  LONG_MS,
)

test(
  'both journals replay as they went, and restore to what was said',
  async () => {
    const { desk, guest } = await bothCalls()
    for (const [call, code] of [[desk, 'en'] as const, [guest, 'de'] as const]) {
      expect(replayExactly(call.lines, { languageOf })).toMatchObject(exact)
      const said = messagesOf(restore(call.lines, languageOf(code)).history)
      expect(said.flatMap(message => (message.role === 'caller' ? [message.text] : []))).toEqual(passedOn(call))
    }
  },
  LONG_MS,
)

test(
  'a guest in a browser types the code, and is waited for when their page is away',
  async () => {
    const { rooms, join } = memoryRooms()
    const all = await openWholeCalls({ env: ENV, joinRoom: join })
    const script = await scriptOf(
      'desk',
      DESK,
      [{ say: 'Good morning, how can I help you?', cue: { after: 'answered', ms: 30_000 } }],
      { after: 'own-utterance', ms: 60_000 },
    )

    async function guest(): Promise<MemoryRoom> {
      const code = await codeIn(all)
      const answer = await all.network.fetch(`${all.url}/api/room`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'http://localhost' },
        body: JSON.stringify({ agent: 'front-desk-de' }),
      })
      expect(answer.status).toBe(200)
      await answer.json()
      const room = await until(all, () => [...rooms.values()][0])
      const captioned = (text: RegExp) =>
        until(
          all,
          () => (room.captions('agent').some(one => text.test(one)) ? true : undefined),
          () => [text.source, room.captions('agent'), room.captions('caller')],
        )
      const { listener } = room
      listener.arrived(caller())
      await captioned(/sechs Ziffern/)
      listener.typed('caller', '12 34')
      await captioned(/sechs Ziffern.*/)
      listener.typed('caller', code)
      await captioned(/andere Person ist da/)
      listener.typed('caller', 'Ich brauche ein Taxi.')
      await captioned(/Guten Morgen/)
      listener.left('caller', 'the tab was closed')
      await all.clock.sleep(5_000, never)
      listener.arrived(caller())
      await captioned(/wieder da sind/)
      listener.typed('caller', 'Vielen Dank.')
      await all.clock.sleep(8_000, never)
      listener.asked('caller', 'leave', '')
      return room
    }
    const [call, room] = await all.passing(Promise.all([all.ring(script, { seed: 1 }), guest()]))
    const logged = all.logged.filter(line => /"level":(?:40|50|60)/.test(line))
    await all.close()
    expect(heard(call).slice(3)).toEqual([
      'The other person is here. Please go ahead, I am interpreting.',
      'I need a taxi.',
      'The other person was cut off. One moment, please.',
      'The other person is back.',
      'Thank you very much.',
      'The other person has left the call. Goodbye.',
    ])
    expect(room.captions('caller')).toEqual([
      '12 34',
      expect.stringMatching(/^\d{6}$/),
      'Ich brauche ein Taxi.',
      'Vielen Dank.',
    ])
    expect(replayExactly(call.lines, { languageOf })).toMatchObject(exact)
    expect(logged).toEqual([])
    expect(all.network.connections() + all.clock.sleepers).toBe(0)
  },
  LONG_MS,
)
