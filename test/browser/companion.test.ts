import { expect, onTestFinished, test } from 'vitest'
import { companionOf } from '../../src/channels/browser/companion/companion.ts'
import type { CallScreen, LineNote } from '../../src/channels/call-host.ts'
import { CODE_MS, type CompanionCodes, companionCodesIn } from '../../src/companions/codes.ts'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { advance, type ConversationState } from '../../src/conversation/state.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { UntimedEvent } from '../../src/conversation/turn/turn.ts'
import { openDatabase } from '../../src/database/database.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { POLICY, RULES } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { ACCESS } from './browser-server.ts'
import { caller, memoryRooms } from './memory-rooms.ts'

const COMPANION = caller('companion')
const FRAME = { data: new Uint8Array(6), width: 2, height: 2 }
const never = new AbortController().signal

interface Options {
  readonly joinFails?: Error
  readonly codes?: (codes: CompanionCodes) => CompanionCodes
}

/** A telephone call with a room in memory beside it; its turns are the real ones, and the test says what happens. */
async function open({ joinFails, codes: changed = codes => codes }: Options = {}) {
  const clock = new FakeClock()
  const database = await openDatabase('sqlite::memory:')
  const random = seeded(3)
  const stored = await companionCodesIn(database, 'secret', below => Math.floor(random() * below))
  const codes = changed(stored)
  const { rooms, join } = memoryRooms()
  const did: string[] = []
  const notes: LineNote[] = []
  const warned: string[] = []
  let isWatching = false
  const screen: CallScreen = {
    frame: () => void did.push('frame'),
    consent(given) {
      isWatching = given
      did.push(`consent ${given}`)
    },
    pause: () => void did.push('pause'),
    resume: () => void did.push('resume'),
    state: () => (isWatching ? 'watching' : 'off'),
  }
  let state: ConversationState = { turn: begin(POLICY, 0), history: [] }
  let seq = 0
  const tell = (line: Line): void => companion.read({ v: 2, seq: ++seq, atMs: clock.now(), ...line } as JournalLine)
  /** Something happens in the conversation. */
  function happens(event: UntimedEvent): void {
    const timed = { ...event, atMs: clock.now() } as Parameters<typeof advance>[1]
    const { kind } = state.turn
    const reply = 'reply' in state.turn ? state.turn.reply.id : undefined
    state = advance(state, timed, RULES)
    tell({ input: timed })
    const now = 'reply' in state.turn ? state.turn.reply.id : undefined
    if (state.turn.kind !== kind || now !== reply) tell({ decided: { kind: 'turn', turn: state.turn } })
  }
  const replyNow = (): number => ('reply' in state.turn ? state.turn.reply.id : -1)
  /** The agent's words are heard to their end. */
  function heard(text: string): void {
    const reply = replyNow()
    happens({ kind: 'reply-sounding', reply, part: 0 })
    happens({ kind: 'heard', reply, part: 0, text, cut: false })
    happens({ kind: 'reply-done', reply })
  }
  const companion = companionOf(
    {
      ...{ clock, access: ACCESS, codes: { ...codes, goodForMs: CODE_MS } },
      join: joinFails ? () => Promise.reject(joinFails) : join,
      log: { warn: (_fields, message) => void warned.push(message) },
    },
    {
      ...{ callId: 'CA1', attempt: 1, screen, note: note => void notes.push(note) },
      line: {
        beside: open => happens({ kind: 'beside', open }),
        typed: text => void did.push(`typed ${text}`),
        joined: () => {
          did.push('joined')
          happens({ kind: 'joined' })
        },
      },
    },
  )
  heard('Hello.')
  const room = () => {
    const found = rooms.get('screen-CA1')
    if (!found) throw new Error('no room was joined')
    return found
  }
  /** Somebody has redeemed a code, has come, and the caller was told. */
  async function invited() {
    const code = await companion.invite(never)
    room().listener.arrived(COMPANION)
    await clock.advance(0)
    return code
  }
  async function close(): Promise<void> {
    await companion.close('hang-up')
    expect(clock.pending).toBe(0)
    await database.close()
  }
  const redeem = (code: string | undefined) => stored.redeem(code ?? '', '192.0.2.1', clock.wallTime())
  const states = () => notes.flatMap(note => (note.kind === 'companion' ? [note.state] : []))
  return { clock, companion, rooms, room, did, warned, states, happens, heard, invited, redeem, close }
}

