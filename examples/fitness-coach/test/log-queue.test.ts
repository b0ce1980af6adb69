import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Entry, openLogQueue } from '../log-queue.ts'

/** A wait that is over when the test says so. */
function waits() {
  const open: (() => void)[] = []
  const began: number[] = []
  return {
    began,
    pass: () => open.splice(0).forEach(resolve => void resolve()),
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        began.push(ms)
        open.push(resolve)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
}

const settled = () => new Promise<void>(resolve => setImmediate(resolve))
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await settled()
}

test('what is added is sent behind, in order and in bunches, and goes away', async () => {
  const sent: (readonly Entry[])[] = []
  const { sleep } = waits()
  const queue = openLogQueue({ file: ':memory:', sleep, send: async entries => void sent.push(entries) })
  for (let n = 0; n < 120; n++) queue.add({ key: `k${n}`, data: { n } })
  await until(() => sent.flat().length === 120)
  assert.deepEqual(
    sent.flat().map(({ key }) => key),
    Array.from({ length: 120 }, (_, n) => `k${n}`),
  )
  assert.ok(sent.every(bunch => bunch.length <= 50))
  await until(() => queue.waiting() === 0)
  await queue.close()
})

test('while the other side is away it is tried again, later and later, and nothing is lost or out of order', async () => {
  const sent: string[] = []
  let isAway = true
  const { sleep, pass, began } = waits()
  const queue = openLogQueue({
    file: ':memory:',
    sleep,
    async send(entries) {
      if (isAway) throw new Error('away')
      sent.push(...entries.map(({ key }) => key))
    },
  })
  queue.add({ key: 'a', data: 1 })
  queue.add({ key: 'a', data: 1 })
  queue.add({ key: 'b', data: 2 })
  for (let n = 1; n <= 9; n++) {
    await until(() => began.length >= n)
    pass()
  }
  assert.deepEqual(began.slice(0, 9), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  assert.equal(queue.waiting(), 2)
  isAway = false
  await until(() => {
    pass()
    return sent.length === 2
  })
  assert.deepEqual(sent, ['a', 'b'])
  await queue.close()
})

test('what a killed process has added is sent by the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coach-'))
  try {
    const file = join(folder, 'queue.sqlite')
    const script = `
      import { openLogQueue } from ${JSON.stringify(new URL('../log-queue.ts', import.meta.url).href)}
      const queue = openLogQueue({ file: ${JSON.stringify(file)}, sleep: () => new Promise(() => {}), send: () => new Promise(() => {}) })
      for (let n = 0; n < 20; n++) queue.add({ key: 'k' + n, data: { n } })
      process.kill(process.pid, 'SIGKILL')`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    assert.equal(ended.signal, 'SIGKILL')
    const sent: string[] = []
    const queue = openLogQueue({ file, sleep: waits().sleep, send: async entries => void sent.push(...entries.map(({ key }) => key)) })
    await until(() => sent.length === 20)
    assert.equal(sent[19], 'k19')
    await queue.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
