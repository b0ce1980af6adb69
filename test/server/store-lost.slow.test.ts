import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { Feed } from './feed.ts'

const lifetime = new AbortController()
const ticker = openTicker(clock)
let sandbox: SandboxProcess

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
})
afterAll(async () => {
  await sandbox.close()
  lifetime.abort()
})

async function serve(dataDir: string): Promise<ServerProcess> {
  const env = { BUDGET_CALLER_DAY_USD: '5', RECORDING: 'off' }
  return startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, lifetime.signal)
}

/** A caller who says nothing, and stays until they are told to leave. */
function silent(server: ServerProcess, at: number) {
  const hangUp = { after: 'answered', ms: 60 * 60_000, withStop: true } as const
  const [name, about, voice] = ['silent', 'Says nothing.', 'none']
  const script: Script = { name, about, from: `+1555010030${at}`, voice, utterances: [], hangUp, expect: {} }
  const events = new Feed<CallEvent>()
  const { call, record } = startRinging(
    { ...server.rungBy(script), seed: 400 + at, ticker, onEvent: event => events.push(event) },
    lifetime.signal,
  )
  return { record, isOn: events.some(({ kind }) => kind === 'stream-started'), hangUp: () => call.complete() }
}

interface LogLine {
  readonly level: number
  readonly msg: string
}
const lines = (log: string): readonly LogLine[] =>
  log.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []))

test('a database that does not come back before the server ends is named in one line, and its journals come at the next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const server = await serve(dataDir)
  const calls = [silent(server, 1), silent(server, 2), silent(server, 3)]
  await Promise.all(calls.map(({ isOn }) => isOn))
  const other = new DatabaseSync(join(dataDir, 'partyline.sqlite'))
  onTestFinished(() => other.close())
  const passes = other.prepare('select count(*) as taken from passes')
  await expect.poll(() => passes.get()?.taken).toBe(3)
  other.exec('begin immediate')
  const closing = server.close()
  for (const { hangUp } of calls) hangUp()
  const records = await Promise.all(calls.map(({ record }) => record))
  const { code, log } = await closing
  expect(code).toBe(0)
  const told = lines(log).filter(({ msg }) => msg.includes('did not come back'))
  expect(told).toEqual([
    expect.objectContaining({
      ...{ level: 50, store: 'database', calls: 3, why: 'it is locked by another process' },
      msg: 'the database did not come back: some of what waited is lost',
      lost: { 'what follows calls': 3, 'costs of calls': 3 },
      writtenAfterNextStart: { journals: 3, 'calls that are not in the index': 3 },
    }),
  ])
  expect(lines(log).at(-1)?.msg).toBe('stopped')

  other.exec('rollback')
  const next = await serve(dataDir)
  for (const { callSid } of records) {
    const text = await readFile(join(dataDir, 'calls', callSid, 'journal.jsonl'), 'utf8')
    const commits = other.prepare('select text from commits where call_id = ? order by first_seq')
    await expect
      .poll(() =>
        commits
          .all(callSid)
          .map(row => row.text)
          .join('\n'),
      )
      .toBe(text.trimEnd())
  }
  const indexed = other.prepare('select count(*) as calls from call_index')
  await expect.poll(() => indexed.get()?.calls).toBe(3)
  const end = await next.close()
  expect([end.code, lines(end.log).filter(({ msg }) => msg.includes('did not come back'))]).toEqual([0, []])
})
