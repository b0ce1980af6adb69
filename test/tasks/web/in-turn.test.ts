import { expect, test } from 'vitest'
import { inTurn, TooBusy } from '../../../src/tasks/web/in-turn.ts'

test('works run one after the other, and a failure stops none of them', async () => {
  const turn = inTurn(10)
  let running = 0
  const ran: number[] = []
  const works = [0, 1, 2, 3].map(i =>
    turn(async () => {
      expect(++running).toBe(1)
      await Promise.resolve()
      running--
      ran.push(i)
      if (i === 1) throw new Error('broken')
      return i
    }),
  )
  const ended = await Promise.allSettled(works)
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(ran).toEqual([0, 1, 2, 3])
})

test('the event loop comes round before each work', async () => {
  const turn = inTurn(10)
  let rounds = 0
  let isOver = false
  const count = (): void => {
    rounds++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await Promise.all(Array.from({ length: 10 }, () => turn(async () => undefined)))
  isOver = true
  expect(rounds).toBeGreaterThanOrEqual(10)
})

test('more than may wait are turned away, until there is room again', async () => {
  const turn = inTurn(2)
  const works = [turn(async () => 1), turn(async () => 2)]
  await expect(turn(async () => 3)).rejects.toThrow(TooBusy)
  expect(await Promise.all(works)).toEqual([1, 2])
  expect(await turn(async () => 4)).toBe(4)
})
