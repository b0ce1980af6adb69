import { expect, test } from 'vitest'
import { bridgeWords } from '../../src/translation/bridge-words.ts'
import { CODE, DE, EN, open } from './lines.ts'

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

test('a code ends with the call of who was told it', async () => {
  const { stream, codes } = open()
  const desk = await stream('desk')
  await desk.over()
  expect(codes.size).toBe(0)
})
