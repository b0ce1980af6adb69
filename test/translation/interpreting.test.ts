import { expect, test } from 'vitest'
import type { CallLine, CallRecorder } from '../../src/channels/call-host.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { Relayed } from '../../src/conversation/turn/relayed.ts'
import { bridgeWords } from '../../src/translation/bridge-words.ts'
import { type InterpretingParts, openInterpreting, type RingOther } from '../../src/translation/interpreting.ts'
import { POLICY } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'

const [EN, DE] = [bridgeWords('en'), bridgeWords('de')]
const CODE = '123456'

/** Interpreted lines of which only the journals are read, and what is told to their people. */
function open(parts: Partial<InterpretingParts> & { readonly rings?: string; readonly ringOut?: RingOther } = {}) {
  const clock = new FakeClock()
  const server = new AbortController()
  const codes = new Map<string, string>()
  const warned: string[] = []
  const { rings, ringOut = async () => ({ kind: 'not-reached' }) as const, ...others } = parts
  const interpreting = openInterpreting(
    {
      clock,
      signal: server.signal,
      log: { warn: (_, message) => void warned.push(message) },
      agents: () => ({
        legs: new Map([
          ['desk', { other: 'desk-de', isFirst: true, ...(rings !== undefined && { rings }) }],
          ['desk-de', { other: 'desk', isFirst: false }],
          ['clinic', { other: 'clinic-es', isFirst: true }],
          ['clinic-es', { other: 'clinic', isFirst: false }],
        ]),
      }),
      codes: {
        async make(callId) {
          codes.set(CODE, callId)
          return CODE
        },
        async forget(callId) {
          for (const [code, of] of codes) if (of === callId) codes.delete(code)
        },
        async redeem(code) {
          const callId = codes.get(code)
          return callId === undefined ? { kind: 'wrong' } : { kind: 'right', callId }
        },
      },
      ...others,
    },
    ringOut,
  )

  /** A stream of a call, whose conversation has begun. */
  async function stream(callId: string, agent = callId.startsWith('desk') ? 'desk' : 'desk-de') {
    const told: Relayed[] = []
    const notes: { kind: string; [detail: string]: unknown }[] = []
    const heardBeneath: Int16Array[] = []
    const code = agent.includes('-') ? agent.slice(-2) : 'en'
    const leg = interpreting.legOf({
      ...{ callId, owner: callId, rateHz: 8_000 },
      agent: { name: agent, language: { code } },
      note: noted => void notes.push(noted),
    })
    if (!leg) throw new Error(`${agent} interprets nothing`)
    let beneath: ((pcm: Int16Array) => void) | undefined
    const line = {
      rateHz: 8_000,
      relayed: said => void told.push(said),
      background: {
        beneath() {
          const own = (pcm: Int16Array): void => void (beneath === own && heardBeneath.push(pcm))
          beneath = own
          return own
        },
        nothingBeneath() {
          beneath = undefined
        },
      },
    } as Pick<CallLine, 'rateHz' | 'relayed'> as CallLine
    const recorder = leg.tap({ caller: () => undefined } as Pick<CallRecorder, 'caller'> as CallRecorder)
    const { context } = begin({ ...POLICY, interprets: true }, 0)
    const turn = { kind: 'listening', context, prompted: false, idle: { id: 9, dueMs: 0, why: 'idle' } } as const
    let id = 9
    const read = (some: object): void => leg.read({ v: 2, seq: 1, atMs: 0, ...some } as JournalLine)
    leg.on(line)
    read({ started: { turn, agent, callId } })
    await clock.advance(0)
    return {
      told: () => told.splice(0).map(({ text, as }) => (as === 'words' ? text : `${as}: ${text}`)),
      notes,
      heardBeneath,
      says: async (text: string) => {
        id++
        read({ decided: { kind: 'turn', turn: { ...turn, context: { ...context, passedOn: { id, text } } } } })
        await clock.advance(0)
      },
      keys: async (digits: string) => {
        for (const digit of digits) read({ input: { kind: 'digit', digit, atMs: 0 } })
        await clock.advance(0)
      },
      sounds: (pcm: Int16Array) => recorder.caller(pcm, 0, 0),
      over: async (next: 'hang-up' | 'unavailable' = 'hang-up') => {
        leg.over(next)
        await clock.advance(0)
      },
    }
  }

  async function both() {
    const desk = await stream('desk')
    const guest = await stream('guest')
    await guest.keys(CODE)
    desk.told()
    guest.told()
    return { desk, guest }
  }
  return { clock, server, codes, warned, interpreting, stream, both }
}

