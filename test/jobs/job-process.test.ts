import { expect, test } from 'vitest'
import { type JobProcessParts, jobProcess } from '../../src/jobs/job-process.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeChild } from './fake-child.ts'

const never = new AbortController().signal

function open(parts: Partial<JobProcessParts> = {}) {
  const clock = new FakeClock()
  const children: FakeChild[] = []
  const warnings: string[] = []
  const process = jobProcess<string, string>({
    start: events => {
      const child = new FakeChild(events)
      children.push(child)
      return child
    },
    name: 'the worker',
    clock,
    log: { warn: (_about, message) => void warnings.push(message) },
    mostWaiting: 3,
    hangsAfterMs: 5_000,
    ...parts,
  })
  const last = (): FakeChild => {
    const child = children.at(-1)
    if (!child) throw new Error('no process was started')
    return child
  }
  /** Asks, and keeps what comes of it in words. */
  function ask(job: string, signal = never, waitsMs?: number) {
    const asked = { outcome: 'waits', signal }
    process.ask(job, signal, waitsMs).then(
      answer => {
        asked.outcome = answer
      },
      error => {
        asked.outcome = `${error.kind ?? 'aborted'}: ${error.message}`
      },
    )
    return asked
  }
  async function ready(): Promise<void> {
    const warm = process.warm(never)
    last().say({ kind: 'ready' })
    await warm
  }
  return { clock, process, children, warnings, last, ask, ready }
}

test('it starts with the first job, and works one by one in order', async () => {
  const { clock, children, last, ask } = open()
  expect(children).toHaveLength(0)
  const asked = ['one', 'two', 'three'].map(job => ask(job))
  await clock.advance(10)
  expect(last().jobs).toEqual([])
  last().say({ kind: 'ready' })
  expect(last().jobs).toEqual(['one'])
  last().answer('1')
  last().refuse('two is not for me')
  last().answer('3')
  await clock.advance(0)
  expect(asked.map(({ outcome }) => outcome)).toEqual(['1', 'failed: two is not for me', '3'])
  expect(children).toHaveLength(1)
})

test('an idle process keeps nothing alive, and no timer is left', async () => {
  const { clock, last, ask, ready } = open()
  await ready()
  expect(last().isHeld).toBe(false)
  ask('one')
  expect(last().isHeld).toBe(true)
  last().answer('1')
  await clock.advance(0)
  expect(last().isHeld).toBe(false)
  expect(clock.pending).toBe(0)
})

test('more jobs than may wait are refused at once', async () => {
  const { clock, ask, ready } = open()
  await ready()
  for (const job of ['in work', 'one', 'two', 'three']) ask(job)
  const refused = ask('four')
  await clock.advance(0)
  expect(refused.outcome).toBe('full: 3 jobs wait for the worker already')
})

test('who waits too long for their turn is told so; who is being worked for is not', async () => {
  const { clock, last, ask, ready } = open()
  await ready()
  const first = ask('first', never, 3_000)
  const second = ask('second', never, 3_000)
  await clock.advance(3_100)
  expect(second.outcome).toBe('late: the worker had no time for a job within 3000 ms')
  last().answer('1')
  await clock.advance(0)
  expect(first.outcome).toBe('1')
  expect(last().jobs).toEqual(['first'])
  expect(clock.pending).toBe(0)
})

test('an abort takes a waiting job back, and is passed on for the one in work', async () => {
  const { clock, last, ask, ready } = open()
  await ready()
  const [first, second] = [new AbortController(), new AbortController()]
  const asked = [ask('first', first.signal), ask('second', second.signal), ask('third')]
  second.abort(new Error('hung up'))
  first.abort(new Error('hung up'))
  await clock.advance(0)
  expect(asked.map(({ outcome }) => outcome)).toEqual(['aborted: hung up', 'aborted: hung up', 'waits'])
  expect(last().aborted).toHaveLength(1)
  // It has one job at a time, so the next waits until it says that it has ended this one.
  expect(last().jobs).toEqual(['first'])
  last().refuse('aborted')
  expect(last().jobs).toEqual(['first', 'third'])
})

test('when it dies its job is lost, and who waits is served by the next one', async () => {
  const { clock, children, last, ask, ready, warnings } = open()
  await ready()
  const asked = [ask('first'), ask('second')]
  last().die()
  await clock.advance(0)
  expect(asked[0]?.outcome).toBe('died: the worker ended (SIGSEGV)')
  expect(children).toHaveLength(2)
  last().say({ kind: 'ready' })
  last().answer('2')
  await clock.advance(0)
  expect(asked[1]?.outcome).toBe('2')
  expect(warnings).toEqual(['the worker ended'])
})

