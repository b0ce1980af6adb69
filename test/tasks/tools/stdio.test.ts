import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, onTestFinished, test } from 'vitest'
import { completeTask } from '../../../src/tasks/store/change.ts'
import { COMPILED } from '../../compiled.ts'
import { openTasks, person } from '../tasks.ts'

const SERVER = new URL('../../../src/tasks/tools/stdio.ts', import.meta.url).pathname

async function newUrl(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return `sqlite:${join(folder, 'partyline.sqlite')}`
}

test.each(['legacy', { pin: '2026-07-28' }] as const)('a process serves its owner over stdio (%j)', async mode => {
  const url = await newUrl()
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  const env = { DATABASE_URL: url, PARTYLINE_TASKS_OWNER: '+15550001', PARTYLINE_TASKS_ZONE: 'Asia/Tokyo' }
  const transport = new StdioClientTransport({ command: process.execPath, args: [SERVER], env, stderr: 'pipe' })
  onTestFinished(() => client.close())
  await client.connect(transport)
  expect((await client.listTools()).tools).toHaveLength(7)
  const made = await client.callTool({ name: 'create_task', arguments: { title: 'Buy milk', due: 'tomorrow' } })
  expect(made).toMatchObject({ content: [{ text: 'Added: Buy milk, due tomorrow.' }, {}] })
  // Another process uses the same tasks, and this one sees its changes.
  const ask = person(await openTasks(url))
  expect((await completeTask(ask(), { title: 'milk' })).task?.status).toBe('completed')
  const listed = await client.callTool({ name: 'list_tasks', arguments: { filter: 'completed' } })
  expect(listed.content[0]).toEqual({ type: 'text', text: 'You have completed one: Buy milk.' })
})

test('it writes only the protocol, and ends when its input ends', async () => {
  const env = { DATABASE_URL: await newUrl(), PARTYLINE_TASKS_OWNER: 'me' }
  const server = spawn(process.execPath, [SERVER], { env: { ...COMPILED, ...env }, stdio: ['pipe', 'pipe', 'ignore'] })
  const written = text(server.stdout)
  server.stdin.end()
  expect(await once(server, 'exit')).toEqual([0, null])
  expect(await written).toBe('')
})

test('without an owner it says so and does not start', async () => {
  const server = spawn(process.execPath, [SERVER], { env: { PARTYLINE_TASKS_ZONE: 'Mars' }, stdio: 'pipe' })
  const [said, written] = [text(server.stderr), text(server.stdout)]
  expect(await once(server, 'exit')).toEqual([1, null])
  expect(await said).toMatch(/PARTYLINE_TASKS_OWNER: is missing.*\nPARTYLINE_TASKS_ZONE: must be a time zone/)
  expect(await written).toBe('')
})
