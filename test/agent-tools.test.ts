import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { openAgentTools } from '../src/agent-tools.ts'
import { systemClock as clock } from '../src/clock.ts'
import type { MadeBefore } from '../src/conversation/ports.ts'
import { openTasks } from './tasks/tasks.ts'

/** Runs an agent's tools with this file. */
async function withFile(
  given: object,
  AGENT: 'task-manager' | 'receptionist' = 'task-manager',
  made: MadeBefore[] = [],
) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const TOOLS_FILE = join(folder, 'tools.json')
  await writeFile(TOOLS_FILE, JSON.stringify(given))
  const settings = {
    AGENT,
    TOOLS_FILE,
    LANGUAGE: 'en',
    LANGUAGES: ['en', 'de'] as ('en' | 'de')[],
    TIME_ZONE: 'UTC',
  } as const
  const parts = { settings, environment: {}, clock, log: pino({ level: 'silent' }), tasks: await openTasks() }
  const { signal } = new AbortController()
  const opened = await openAgentTools(parts, signal)
  onTestFinished(() => opened.close())
  opened.tools.remember?.('CA1', made)
  let calls = 0
  return (name: string, args: object) => {
    const id = `call-${++calls}`
    const context = { callId: 'CA1', owner: '+15550001', agent: AGENT, idempotencyKey: id, agreed: false }
    return opened.tools.run({ id, name, arguments: JSON.stringify(args) }, context, signal)
  }
}

test('a file that changes one setting of a built-in tool leaves the others as they are', async () => {
  const run = await withFile({ tools: { create_task: { filler: 'Noting it.' }, delete_task: { limitMs: 4_000 } } })
  await run('create_task', { title: 'Call Anna' })
  await run('create_task', { title: 'Call Anna' })
  expect(await run('list_tasks', {})).toMatchObject({ text: expect.stringMatching(/one|1 /i) })
  expect(await run('delete_task', { title: 'Call Anna' })).toEqual({ kind: 'ask', question: 'Delete Call Anna?' })
})

test('a change that was made at a server that is gone is known through all that stands between', async () => {
  const call = { id: 'c', name: 'create_task', arguments: '{"title":"Call Anna"}' }
  const run = await withFile({}, 'task-manager', [
    { agent: 'task-manager', call, result: 'Result of create_task: Added.', agoMs: 1_000 },
  ])
  await run('create_task', { title: 'Call Anna' })
  expect(await run('list_tasks', {})).toMatchObject({ text: expect.stringContaining('nothing pending') })
})

test('the receptionist has the tools of the file besides its own', async () => {
  const run = await withFile({ agents: { receptionist: ['list_tasks'] } }, 'receptionist')
  expect(await run('list_tasks', {})).toMatchObject({ text: expect.stringContaining('nothing pending') })
  expect(await run('book', { action: 'undo' })).toEqual({ kind: 'done', text: 'There is no booking to take back.' })
  const unknown = { kind: 'done', text: 'There is no tool of that name. The tools are: look_up, book, list_tasks.' }
  expect(await run('create_task', { title: 'Call Anna' })).toEqual(unknown)
})

test('a file with a mistake is refused for the receptionist too', async () => {
  await expect(withFile({ tools: { look_up: { limit: 8 } } }, 'receptionist')).rejects.toThrow('tools.look_up')
})

test.each([
  [{ agents: { task_manager: ['list_tasks'] } }, /agents\.task_manager: there is no such agent; there is task-manager/],
  [
    { tools: { create_task: { server: 'tsks' } } },
    /create_task\.server: tsks: there is no such server; there is tasks$/,
  ],
])('an unknown name is refused: %j', async (given, why) => {
  await expect(withFile(given)).rejects.toThrow(why)
})
