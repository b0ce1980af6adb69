import { expect, test } from 'vitest'
import type { Network } from '../../../src/network.ts'
import type { ShownTask } from '../../../src/sandbox/softphone/messages.ts'
import { watchTasks } from '../../../src/sandbox/softphone/watch-tasks.ts'
import { FakeClock } from '../../fakes/clock.ts'

const task = (title: string, createdAt: string, status: ShownTask['status'] = 'pending') => ({
  ...{ title, due: null, status, createdAt },
})
const ANNA = task('Call Anna', '2026-01-02')
const REPORT = task('Report', '2026-01-01')

type Answer = () => Promise<Response>
const tasks =
  (...all: readonly object[]): Answer =>
  async () =>
    Response.json({ tasks: all })

/** A watch of a server that gives these answers in turn, the last one again and again. */
function watched(...answers: readonly Answer[]) {
  const clock = new FakeClock()
  const over = new AbortController()
  const asked: string[] = []
  const told: string[][] = []
  const network: Network = {
    fetch: async (input, init) => {
      asked.push(String(input))
      const answer = answers[Math.min(asked.length, answers.length) - 1]
      const aborted = new Promise<never>((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      )
      return Promise.race([answer?.() ?? aborted, aborted])
    },
  }
  const watch = watchTasks(
    {
      ...{ url: 'http://127.0.0.1:8080', owner: '+15550100042', network, clock },
      onChange: now => told.push(now.map(({ title, status }) => `${title}: ${status}`)),
    },
    over.signal,
  )
  return { clock, over, asked, told, watch }
}
const never: Answer = () => new Promise(() => undefined)
const fails: Answer = () => Promise.reject(new TypeError('fetch failed'))

test('each change is told once, as the server lists them; a tool that ran is a reason to look', async () => {
  const { clock, over, asked, told, watch } = watched(tasks(), tasks(), tasks(ANNA, REPORT))
  await clock.advance(5_100)
  expect([asked.length, told]).toEqual([2, [[]]])
  await watch.look()
  expect(told).toEqual([[], ['Call Anna: pending', 'Report: pending']])
  expect(asked[0]).toBe('http://127.0.0.1:8080/sandbox/tasks?owner=%2B15550100042')
  expect([watch.first(), watch.now()?.map(({ title }) => title)]).toEqual([[], ['Report', 'Call Anna']])
  over.abort()
  await clock.advance(0)
  expect(clock.pending).toBe(0)
})

test('a server that tells of no tasks is not asked again; one that is away, or hangs, is', async () => {
  const none = watched(async () => new Response('', { status: 404 }))
  await none.clock.advance(20_000)
  expect([none.asked.length, none.told, none.clock.pending]).toEqual([1, [], 0])
  const away = watched(fails, never, async () => Response.json({ error: 'busy' }, { status: 429 }), tasks(ANNA))
  await away.clock.advance(20_000)
  expect(away.told).toEqual([['Call Anna: pending']])
  away.over.abort()
})

test('an answer that comes later than a newer one changes nothing', async () => {
  let answerLate: (response: Response) => void = () => undefined
  const late: Answer = () =>
    new Promise(resolve => {
      answerLate = resolve
    })
  const { clock, over, told, watch } = watched(late, tasks(ANNA))
  await clock.advance(1)
  await watch.look()
  answerLate(Response.json({ tasks: [] }))
  await clock.advance(1)
  expect(told).toEqual([['Call Anna: pending']])
  over.abort()
})