const SOUND = new Int16Array([1, 2, 3])

test('the first person is told a code, and the second one joins with it', async () => {
  const { stream, codes } = open()
  const desk = await stream('desk')
  expect(desk.told()).toEqual([EN.code(CODE)])
  await desk.says('hello')
  expect(desk.told()).toEqual([`${EN.alone} ${EN.code(CODE)}`])
  const guest = await stream('guest')
  expect(guest.told()).toEqual([DE.askCode])
  await guest.says('Guten Tag')
  expect(guest.told()).toEqual([DE.askCode])
  await guest.says('eins zwei drei vier fünf sechs')
  expect([desk.told(), guest.told()]).toEqual([[EN.here], [DE.here]])
  expect(desk.notes).toEqual([{ kind: 'interpreted-with', call: 'guest' }])
  // A code is good for one.
  expect(codes.size).toBe(0)
})

test('keys after the pound key begin anew; five wrong codes end the call', async () => {
  const { stream } = open()
  await stream('desk')
  const guest = await stream('guest')
  guest.told()
  await guest.keys('99#12')
  expect(guest.told()).toEqual([])
  for (const code of ['340000', '000001', '000002', '000003', '000004']) await guest.keys(code)
  expect(guest.told()).toEqual([...Array(4).fill(DE.wrongCode), `farewell: ${DE.noMoreCodes}`])
  await guest.keys(CODE)
  expect(guest.told()).toEqual([])
})

test('the code of another interpreter joins nobody', async () => {
  const { stream } = open()
  const desk = await stream('desk')
  const patient = await stream('patient', 'clinic-es')
  await patient.keys(CODE)
  expect(patient.told()).toEqual([bridgeWords('es').askCode, bridgeWords('es').wrongCode])
  // The one before is spent.
  expect(desk.told()).toEqual([EN.code(CODE), EN.code(CODE)])
})

test('the code is told again and again while nobody has come, and made anew before it is too old', async () => {
  let made = 0
  const { stream, clock } = open({
    codes: {
      make: async () => String(++made).repeat(6),
      redeem: async () => ({ kind: 'wrong' }),
      forget: async () => undefined,
    },
  })
  const desk = await stream('desk')
  expect(desk.told()).toEqual([EN.code('111111')])
  await clock.advance(45_000)
  expect(desk.told()).toEqual([`${EN.alone} ${EN.code('111111')}`])
  for (let passedMs = 45_000; passedMs < 540_000; passedMs += 45_000) await clock.advance(45_000)
  expect(desk.told().at(-1)).toBe(`${EN.alone} ${EN.code('222222')}`)
  await desk.over()
  await clock.advance(100_000)
  expect([desk.told(), made]).toEqual([[], 2])
})

test('who slips on the keys, or waits, begins anew', async () => {
  const { stream, clock } = open()
  await stream('desk')
  const guest = await stream('guest')
  guest.told()
  await guest.keys('1123456')
  expect(guest.told()).toEqual([DE.wrongCode])
  await clock.advance(4_001)
  await guest.keys('12345')
  await clock.advance(4_001)
  await guest.keys(CODE)
  expect(guest.told()).toEqual([DE.here])
})

