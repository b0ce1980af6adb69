import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openDatabase } from '../../src/database/database.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { readQuery } from '../../src/records/query.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'

const CALLS = 10
const TALK_MS = 8_000
/** The last second, and what a busy machine adds to it. */
const LOST_AT_MOST_MS = 2_500

test('ten calls whose server is killed are whole up to the last second, and sealed and found at the next start', async () => {
  const lifetime = new AbortController()
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(async () => {
    lifetime.abort(new Error('the test is over'))
    await rm(dataDir, { recursive: true })
  })
  const secret = { RECORDS_SECRET: 'a-secret-that-only-this-test-knows' }
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const serve = () =>
    startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env: secret }, clock, lifetime.signal)
  const server = await serve()
  const ticker = openTicker(clock)
  const calling = callerOf(await loadNamedFixture('plain'))
  const calls = new AbortController()
  const rung = Array.from({ length: CALLS }, (_, i) =>
    startRinging({ ...server.rungBy(calling(`+1555010021${i}`)), seed: i + 1, ticker }, calls.signal).record.catch(
      () => undefined,
    ),
  )
  const folder = join(dataDir, 'calls')
  await expect.poll(async () => (await readdir(folder)).length, { timeout: 60_000 }).toBe(CALLS)
  await clock.sleep(TALK_MS, lifetime.signal)
  const killedAt = Date.now()
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  calls.abort(new Error('the server is gone'))
  await Promise.all(rung)

  const ids = await readdir(folder)
  for (const callId of ids) {
    const lines = await readJournal(join(folder, callId, 'journal.jsonl'))
    expect(restore(lines, english).turn.kind).not.toBe('ended')
    const replayed = replayExactly(lines, { languageOf: () => english })
    expect(replayed).toMatchObject({ callId, differences: [] })
    expect(replayed.decisions).toBeGreaterThan(0)
    const started = lines.find(line => 'started' in line)
    const began = Date.parse(started?.started.wallTime ?? '')
    const { pcm, rateHz } = decodeWav(await readFile(join(folder, callId, 'call-1.wav')))
    const soundMs = (pcm.length / 2 / rateHz) * 1_000
    expect(killedAt - began - soundMs).toBeLessThan(LOST_AT_MOST_MS)
    expect(await isThere(join(folder, callId, 'sealed.json'))).toBe(false)
  }

  const next = await serve()
  await expect
    .poll(
      async () => (await Promise.all(ids.map(id => isThere(join(folder, id, 'sealed.json'))))).filter(Boolean).length,
      {
        timeout: 30_000,
      },
    )
    .toBe(CALLS)
  expect((await next.close()).code).toBe(0)
  await sandbox.close()
  const database = await openDatabase(`sqlite:${join(dataDir, 'partyline.sqlite')}`)
  const secrets = callerSecrets(secret.RECORDS_SECRET)
  const { calls: listed } = await (await callIndexIn(database)).list(readQuery({ outcome: 'killed' }), undefined)
  await database.close()
  expect(listed.map(({ summary }) => summary.callId).toSorted()).toEqual(ids.toSorted())
  const callers = listed.map(({ summary, callerSealed = '' }) => secrets.open(callerSealed, summary.callId))
  expect(callers.toSorted()).toEqual(Array.from({ length: CALLS }, (_, i) => `+1555010021${i}`))
  for (const callId of ids)
    expect(JSON.parse(await readFile(join(folder, callId, 'sealed.json'), 'utf8')).killed).toBe(true)
})

/** Speaks as soon as the agent has greeted, and does not hang up. */
function callerOf(script: Script): (from: string) => Script {
  const hangUp = { after: 'answered', ms: 120_000, withStop: true } as const
  return from => ({ ...script, from, hangUp })
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )
