import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent, DialOutcome } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { Feed } from './feed.ts'

const lifetime = new AbortController()
const ticker = openTicker(clock)
let dataDir = ''
let sandbox: SandboxProcess
let seed = 100

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
function call(server: ServerProcess, script: Script, dialOutcome: DialOutcome = 'busy') {
  const events = new Feed<CallEvent>()
  const record = ring(
    {
      ...server.rungBy(script),
      seed: ++seed,
      ticker,
      dialOutcome,
      onEvent: event => events.push(event),
    },
    lifetime.signal,
  )
  return { events, record, isOn: events.some(({ kind }) => kind === 'stream-started') }
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
const isLoud = (line: string): boolean => /"level":(?:40|50|60)/.test(line)

test('keys are heard, a transfer that nobody answers comes back with its history, a hang-up needs no stop', async () => {
  const server = await serve({ TRANSFER_NUMBER: '+15557654321' })
  const fortyTwo = [{ kind: 'keys', press: '42#', cue: { after: 'answered', ms: 1_000 } }] as const
  const zero = [{ kind: 'keys', press: '0', cue: { after: 'answered', ms: 2_500 } }] as const
  const [keyed, back, gone] = await Promise.all([
    call(server, silent(5_000, fortyTwo)).record,
    call(server, silent(9_300, zero)).record,
    call(server, silent(800, [], false)).record,
  ])
  const { code, log } = await server.close()
  const { callerTurns, agentReplies } = outcomeOf(await linesOf(keyed), english)
  expect([callerTurns, agentReplies.length]).toEqual([['pressed 4 2'], 2])
  expect(back.events.flatMap(event => (event.kind === 'dial' ? [event.number] : []))).toEqual(['+15557654321'])
  expect(back.streams).toHaveLength(2)
  const transcript = await transcriptOf(back)
  expect(transcript).toMatch(/Hello[\s\S]*put you through[\s\S]*nobody could take your call/)
  expect((await readdir(join(dataDir, 'calls', back.callSid))).toSorted()).toEqual([
    'call-1.wav',
    'call-2.wav',
    'journal.jsonl',
    'transcript.txt',
  ])
  expect(gone.endedBy).toBe('caller')
  expect(await transcriptOf(gone)).toContain('This call')
  expect([keyed, back, gone].flatMap(({ warnings }) => warnings)).toEqual([])
  expect([code, log.split('\n').filter(isLoud)]).toEqual([0, []])
  for (const secret of ['+1555', '15550100', 'pressed', SANDBOX_AUTH_TOKEN]) expect(log).not.toContain(secret)
}, 60_000)

test('above the limit calls are busy; SIGTERM takes no new call, lets the live one end, and exits with 0', async () => {
  const server = await serve({ MAX_CALLS: '1' })
  const first = call(server, silent(3_000))
  await first.isOn
  const second = await call(server, silent(1_000)).record
  expect(second.said.join()).toContain('lines are busy')
  expect(second.streams).toEqual([])
  const closing = server.close()
  await draining(server)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const late = await call(server, silent(1_000)).record
  expect(late.said.join()).toContain('lines are busy')
  const record = await first.record
  expect([record.endedBy, record.why]).toEqual(['caller', 'hung up'])
  expect((await closing).code).toBe(0)
  expect((await linesOf(record)).at(-1)).toMatchObject({ noted: { kind: 'frames-paced' } })
}, 60_000)

test('a second SIGTERM ends the live call at once, with its record sealed', async () => {
  const server = await serve()
  const key = [{ kind: 'keys', press: '#', cue: { after: 'answered', ms: 1_000 } }] as const
  const live = call(server, silent(60_000, key))
  await live.events.some(({ kind }) => kind === 'utterance')
  const closing = server.close()
  await draining(server)
  const askedMs = clock.now()
  process.kill(server.pid, 'SIGTERM')
  expect((await closing).code).toBe(0)
  expect(clock.now() - askedMs).toBeLessThan(2_000)
  const record = await live.record
  expect((await linesOf(record)).at(-1)).toMatchObject({ noted: { kind: 'frames-paced' } })
  expect(await transcriptOf(record)).toContain('This call')
}, 60_000)

test('after ten calls, one after the other, the server holds no more descriptors than before', async () => {
  const server = await serve()
  // Six at once open as many kept-alive connections as one after the other will ever need.
  await Promise.all(Array.from({ length: 6 }, () => call(server, silent(300)).record))
  const idle = await settled(server)
  for (let i = 0; i < 10; i++) await call(server, silent(300, [], i % 2 === 0)).record
  expect(await settled(server)).toBeLessThanOrEqual(idle)
  expect((await server.close()).code).toBe(0)
}, 60_000)