async function opened(options: Options = {}) {
  const all = await open(options)
  onTestFinished(all.close)
  return all
}

test('a code leads to the call, and the agent waits in its room, silent', async () => {
  const { companion, redeem, room } = await opened()
  const code = await companion.invite(never)
  expect(code).toMatch(/^\d{6}$/)
  expect(await redeem(code)).toEqual({ kind: 'right', callId: 'CA1' })
  expect(room().shown).toEqual({ 'lk.agent.state': 'listening', 'partyline.sight': 'off' })
})

test('nothing passes either way before the caller hears that somebody has joined', async () => {
  const { room, did, happens, heard, invited, clock } = await opened()
  await invited()
  const { listener, told } = room()
  listener.asked('companion', 'screen', '{"consent":true}')
  listener.screen('companion', FRAME)
  listener.typed('companion', 'yes')
  happens({ kind: 'words', text: 'secret', final: true, ended: false })
  await clock.advance(0)
  expect(did).toEqual(['joined'])
  expect(told).toEqual([])
  heard('Somebody has joined.')
  expect(did).toEqual(['joined', 'consent true', 'typed yes'])
  listener.screen('companion', FRAME)
  listener.typed('companion', 'add milk')
  expect(did.slice(3)).toEqual(['frame', 'typed add milk'])
  expect(room().captions('agent')).toEqual(['Somebody has joined.'])
  expect(room().shown['partyline.sight']).toBe('watching')
})