test('too many wrong codes of others end nobody’s call', async () => {
  const { stream } = open({
    codes: { make: async () => CODE, redeem: async () => ({ kind: 'limited' }), forget: async () => undefined },
  })
  const guest = await stream('guest')
  for (let times = 0; times < 6; times++) await guest.keys(CODE)
  expect(guest.told()).toEqual([DE.askCode, ...Array(6).fill(DE.laterCode)])
})

test('who hangs up while their code is looked up has not come, and the first person gets another code', async () => {
  const looked = Promise.withResolvers<void>()
  const { stream, clock } = open({
    codes: {
      make: async () => CODE,
      forget: async () => undefined,
      async redeem() {
        await looked.promise
        return { kind: 'right', callId: 'desk' }
      },
    },
  })
  const desk = await stream('desk')
  const guest = await stream('guest')
  await guest.keys(CODE)
  await guest.over()
  looked.resolve()
  await clock.advance(0)
  expect(desk.told()).toEqual([EN.code(CODE), EN.code(CODE)])
})

test('somebody who was rung for one who has left is told so, and asked for no code', async () => {
  const { stream } = open({ rings: '+4930123456', ringOut: async () => ({ kind: 'held', callId: 'guest' }) })
  const desk = await stream('desk')
  await desk.over()
  const guest = await stream('guest')
  expect(guest.told()).toEqual([`farewell: ${DE.parted}`])
})

test('where the line of who was rung breaks before they are heard, the other one is told, and gets a code', async () => {
  const { stream, interpreting } = open({
    ...{ rings: '+4930123456', ringOut: async () => ({ kind: 'held', callId: 'guest' }) as const },
  })
  const desk = await stream('desk')
  expect(desk.told()).toEqual([EN.ringing])
  const leg = interpreting.legOf({
    ...{ callId: 'guest', owner: 'guest', rateHz: 8_000, note: () => undefined },
    agent: { name: 'desk-de', language: { code: 'de' } },
  })
  leg?.over('unavailable')
  await desk.says('Hello?')
  expect(desk.told()).toEqual([EN.notReached, EN.code(CODE), `${EN.alone} ${EN.code(CODE)}`])
})

test('where no code can be made or looked up, both are told', async () => {
  const away = async (): Promise<never> => Promise.reject(new Error('the database is away'))
  const { stream, warned } = open({ codes: { make: away, redeem: away, forget: away } })
  const desk = await stream('desk')
  expect(desk.told()).toEqual([`farewell: ${EN.noCode}`])
  const guest = await stream('guest')
  await guest.keys('123456')
  expect(guest.told()).toEqual([DE.askCode, DE.laterCode])
  expect(warned).toHaveLength(2)
})

test('each is told what the other says, and hears their sound beneath', async () => {
  const { both } = open()
  const { desk, guest } = await both()
  await desk.says('Good day.')
  await guest.says('Guten Tag.')
  expect([desk.told(), guest.told()]).toEqual([['translation: Guten Tag.'], ['translation: Good day.']])
  desk.sounds(SOUND)
  expect([desk.heardBeneath, guest.heardBeneath]).toEqual([[], [SOUND]])
  guest.sounds(SOUND)
  expect(desk.heardBeneath).toEqual([SOUND])
})

test('nothing of a person is heard by anybody before they are joined', async () => {
  const { stream } = open()
  const desk = await stream('desk')
  const guest = await stream('guest')
  desk.sounds(SOUND)
  await desk.says('something private')
  expect(guest.heardBeneath).toEqual([])
  expect(guest.told()).toEqual([DE.askCode])
})

test('who is left is told so, and nothing is passed on any more', async () => {
  const { both } = open()
  const { desk, guest } = await both()
  await guest.over()
  expect(desk.told()).toEqual([`farewell: ${EN.parted}`])
  await desk.says('are you there')
  desk.sounds(SOUND)
  expect([desk.told(), guest.told(), guest.heardBeneath]).toEqual([[], [], []])
  await desk.over()
})

