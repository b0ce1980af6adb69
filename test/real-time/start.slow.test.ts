import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
let folder = ''
const taken = createServer()
let takenPort = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  await Promise.all([
    writeFile(join(folder, 'file'), 'a file'),
    writeFile(join(folder, 'wrong.json'), '{"servers": {"x": {}}, "more": 1}'),
    writeFile(join(folder, 'tokens.json'), '[{"token": "short"}]'),
  ])
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  takenPort = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  taken.close()
  await rm(folder, { recursive: true })
})

/** Starts the server in the folder with these settings. */
function spawnServer(settings: Readonly<Record<string, string>>) {
  const keys = { DEEPGRAM_API_KEY: 'key', OPENAI_API_KEY: 'key', CARTESIA_API_KEY: 'key', GEMINI_API_KEY: 'key' }
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: join(folder, 'data'),
    ...keys,
    ...settings,
  }
  return spawn(process.execPath, [MAIN], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Starts it, and waits until it ends by itself. */
async function start(settings: Readonly<Record<string, string>>) {
  const child = spawnServer(settings)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data))
  const [code] = await once(child, 'close')
  return { code, lines: said.trimEnd().split('\n') }
}

const CASES: readonly (readonly [name: string, settings: () => Record<string, string>, line: RegExp])[] = [
  ['a port that is in use', () => ({ PORT: String(takenPort) }), /^PORT: another program listens there/],
  [
    'an address of another machine',
    () => ({ HOST: '192.0.2.1', TWILIO_AUTH_TOKEN: 'x' }),
    /^HOST: this machine has no such/,
  ],
  ['a data folder that is a file', () => ({ DATA_DIR: join(folder, 'file') }), /^DATA_DIR: .*file/],
  ['a data folder below a file', () => ({ DATA_DIR: join(folder, 'file', 'data') }), /^DATA_DIR: .*file/],
  [
    'a database that is no database',
    () => ({ DATABASE_URL: `sqlite:${join(folder, 'wrong.json')}` }),
    /^DATABASE_URL: the file is not/,
  ],
  ['a database below a file', () => ({ DATABASE_URL: `sqlite:${join(folder, 'file', 'x')}` }), /^DATABASE_URL: .*file/],
  [
    'a database that nobody serves',
    () => ({ DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' }),
    /^DATABASE_URL: the connection was refused/,
  ],
  [
    'a database on two addresses that nobody serves',
    () => ({ DATABASE_URL: 'postgres://me:hunter2@localhost:1/x' }),
    /^DATABASE_URL: the connection was refused/,
  ],
  ['a database URL that is none', () => ({ DATABASE_URL: 'postgres://me:hunter2@:port/x' }), /^DATABASE_URL: /],
  [
    'a missing tools file',
    () => ({ TOOLS_FILE: join(folder, 'none.json') }),
    /^TOOLS_FILE: .*none\.json: cannot be read/,
  ],
  [
    'a missing tokens file',
    () => ({ TASKS_TOKENS_FILE: join(folder, 'none.json') }),
    /^TASKS_TOKENS_FILE: .*none\.json: cannot be read/,
  ],
  [
    'the local ears without their model',
    () => ({ STT: 'local' }),
    /^STT: the model of the local ears is not in .*data\/models\/moonshine-tiny: npm run models fetches it$/,
  ],
  ['a setting that is wrong', () => ({ MAX_CALLS: 'many' }), /^MAX_CALLS: must be a whole number/],
  ['an address that is no URL', () => ({ OPENAI_BASE_URL: 'api.openai.com' }), /^OPENAI_BASE_URL: must be a URL/],
]

test.each(CASES)('%s is one line that names the setting, and the exit code is 1', async (_, settings, line) => {
  const { code, lines } = await start(settings())
  expect(lines).toEqual([expect.stringMatching(line)])
  expect(lines.join()).not.toContain('hunter2')
  expect(code).toBe(1)
})

test('several mistakes are a line each', async () => {
  const { code, lines } = await start({ TOOLS_FILE: join(folder, 'wrong.json') })
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) expect(line).toMatch(/^TOOLS_FILE: /)
  expect(code).toBe(1)
})

test('a .env in the current folder is read, and what the environment has wins', async () => {
  const file = join(folder, '.env')
  await writeFile(file, 'PATIENCE=long\nMAX_CALLS="many" # a comment\n')
  const { lines } = await start({ PATIENCE: 'quick' })
  await rm(file)
  expect(lines).toEqual([expect.stringMatching(/^MAX_CALLS: .*"many"/)])
})

test('a .env that cannot be read is named', async () => {
  const file = join(folder, '.env')
  await mkdir(file)
  const { code, lines } = await start({})
  await rm(file, { recursive: true })
  expect([code, lines]).toEqual([1, ['.env: it cannot be read']])
})

test('a signal during the start ends the server, and the child that is still opening with it', async () => {
  const pidFile = join(folder, 'pid')
  const script = `trap "" TERM; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; while :; do sleep 1; done`
  const toolsFile = join(folder, 'slow.json')
  await writeFile(toolsFile, JSON.stringify({ servers: { slow: { command: 'sh', args: ['-c', script] } } }))
  const child = spawnServer({ TOOLS_FILE: toolsFile })
  while (!existsSync(pidFile)) await aMoment()
  const pid = Number(await readFile(pidFile, 'utf8'))
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([0, null])
  while (isRunning(pid)) await aMoment()
})

test('a server whose log nobody reads any more ends as it is told', async () => {
  const child = spawnServer({ LOG_LEVEL: 'info' })
  let said = ''
  child.stdout.on('data', data => (said += data))
  while (!said.includes('"listening"')) await aMoment()
  child.stdout.destroy()
  child.stderr.destroy()
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

const aMoment = (): Promise<void> => systemClock.sleep(20, new AbortController().signal)

/** False as soon as it has been killed, even if nobody has asked how it ended. */
const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}/exe`)
