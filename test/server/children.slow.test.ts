import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startServer } from '../../src/sandbox/server-process.ts'

const SECRETS = {
  TWILIO_AUTH_TOKEN: 'auth-token-that-nobody-may-see',
  DEEPGRAM_API_KEY: 'deepgram-key-that-nobody-may-see',
  OPENAI_API_KEY: 'openai-key-that-nobody-may-see',
  RECORDS_SECRET: 'records-secret-that-nobody-may-see',
}

/** What the system shows of a process to whoever may look: its name, its arguments, its environment. */
async function shownOf(pid: number) {
  const [title, words, environment] = await Promise.all(
    ['comm', 'cmdline', 'environ'].map(name => readFile(`/proc/${pid}/${name}`, 'utf8')),
  )
  return { title, words, environment }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  return (await Promise.all(lists)).flatMap(list => list.split(' ').filter(Boolean).map(Number))
}

test('no key is in the name or the arguments of the server, nor in anything of the processes that it starts', async () => {
  const lifetime = new AbortController()
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  onTestFinished(async () => {
    await sandbox.close()
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  const { TWILIO_AUTH_TOKEN: authToken, ...env } = SECRETS
  // The local voice is a process of its own.
  const server = await startServer(
    { sandbox, dataDir, authToken, env: { ...env, TTS: 'local' } },
    clock,
    lifetime.signal,
  )
  const own = await shownOf(server.pid)
  // What is looked for can be found.
  expect(own.environment).toContain(SECRETS.OPENAI_API_KEY)
  const children = await childrenOf(server.pid)
  expect(children.length).toBeGreaterThan(0)
  const shown = [own.title, own.words]
  for (const child of children) shown.push(...Object.values(await shownOf(child)))
  const { log } = await server.close()
  for (const secret of Object.values(SECRETS)) {
    expect(shown.filter(text => text?.includes(secret))).toEqual([])
    expect(log).not.toContain(secret)
  }
})
