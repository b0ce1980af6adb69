import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { Feed } from '../server/feed.ts'

const lifetime = new AbortController()
const ticker = openTicker(clock)
let dataDir = ''
let sandbox: SandboxProcess
let seed = 100
/** Longer than any test. */
const NEVER_MS = 60 * 60_000

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
})
afterAll(async () => {
  await sandbox.close()
  lifetime.abort()
  await rm(dataDir, { recursive: true })
})

const serve = (env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> =>
  startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, lifetime.signal)

/** A caller who says nothing, presses `keys` and leaves. */
function silent(hangUpAfterMs: number, keys: readonly Script['utterances'][number][] = [], withStop = true): Script {
  const hangUp = { after: 'answered', ms: hangUpAfterMs, withStop } as const
  const [name, about, from, voice] = ['silent', 'Says nothing.', '+15550100009', 'none']
  return { name, about, from, voice, utterances: keys, hangUp, expect: {} }
}

/** Rings the server; `events` tells of the call while it goes on. */
function call(server: ServerProcess, script: Script) {
  const events = new Feed<CallEvent>()
  const { call, record } = startRinging(
    { ...server.rungBy(script), seed: ++seed, ticker, onEvent: event => events.push(event) },
    lifetime.signal,
  )
  return { events, record, isOn: events.some(({ kind }) => kind === 'stream-started'), hangUp: () => call.complete() }
}

const linesOf = ({ callSid }: CallRecord): Promise<readonly JournalLine[]> =>
  readJournal(join(dataDir, 'calls', callSid, 'journal.jsonl'))
const transcriptOf = ({ callSid }: CallRecord): Promise<string> =>
  readFile(join(dataDir, 'calls', callSid, 'transcript.txt'), 'utf8')
/** How many descriptors the server holds once no call's record is open and no socket is closing any more. */
async function settled({ pid }: ServerProcess): Promise<number> {
  let count = -1
  while (true) {
    const links = await Promise.all(
      (await readdir(`/proc/${pid}/fd`)).map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
    )
    const isBusy = links.some(link => link.includes('/calls/'))
    if (!isBusy && links.length === count) return count
    count = isBusy ? -1 : links.length
    await clock.sleep(100, lifetime.signal)
  }
}

/** Resolves once a server that was sent SIGTERM has taken it. */
async function draining(server: ServerProcess): Promise<void> {
  while ((await fetch(`${server.url}/readyz`)).status !== 503) await clock.sleep(10, lifetime.signal)
}

test('above the limit calls are busy; SIGTERM takes no new call, lets the live one end, and exits with 0', async () => {
  const server = await serve({ MAX_CALLS: '1', QUEUE_CALLS: '0' })
  const first = call(server, silent(NEVER_MS))
  await first.isOn
  const second = await call(server, silent(1_000)).record
  expect(second.said.join()).toContain('lines are busy')
  expect(second.streams).toEqual([])
  const closing = server.close()
  await draining(server)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  // Another server could answer it meanwhile: it is sent back eight times, a second apart.
  const late = await call(server, silent(NEVER_MS)).record
  expect(late.said.join()).toContain('lines are busy')
  first.hangUp()
  const record = await first.record
  expect((await closing).code).toBe(0)
  expect((await linesOf(record)).at(-1)).toMatchObject({ noted: { kind: 'frames-paced' } })
})

test('SIGHUP lets the live call end as SIGTERM does, and the last line of the log says that the server has stopped', async () => {
  const server = await serve()
  const live = call(server, silent(NEVER_MS))
  await live.isOn
  process.kill(server.pid, 'SIGHUP')
  await draining(server)
  live.hangUp()
  await live.record
  const { code, log } = await server.ended
  expect([code, log.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringContaining('"msg":"stopped"')])
})

test('a second SIGTERM ends the live call at once, with its record sealed', async () => {
  const server = await serve()
  const key = [{ kind: 'keys', press: '#', cue: { after: 'answered', ms: 3_000 } }] as const
  const live = call(server, silent(NEVER_MS, key))
  await live.events.some(({ kind }) => kind === 'utterance')
  const closing = server.close()
  await draining(server)
  process.kill(server.pid, 'SIGTERM')
  // The caller would have stayed: had the server waited for them, the test would never end.
  expect((await closing).code).toBe(0)
  const record = await live.record
  expect((await linesOf(record)).at(-1)).toMatchObject({ noted: { kind: 'frames-paced' } })
  expect(await transcriptOf(record)).toContain('This call')
})

test('after ten calls, one after the other, the server holds no more descriptors than before', async () => {
  const server = await serve()
  // Six at once open as many kept-alive connections as one after the other will ever need.
  await Promise.all(Array.from({ length: 6 }, () => call(server, silent(300)).record))
  const idle = await settled(server)
  for (let i = 0; i < 10; i++) await call(server, silent(300, [], i % 2 === 0)).record
  expect(await settled(server)).toBeLessThanOrEqual(idle)
  expect((await server.close()).code).toBe(0)
})
