import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { forked } from '../../src/jobs/child.ts'
import { jobProcess } from '../../src/jobs/job-process.ts'

const never = new AbortController().signal
const WORKER = new URL('./worker.ts', import.meta.url)

function open(args: readonly string[] = [], hangsAfterMs = 60_000) {
  const process = jobProcess<string, string>({
    start: forked(WORKER, args),
    name: 'the worker',
    clock: systemClock,
    log: { warn: () => undefined },
    mostWaiting: 10,
    hangsAfterMs,
  })
  onTestFinished(() => process.close())
  return process
}

test('a real process works, dies of a signal in its work, and another one goes on', async () => {
  const process = open()
  expect(await process.ask('one', never)).toBe('one is done')
  const asked = [process.ask('die', never), process.ask('two', never)]
  await expect(asked[0]).rejects.toThrow('the worker ended (SIGKILL)')
  expect(await asked[1]).toBe('two is done')
})

test('one that is killed from outside while it has nothing to do is replaced', async () => {
  const worker = open()
  const first = Number(await worker.ask('pid', never))
  process.kill(first, 'SIGKILL')
  const second = await worker.ask('pid', never).catch(() => worker.ask('pid', never))
  expect(Number(second)).not.toBe(first)
})

test('one that hangs in a loop is killed', async () => {
  const process = open([], 1_000)
  await process.warm(never)
  await expect(process.ask('hang', never)).rejects.toThrow('hung')
  await process.warm(never)
  expect(await process.ask('one', never)).toBe('one is done')
})

test('one that is stopped from outside is replaced', async () => {
  const worker = open([], 1_000)
  await worker.warm(never)
  process.kill(Number(await worker.ask('pid', never)), 'SIGSTOP')
  await expect(worker.ask('one', never)).rejects.toThrow('hung')
  await worker.warm(never)
  expect(await worker.ask('two', never)).toBe('two is done')
})

test('an abort reaches the work', async () => {
  const process = open()
  await process.warm(never)
  const call = new AbortController()
  const asked = process.ask('until aborted', call.signal)
  call.abort(new Error('hung up'))
  await expect(asked).rejects.toThrow('hung up')
  // This one comes only after the work before has ended.
  expect(await process.ask('next', never)).toBe('next is done')
})

test('one that cannot open what it needs says why', async () => {
  const process = open(['there is no model'])
  await expect(process.warm(never)).rejects.toThrow('there is no model')
})

test('closing ends the process', async () => {
  const worker = open()
  const pid = Number(await worker.ask('pid', never))
  await worker.close()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
