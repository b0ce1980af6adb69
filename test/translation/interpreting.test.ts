import { expect, test } from 'vitest'
import { CODE, DE, EN, open } from './lines.ts'

const SOUND = new Int16Array([1, 2, 3])

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
