import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'

const STALL_MS = 6_000
const CALLS = 5
const HANG_UP = { after: 'agent-stopped', ms: 800, withStop: true } as const

test('a server that is stopped for six seconds keeps its calls, and each ends by its caller', async () => {
  const lifetime = new AbortController()
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(async () => {
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  const { utterances, ...rest } = await loadNamedFixture('plain')
  // Without the goodbye, after which the agent would end the call.
  const script = { ...rest, utterances: utterances.slice(0, 2), hangUp: HANG_UP }
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN }, clock, lifetime.signal)
  const ticker = openTicker(clock)
  const calls = Array.from({ length: CALLS }, (_, seed) => {
    const speaking = Promise.withResolvers<void>()
    const onEvent = ({ kind }: { readonly kind: string }): void => {
      if (kind === 'utterance') speaking.resolve()
    }
    const ringing = startRinging({ ...server.rungBy(script), seed, ticker, onEvent }, lifetime.signal)
    return { speaking: speaking.promise, record: ringing.record }
  })
  await Promise.all(calls.map(({ speaking }) => speaking))
  process.kill(server.pid, 'SIGSTOP')
  try {
    await clock.sleep(STALL_MS, lifetime.signal)
  } finally {
    process.kill(server.pid, 'SIGCONT')
  }
  const records = await Promise.all(calls.map(({ record }) => record))
  const ends = records.map(({ endedBy, streams, unplayed, said }) => ({
    ...{ endedBy, unplayed, said },
    streams: streams.length,
  }))
  expect(ends).toEqual(ends.map(() => ({ endedBy: 'caller', unplayed: 0, said: [], streams: 1 })))
  expect((await server.close()).code).toBe(0)
  await sandbox.close()
})
