import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { freeTcpPort } from '../../src/livekit/server.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { haproxy, openProxy } from './haproxy.ts'

const LIVE = 20
/** They come from the moment on in which the old server is told to stop. */
const NEW = 10
const NEW_EVERY_MS = 300
const HANG_UP = { after: 'agent-stopped', ms: 800, withStop: true } as const

test.skipIf(haproxy === undefined)('a roll-out behind a real proxy cuts no call and refuses none', async () => {
  const lifetime = new AbortController()
  const { signal } = lifetime
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(async () => {
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  const { utterances, ...rest } = await loadNamedFixture('plain')
  // Without the goodbye, after which the agent would end the call.
  const script = { ...rest, utterances: utterances.slice(0, 2), hangUp: HANG_UP }
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  onTestFinished(() => sandbox.close())
  const [port, oldPort, newPort] = [await freeTcpPort(), await freeTcpPort(), await freeTcpPort()]
  const start = (own: number): Promise<ServerProcess> => {
    const env = { PORT: String(own), DRAIN_SECONDS: '120', TRUST_PROXY: '127.0.0.1' }
    return startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  }
  const before = await start(oldPort)
  await openProxy(port, [oldPort, newPort])
  const serversUp = (): Promise<string> =>
    fetch(`http://127.0.0.1:${port}/servers-up`).then(
      response => response.text(),
      () => '',
    )
  await expect.poll(serversUp).toBe('1')
  const ticker = openTicker(clock)
  const ring = (seed: number) => {
    const speaking = Promise.withResolvers<void>()
    const onEvent = ({ kind }: { readonly kind: string }): void => {
      if (kind === 'utterance') speaking.resolve()
    }
    const dialUrl = `http://127.0.0.1:${port}`
    const { record } = startRinging({ ...before.rungBy(script), dialUrl, seed, ticker, onEvent }, signal)
    return { speaking: speaking.promise, record }
  }

  const live = Array.from({ length: LIVE }, (_, i) => ring(i))
  await Promise.all(live.map(({ speaking }) => speaking))
  const after = await start(newPort)
  // The old server goes once the proxy has found the new one, not once that is ready.
  await expect.poll(serversUp).toBe('2')
  const ended = before.close()
  const fresh: ReturnType<typeof ring>[] = []
  for (let i = 0; i < NEW; i++) {
    fresh.push(ring(LIVE + i))
    await clock.sleep(NEW_EVERY_MS, signal)
  }
  const records = await Promise.all([...live, ...fresh].map(({ record }) => record))
  const ends = records.map(({ endedBy, streams, unplayed, said }) => ({
    ...{ endedBy, unplayed, said },
    streams: streams.length,
  }))
  expect(ends).toEqual(ends.map(() => ({ endedBy: 'caller', unplayed: 0, said: [], streams: 1 })))
  expect((await ended).code).toBe(0)
  expect((await after.close()).code).toBe(0)
})