test('one that dies again and again is started after waits that grow, up to half a minute', async () => {
  const { clock, children, last, ask } = open()
  const waits: number[] = []
  for (let death = 0; death < 9; death++) {
    const [before, sinceMs] = [children.length, clock.now()]
    const asked = ask('a job that kills')
    while (children.length === before && clock.now() - sinceMs < 60_000) await clock.advance(500)
    waits.push(clock.now() - sinceMs)
    last().say({ kind: 'ready' })
    last().die()
    await clock.advance(0)
    expect(asked.outcome).toBe('died: the worker ended (SIGSEGV)')
  }
  expect(waits).toEqual([0, 0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
})

test('after a minute of life a death counts as the first', async () => {
  const { clock, children, last, ask, ready } = open()
  await ready()
  last().die()
  await ready()
  last().die()
  ask('waits for the rest')
  await clock.advance(500)
  expect(children).toHaveLength(3)
  last().say({ kind: 'ready' })
  last().answer('done')
  await clock.advance(61_000)
  last().die()
  ask('at once')
  await clock.advance(0)
  expect(children).toHaveLength(4)
})

test('one that hangs is killed, and replaced for those that wait', async () => {
  const { clock, children, ask, last, ready } = open()
  await ready()
  const asked = [ask('endless'), ask('next')]
  await clock.advance(5_100)
  expect(children[0]?.isKilled).toBe(true)
  expect(asked[0]?.outcome).toBe('hung: the worker hung: no answer in 5000 ms')
  last().say({ kind: 'ready' })
  last().answer('done')
  await clock.advance(0)
  expect(asked[1]?.outcome).toBe('done')
})

test('one whose job was aborted and that hangs all the same is replaced', async () => {
  const { clock, children, ask, ready } = open()
  await ready()
  const call = new AbortController()
  ask('endless', call.signal)
  call.abort(new Error('hung up'))
  await clock.advance(5_100)
  expect(children[0]?.isKilled).toBe(true)
})

test('one that cannot start tells everybody why, and nobody waits for it', async () => {
  const { clock, last, ask, process } = open()
  const asked = [ask('one'), ask('two')]
  const warm = process.warm(never).catch(error => `${error.kind}: ${error.message}`)
  last().say({ kind: 'unfit', why: 'there is no model' })
  last().die('code 1')
  await clock.advance(0)
  expect(asked.map(({ outcome }) => outcome)).toEqual(['unfit: there is no model', 'unfit: there is no model'])
  expect(await warm).toBe('unfit: there is no model')
  expect(clock.pending).toBe(0)
})

test('one that is never ready is killed', async () => {
  const { clock, children, ask } = open({ readyWithinMs: 10_000 })
  const asked = ask('one')
  await clock.advance(10_100)
  expect(children[0]?.isKilled).toBe(true)
  expect(asked.outcome).toBe('unfit: the worker did not start within 10000 ms')
})

test('work in spare time is done only while nobody else asks', async () => {
  const { clock, process, last, ask, ready } = open()
  expect(await process.askInSpareTime('not ready yet', never)).toBeUndefined()
  await ready()
  const spare = process.askInSpareTime('spare', never)
  expect(await process.askInSpareTime('another', never)).toBeUndefined()
  const urgent = ask('urgent')
  expect(await spare).toBeUndefined()
  expect(last().aborted).toEqual([1])
  last().refuse('aborted')
  expect(last().jobs).toEqual(['spare', 'urgent'])
  expect(await process.askInSpareTime('while it works', never)).toBeUndefined()
  last().answer('done')
  await clock.advance(0)
  expect(urgent.outcome).toBe('done')
  const again = process.askInSpareTime('again', never)
  last().answer('in time')
  expect(await again).toBe('in time')
})

test('who asks in spare time starts a process that has died', async () => {
  const { process, children, last, ready } = open()
  await ready()
  last().die()
  expect(children).toHaveLength(1)
  expect(await process.askInSpareTime('spare', never)).toBeUndefined()
  expect(children).toHaveLength(2)
})

test('closing lets it go, kills it if it stays, and rejects all that wait', async () => {
  const { clock, process, children, ask, ready } = open()
  await ready()
  const asked = [ask('one'), ask('two')]
  const closed = process.close()
  await clock.advance(0)
  expect(children[0]?.isLetGo).toBe(true)
  expect(asked.map(({ outcome }) => outcome)).toEqual(['closed: the worker is closed', 'closed: the worker is closed'])
  await clock.advance(2_100)
  await closed
  expect(children[0]?.isKilled).toBe(true)
  await expect(process.ask('late', never)).rejects.toThrow('closed')
  expect(await process.askInSpareTime('late', never)).toBeUndefined()
  expect(children).toHaveLength(1)
  expect(clock.pending).toBe(0)
})
