import { expect, test } from 'vitest'
import type { Answer } from '../../src/web/server/ask.ts'
import type { RoomAccess } from '../../src/web/server/room.ts'
import { type ConverseParts, converse, type Stay } from '../../src/web/state/converse.ts'

const room = (back: string): Answer<RoomAccess> => ({ kind: 'ok', value: { url: 'ws://lk', token: 't', back } })
const refused = (why: string): Answer<RoomAccess> => ({ kind: 'failed', why, message: `because ${why}` })

interface Script {
  /** The answers in turn; the last one again and again. */
  readonly answers: readonly Answer<RoomAccess>[]
  /** How the stays end, and after how many milliseconds. */
  readonly stays?: readonly (readonly [Stay, number])[]
  readonly hasDropped?: boolean
  readonly back?: string
}

/** Runs a conversation by a clock that only waits and stays move. */
async function run({ answers, stays = [], hasDropped = false, back }: Script) {
  let nowMs = 0
  let returns = 0
  const asked: (string | undefined)[] = []
  const waits: number[] = []
  const left = [...stays]
  const parts: ConverseParts = {
    back,
    hasDropped,
    ask: async known => answers[Math.min(asked.push(known), answers.length) - 1] ?? refused('none'),
    stay: async () => {
      const [how, ms] = left.shift() ?? (['left', 0] as const)
      nowMs += ms
      return how
    },
    wait: async waitMs => {
      waits.push(waitMs)
      nowMs += waitMs
    },
    nowMs: () => nowMs,
    onReturning: () => returns++,
  }
  const problem = await converse(parts, new AbortController().signal)
  return { problem, asked, waits, nowMs, returns }
}

test('a person who leaves ends it without a problem', async () => {
  expect(await run({ answers: [room('b1')], stays: [['left', 60_000]] })).toMatchObject({
    problem: undefined,
    asked: [undefined],
    returns: 0,
  })
})

test('a drop brings the same conversation back', async () => {
  const { problem, asked, waits } = await run({
    answers: [room('b1'), room('b2')],
    stays: [
      ['dropped', 60_000],
      ['left', 1_000],
    ],
  })
  expect(problem).toBeUndefined()
  expect(asked).toEqual([undefined, 'b1'])
  expect(waits).toEqual([500])
})

test('a conversation that its server has let go of is asked for at once, elsewhere', async () => {
  const { problem, asked, waits, returns } = await run({
    answers: [room('b1'), room('b2')],
    stays: [
      ['moved', 60_000],
      ['left', 1_000],
    ],
  })
  expect(problem).toBeUndefined()
  expect(asked).toEqual([undefined, 'b1'])
  expect(waits).toEqual([])
  expect(returns).toBe(1)
})

test('servers that let go again at once are not asked without a pause', async () => {
  const { problem, waits, asked } = await run({
    answers: [room('b')],
    stays: Array.from({ length: 90 }, () => ['moved', 400] as const),
  })
  expect(problem).toEqual({ kind: 'gone' })
  expect(waits.slice(0, 3)).toEqual([500, 1_000, 2_000])
  expect(asked.length).toBeLessThan(12)
})

test('tries come at growing waits, the last just before the server forgets', async () => {
  const { problem, waits, nowMs } = await run({
    answers: [room('b1'), refused('offline')],
    stays: [['dropped', 1_000]],
  })
  expect(problem).toEqual({ kind: 'gone' })
  expect(waits.slice(0, 5)).toEqual([500, 1_000, 2_000, 4_000, 8_000])
  expect(nowMs - 1_000).toBeLessThanOrEqual(31_000)
  expect(nowMs - 1_000).toBeGreaterThanOrEqual(29_000)
})

test('rooms that cannot be joined are tried again for the same half minute', async () => {
  const { problem, nowMs } = await run({
    answers: [room('b')],
    stays: [['dropped', 1_000], ...Array.from({ length: 90 }, () => ['unreachable', 1_000] as const)],
  })
  expect(problem).toEqual({ kind: 'gone' })
  expect(nowMs).toBeLessThan(35_000)
})

test('rooms that drop again at once do not make the half minute longer', async () => {
  const { problem } = await run({
    answers: [room('b')],
    stays: Array.from({ length: 90 }, () => ['dropped', 400] as const),
  })
  expect(problem).toEqual({ kind: 'gone' })
})

test('a second drop, after a good while, has its own half minute', async () => {
  const { problem, waits } = await run({
    answers: [room('b')],
    stays: [
      ['dropped', 90_000],
      ['dropped', 90_000],
      ['over', 1_000],
    ],
  })
  expect(problem).toEqual({ kind: 'over' })
  expect(waits).toEqual([500, 500])
})

test('what cannot pass by itself ends it at once', async () => {
  expect((await run({ answers: [refused('busy')] })).problem).toEqual({ kind: 'busy' })
  expect((await run({ answers: [refused('no-livekit')] })).problem).toEqual({ kind: 'no-livekit' })
  expect((await run({ answers: [refused('strange')] })).problem).toEqual({
    kind: 'refused',
    message: 'because strange',
  })
  const limited = await run({ answers: [room('b'), refused('limited')], stays: [['dropped', 1_000]] })
  expect(limited.problem).toEqual({ kind: 'limited' })
  expect((await run({ answers: [room('b')], stays: [['taken-over', 5_000]] })).problem).toEqual({ kind: 'taken-over' })
  expect((await run({ answers: [room('b')], stays: [['unreachable', 5_000]] })).problem).toEqual({
    kind: 'unreachable',
  })
  expect((await run({ answers: [room('b')], stays: [['no-agent', 5_000]] })).problem).toEqual({ kind: 'no-agent' })
})

test('a page that was reloaded is worth a few tries, and asks for its conversation', async () => {
  const { asked, problem } = await run({ answers: [refused('offline'), room('b')], hasDropped: true, back: 'kept' })
  expect(asked).toEqual(['kept', 'kept'])
  expect(problem).toBeUndefined()
})

test('it ends with its signal', async () => {
  const aborted = AbortSignal.abort(new Error('left'))
  const parts = { back: undefined, hasDropped: false, nowMs: () => 0, onReturning: () => undefined }
  const waiting = converse(
    {
      ...parts,
      ask: async (_back, signal) => {
        signal.throwIfAborted()
        return refused('busy')
      },
      stay: async () => 'left',
      wait: async () => undefined,
    },
    aborted,
  )
  await expect(waiting).rejects.toThrow('left')
})