test('whose line breaks is waited for, and hears then what was said meanwhile', async () => {
  const { both, stream, clock } = open()
  const { desk, guest } = await both()
  await guest.over('unavailable')
  expect(desk.told()).toEqual([EN.away])
  await desk.says('hello?')
  await clock.advance(29_000)
  const back = await stream('guest')
  expect([desk.told(), back.told()]).toEqual([[EN.backAgain], ['translation: hello?']])
  await back.says('Da bin ich wieder.')
  desk.sounds(SOUND)
  expect([desk.told(), back.heardBeneath, guest.heardBeneath]).toEqual([
    ['translation: Da bin ich wieder.'],
    [SOUND],
    [],
  ])
  await clock.advance(60_000)
  expect(desk.told()).toEqual([])
})

test('who does not come back within half a minute has left', async () => {
  const { both, clock } = open()
  const { desk, guest } = await both()
  await guest.over('unavailable')
  desk.told()
  await clock.advance(30_100)
  expect(desk.told()).toEqual([`farewell: ${EN.parted}`])
})

test('both may be away at once', async () => {
  const { both, stream, clock } = open()
  const { desk, guest } = await both()
  await guest.over('unavailable')
  await desk.over('unavailable')
  const deskAgain = await stream('desk')
  const guestAgain = await stream('guest')
  await deskAgain.says('Good day.')
  expect(deskAgain.told()).toEqual([EN.away, EN.backAgain])
  expect(guestAgain.told()).toEqual(['translation: Good day.'])
  await clock.advance(60_000)
  expect([deskAgain.told(), guestAgain.told()]).toEqual([[], []])
})

test("the other person's own words, out of a loudspeaker, are not passed back; numbers and names are", async () => {
  const { both } = open()
  const { desk, guest } = await both()
  await desk.says('The room costs ninety euros per night.')
  guest.told()
  await guest.says('the room costs ninety euros')
  await guest.says('ninety euros')
  await guest.says('1 5 5 5 0 1 0 0')
  expect(desk.told()).toEqual(['translation: ninety euros', 'translation: 1 5 5 5 0 1 0 0'])
  expect(guest.notes.filter(({ kind }) => kind === 'interpreted-echo')).toHaveLength(1)
})

test('the other person is rung where the agent names their number', async () => {
  const asked: object[] = []
  const ringing = Promise.withResolvers<{ readonly kind: 'held'; readonly callId: string }>()
  const { stream, clock } = open({
    rings: '+4930123456',
    ringOut: async some => {
      asked.push(some)
      return ringing.promise
    },
  })
  const desk = await stream('desk')
  expect(desk.told()).toEqual([EN.ringing])
  expect(asked).toEqual([{ number: '+4930123456', agent: 'desk-de', language: 'de', besideCallId: 'desk' }])
  ringing.resolve({ kind: 'held', callId: 'guest' })
  await clock.advance(0)
  const guest = await stream('guest')
  expect([desk.told(), guest.told()]).toEqual([[EN.here], [DE.here]])
})

test('where nobody is reached the other person may join by a code', async () => {
  const { stream } = open({ rings: '+4930123456', ringOut: async () => ({ kind: 'not-reached' }) })
  const desk = await stream('desk')
  expect(desk.told()).toEqual([EN.ringing, EN.notReached, EN.code(CODE)])
})

test('what is long is cut, and what waits is bounded', async () => {
  const { both, stream } = open()
  const { desk, guest } = await both()
  await guest.over('unavailable')
  for (let i = 0; i < 100; i++) await desk.says(`${i} ${'x'.repeat(5_000)}`)
  const back = await stream('guest')
  const told = back.told()
  expect(told).toHaveLength(20)
  expect(told.every(text => text.length <= 2_020)).toBe(true)
})

test('a code ends with the call of who was told it', async () => {
  const { stream, codes } = open()
  const desk = await stream('desk')
  await desk.over()
  expect(codes.size).toBe(0)
})
