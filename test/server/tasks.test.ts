import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import { COMPILED } from '../compiled.ts'

const TOKEN = 'a-long-secret-token-of-ann'
const lifetime = new AbortController()
let dataDir = ''
let sandbox: SandboxProcess
let server: ServerProcess

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const tokens = join(dataDir, 'tokens.json')
  await writeFile(tokens, JSON.stringify([{ token: TOKEN, owner: '+15550100009' }]))
  sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const env = { AGENT: 'task-manager', TASKS_TOKENS_FILE: tokens, TIME_ZONE: 'Asia/Tokyo' }
  server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, lifetime.signal)
})
afterAll(async () => {
  await server.close()
  await sandbox.close()
  lifetime.abort()
  await rm(dataDir, { recursive: true })
})

async function client(token: string): Promise<Client> {
  const client = new Client({ name: 'an editor', version: '1' })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL('/tasks/mcp', server.url), { requestInit }))
  return client
}

test('other programs use a caller’s tasks over MCP with their token alone', async () => {
  const editor = await client(TOKEN)
  const { content } = await editor.callTool({ name: 'create_task', arguments: { title: 'Buy milk', due: 'tomorrow' } })
  expect(content).toMatchObject([{ text: 'Added: Buy milk, due tomorrow.' }, {}])
  await editor.close()
  await expect(client('a-token-that-nobody-gave')).rejects.toThrow()
})

test('a page uses tasks of its own over REST, and no page of another site does', async () => {
  const headers = { origin: 'http://localhost', 'content-type': 'application/json' }
  const body = JSON.stringify({ title: 'Water the plants' })
  const made = await fetch(`${server.url}/api/tasks`, { method: 'POST', headers, body })
  expect(made.status).toBe(201)
  const cookie = made.headers.get('set-cookie')?.split(';')[0] ?? ''
  const own = await (await fetch(`${server.url}/api/tasks`, { headers: { cookie } })).json()
  expect(own).toMatchObject({ tasks: [{ title: 'Water the plants' }] })
  const theirs = { ...headers, cookie, origin: 'https://elsewhere.example' }
  expect((await fetch(`${server.url}/api/tasks`, { method: 'POST', headers: theirs, body })).status).toBe(403)
  expect((await fetch(`${server.url}/api/openapi.json`)).status).toBe(200)
})

test.each([
  ['TOOLS_FILE', '{"servers": {"crm": {"url": "ftp://x"}}}', /servers\.crm\.url: must be a URL with http: or https:/],
  ['TASKS_TOKENS_FILE', '[{"token": "short", "owner": "ann"}]', /0\.token: must have 16 characters or more/],
])('a wrong %s is told in a line, and nothing starts', async (name, text, utterance) => {
  const file = join(dataDir, `${name}.json`)
  await writeFile(file, text)
  const keys = { DEEPGRAM_API_KEY: 'k', OPENAI_API_KEY: 'k', CARTESIA_API_KEY: 'k', GEMINI_API_KEY: 'k' }
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../src/main.ts', import.meta.url))], {
    env: { ...COMPILED, PATH: process.env.PATH, PORT: '0', DATA_DIR: join(dataDir, name), ...keys, [name]: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', data => {
    told += data
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  expect(told).toMatch(utterance)
  expect(told).not.toMatch(/ at .*\.ts/)
})