test('captions go on from there, without a microphone of the caller in that room', async () => {
  const { room, happens, heard, invited } = await opened()
  await invited()
  heard('Somebody has joined.')
  happens({ kind: 'words', text: 'hello', final: true, ended: true })
  expect(room().captions('caller')).toEqual(['hello'])
  expect(room().told.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('lk.transcribed_track_id')
  expect(room().states).toContain('speaking')
})

test('a pause that came before stays one', async () => {
  const { room, did, heard, invited } = await opened()
  await invited()
  room().listener.asked('companion', 'screen', '{"consent":true}')
  room().listener.screenPaused('companion', true)
  heard('Somebody has joined.')
  expect(did.slice(1)).toEqual(['consent true', 'pause'])
})

test('what is typed before is kept, within bounds', async () => {
  const { room, did, heard, invited } = await opened()
  await invited()
  for (let i = 0; i < 50; i++) room().listener.typed('companion', `${i}`)
  heard('Somebody has joined.')
  expect(did.filter(what => what.startsWith('typed'))).toHaveLength(10)
})

test('nobody else in the room is listened to, and no sound or key is', async () => {
  const { room, did, heard, invited } = await opened()
  await invited()
  heard('Somebody has joined.')
  const { listener } = room()
  listener.arrived(caller())
  listener.typed('caller', 'delete everything')
  listener.asked('caller', 'screen', '{"consent":true}')
  listener.screen('caller', FRAME)
  listener.sound('companion', new Int16Array(320))
  listener.key('companion', '0')
  expect(did).toEqual(['joined'])
})

test('who drops is waited for, is asked for consent anew, and is not told of twice', async () => {
  const { room, did, heard, invited, clock, states } = await opened()
  await invited()
  heard('Somebody has joined.')
  const { listener } = room()
  listener.asked('companion', 'screen', '{"consent":true}')
  listener.left('companion', 'a tunnel')
  await clock.advance(29_000)
  listener.arrived(COMPANION)
  listener.typed('companion', 'here again')
  await clock.advance(60_000)
  expect(did).toEqual(['joined', 'consent true', 'consent false', 'typed here again'])
  expect(room().isLeft).toBe(false)
  expect(states()).toEqual(['awaited', 'here', 'away', 'here'])
})

test('after 30 s they are not waited for, and a new code brings the next one, who is told of', async () => {
  const { companion, room, did, heard, invited, clock, states } = await opened()
  const first = await invited()
  heard('Somebody has joined.')
  const before = room()
  before.listener.left('companion', 'a tunnel')
  await clock.advance(30_100)
  expect(before.isLeft).toBe(true)
  expect(states().at(-1)).toBe('gone')
  // Their old token leads to the room, but nobody listens there.
  before.listener.arrived(COMPANION)
  before.listener.typed('companion', 'hello?')
  expect(await companion.invite(never)).not.toBe(first)
  expect(room()).not.toBe(before)
  room().listener.arrived(COMPANION)
  room().listener.typed('companion', 'me')
  heard('Somebody has joined.')
  expect(did.slice(-2)).toEqual(['joined', 'typed me'])
})

test('who leaves is not waited for', async () => {
  const { room, invited, clock } = await opened()
  await invited()
  room().listener.asked('companion', 'leave', '')
  await clock.advance(0)
  expect(room().isLeft).toBe(true)
})

test('while somebody is there nobody else is invited', async () => {
  const { companion, invited } = await opened()
  await invited()
  expect(await companion.invite(never)).toBeUndefined()
})

test('a new code ends the one before, in the same room', async () => {
  const { companion, rooms, room, redeem } = await opened()
  const both = await Promise.all([companion.invite(never), companion.invite(never)])
  expect(new Set(both).size).toBe(2)
  expect([rooms.size, room().isLeft]).toEqual([1, false])
  expect([(await redeem(both[0])).kind, (await redeem(both[1])).kind]).toEqual(['wrong', 'right'])
})

test('the agent waits as long as the code is good, and for a page that used it in the last moment', async () => {
  const { companion, room, clock, redeem } = await opened()
  const code = await companion.invite(never)
  await clock.advance(CODE_MS + 29_000)
  expect([room().isLeft, (await redeem(code)).kind]).toEqual([false, 'wrong'])
  await clock.advance(1_100)
  expect(room().isLeft).toBe(true)
})

test('the end of the call ends all of it: the page is told what follows, and the code is good no longer', async () => {
  const { companion, room, redeem, clock, did, heard, invited } = await open()
  await invited()
  heard('Somebody has joined.')
  room().listener.asked('companion', 'screen', '{"consent":true}')
  await companion.close('transfer')
  expect(did.at(-1)).toBe('consent false')
  expect(room().told.at(-1)).toMatchObject({ topic: 'partyline.ended', text: 'transfer' })
  expect([room().isLeft, clock.pending]).toEqual([true, 0])
  const other = await open()
  const code = await other.companion.invite(never)
  await other.companion.close('hang-up')
  expect((await other.redeem(code)).kind).toBe('wrong')
  expect(other.room().isLeft).toBe(true)
  await expect(other.companion.invite(never)).rejects.toThrow('the call is over')
  expect((await redeem(code)).kind).toBe('wrong')
})

test('a call that ends while the room is being joined leaves none behind', async () => {
  const { companion, rooms, clock, close } = await open()
  const inviting = companion.invite(never)
  inviting.catch(() => undefined)
  await close()
  await expect(inviting).rejects.toThrow()
  await clock.advance(0)
  expect([...rooms.values()].every(({ isLeft }) => isLeft)).toBe(true)
})

test('where LiveKit refuses there is no code, and the next try joins anew', async () => {
  const { companion, states } = await opened({ joinFails: new Error('401') })
  for (let i = 0; i < 2; i++) await expect(companion.invite(never)).rejects.toThrow('401')
  expect(states()).toEqual([])
})

test('a room that is lost blinds the agent, and the next code joins it again', async () => {
  const { companion, room, did, heard, invited } = await opened()
  await invited()
  heard('Somebody has joined.')
  room().listener.asked('companion', 'screen', '{"consent":true}')
  const before = room()
  before.listener.lost('the server restarts')
  expect(await companion.invite(never)).toMatch(/^\d{6}$/)
  expect(did.at(-1)).toBe('consent false')
  expect([before.isLeft, room() === before]).toEqual([true, false])
})

test('a database that fails at the end is only warned of', async () => {
  const forget = () => Promise.reject(new Error('locked'))
  const { companion, room, warned } = await opened({ codes: codes => ({ ...codes, forget }) })
  await companion.invite(never)
  await companion.close('hang-up')
  expect([warned.length, room().isLeft]).toEqual([1, true])
})
