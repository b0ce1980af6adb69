import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { CannotRun } from '../../src/staff/calls/again.ts'
import { staffRuns } from '../../src/what-if/for-staff.ts'
import { deleteLeftRunFolders, runFolder } from '../../src/what-if/run-folders.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { memoryRecords } from './memory-records.ts'
import { CALL_ID, oneCall } from './one-call.ts'

/** Others on this machine run calls too. */
beforeEach(async () => {
  const own = await mkdtemp(join(tmpdir(), 'partyline-'))
  vi.stubEnv('TMPDIR', own)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(own, { recursive: true })
  })
})
const CHILD = fileURLToPath(new URL('../../src/what-if/child.ts', import.meta.url))
const FOLDERS = fileURLToPath(new URL('../../src/what-if/run-folders.ts', import.meta.url))
const left = async () => (await readdir(tmpdir())).filter(name => name.startsWith('partyline-run-'))
const never = new AbortController().signal
const runs = staffRuns({ settings: readSettings({}), records: memoryRecords([oneCall()]).records })

test('who asks is told why a call cannot be run, and nothing of it is left on the disk', async () => {
  const wish = { name: 'milk', save: false }
  // Its journal was made up: it has no turn that led to its answer.
  const made = await runs.fixtureFrom?.(CALL_ID, wish, never).catch((error: unknown) => error)
  expect(made).toBeInstanceOf(CannotRun)
  await expect(runs.whatIf?.('none', {}, 'sandbox', never)).rejects.toThrow('The journal of this call is not there')
  await expect(runs.whatIf?.(CALL_ID, { model: 'gpt-9' }, 'live provider', never)).rejects.toThrow(
    'where the key of a real one is set',
  )
  expect(await left()).toEqual([])
})

test('a run that is given up ends its process, and leaves nothing', async () => {
  const giving = new AbortController()
  const run = runs.whatIf?.(CALL_ID, { patience: { shortMs: 900 } }, 'sandbox', giving.signal)
  await expect.poll(left).toHaveLength(1)
  giving.abort(new Error('given up'))
  await expect(run).rejects.toThrow('given up')
  await expect.poll(left).toEqual([])
})

test('a run whose server is killed ends, and deletes the call that was written for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-run-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(
    join(folder, 'journal.jsonl'),
    oneCall()
      .lines.map(line => `${JSON.stringify(line)}\n`)
      .join(''),
  )
  const job = { settings: readSettings({}), folder, wish: { kind: 'what-if', change: {} } }
  // The server in the place of which this is: it starts the run, and is killed.
  const server = `
    const child = require('node:child_process').fork(${JSON.stringify(CHILD)}, [], { serialization: 'advanced', execArgv: [] })
    child.send(JSON.parse(process.argv[1]), () => process.kill(process.pid, 'SIGKILL'))
  `
  await once(spawn(process.execPath, ['-e', server, JSON.stringify(job)], { stdio: 'ignore' }), 'exit')
  await expect.poll(left, { timeout: 10_000 }).toEqual([])
})

/** Runs this in a process of its own, which says what it made before it is ended. */
async function elsewhere(script: string) {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const folders = await import(${JSON.stringify(FOLDERS)})\n${script}`,
  ])
  onTestFinished(() => void child.kill('SIGKILL'))
  const [made] = await once(child.stdout, 'data')
  return { child, made: String(made).trim().split(',') }
}
const MAKES = `
  import { writeFileSync } from 'node:fs'
  const made = [await folders.runFolder('run'), await folders.runFolder('what-if')]
  writeFileSync(made[0] + '/journal.jsonl', 'a call')
  console.log(made.join(','))
  setInterval(() => undefined, 1000)
`

test('what a process that was killed has left of a call is deleted, and what is in use stays', async () => {
  const killed = await elsewhere(MAKES)
  const living = await elsewhere(MAKES)
  const own = await runFolder('run')
  const other = await mkdtemp(join(tmpdir(), 'partyline-run-elsewhere-1-'))
  expect(await deleteLeftRunFolders()).toBe(0)
  killed.child.kill('SIGKILL')
  await once(killed.child, 'exit')
  expect(await deleteLeftRunFolders()).toBe(2)
  const there = (await readdir(tmpdir())).map(name => join(tmpdir(), name))
  expect(there.toSorted()).toEqual([...living.made, own, other].toSorted())
})

test('a folder with the number of this process that is older than it is of one before it', async () => {
  const folder = await runFolder('run')
  const before = new Date(performance.timeOrigin - 1_000)
  await utimes(folder, before, before)
  expect(await deleteLeftRunFolders()).toBe(1)
  expect(await left()).toEqual([])
})

test('a server deletes at its start what one before it has left', async () => {
  const { child } = await elsewhere(MAKES)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await left()).toHaveLength(1)
  const server = await openWholeCalls()
  onTestFinished(() => server.close())
  await expect.poll(left).toEqual([])
})
