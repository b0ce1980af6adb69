import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { logOutput } from '../../src/operations/log-output.ts'
import { FakeClock } from '../fakes/clock.ts'

const { signal } = new AbortController()
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** A pipe as a container's log driver reads it; the reader opens and closes its end by itself. */
async function pipe() {
  const name = join(await folder(), 'log')
  spawnSync('mkfifo', [name])
  const open = (): number => openSync(name, constants.O_RDONLY | constants.O_NONBLOCK)
  const reader = open()
  const writer = openSync(name, constants.O_WRONLY | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(writer))
  return { reader, writer, open }
}

/** All that the pipe holds now. */
function read(reader: number): string {
  const bytes = Buffer.alloc(1_000_000)
  let text = ''
  try {
    for (let got = readSync(reader, bytes); got > 0; got = readSync(reader, bytes))
      text += bytes.toString('utf8', 0, got)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
  }
  return text
}

test('lines are written whole and in their order', async () => {
  const file = join(await folder(), 'log')
  const fd = openSync(file, 'w')
  const output = logOutput(fd, systemClock)
  const lines = Array.from({ length: 5_000 }, (_, i) => `${i} Grüße ${'x'.repeat(i % 97)}\n`)
  for (const line of lines) output.write(line)
  await output.flushed(signal)
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe(lines.join(''))
})

test('a reader who sleeps keeps nothing from ending; lines beyond a bound are lost, and counted once it reads again', async () => {
  const clock = new FakeClock()
  const { reader, writer } = await pipe()
  const output = logOutput(writer, clock)
  const line = `${'x'.repeat(9_999)}\n`
  for (let i = 0; i < 1_000; i++) output.write(line)
  const flushed = output.flushed(signal)
  let isFlushed = false
  void flushed.then(() => {
    isFlushed = true
  })
  let got = ''
  while (!isFlushed) await clock.advance(100)
  while (!got.includes('lines of the log are lost')) {
    await clock.advance(100)
    got += read(reader)
  }
  const kept = got.split('\n').filter(one => `${one}\n` === line).length
  expect(kept).toBeLessThan(500)
  expect(JSON.parse(got.split('\n').find(one => one.startsWith('{')) ?? '')).toMatchObject({
    level: 40,
    lines: 1_000 - kept,
  })
  closeSync(reader)
})

test('a reader who is gone keeps nothing from ending, and one who comes back is told what they missed', async () => {
  const { reader, writer, open } = await pipe()
  const output = logOutput(writer, systemClock)
  output.write('first\n')
  await output.flushed(signal)
  expect(read(reader)).toBe('first\n')
  closeSync(reader)
  for (let i = 0; i < 3; i++) output.write('unread\n')
  await output.flushed(signal)
  const next = open()
  output.write('next\n')
  await output.flushed(signal)
  const [seen, notice] = read(next).trim().split('\n')
  expect([seen, JSON.parse(notice ?? '').lines]).toEqual(['next', 3])
  closeSync(next)
})
