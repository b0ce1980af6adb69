import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { mismatches } from '../../src/sandbox/ringing/expectations.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'

test('a whole call is held with ears that judge the end of the turn themselves', async () => {
  const lifetime = new AbortController()
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-flux-'))
  onTestFinished(async () => {
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const env = { DEEPGRAM_MODEL: 'flux-general-en' }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, lifetime.signal)
  const plain = await loadNamedFixture('plain')
  const utterances = plain.utterances.slice(0, 1)
  const script: Script = {
    ...plain,
    utterances,
    expect: { callerTurns: ['Hi, what time do you open on Friday?'], answeredTurns: 1 },
  }
  const record = await ring(
    {
      ...server.rungBy(script),
      seed: 1,
      ticker: openTicker(clock),
    },
    lifetime.signal,
  )
  expect((await server.close()).code).toBe(0)
  await sandbox.close()
  const lines = await readJournal(join(dataDir, 'calls', record.callSid, 'journal.jsonl'))
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  const words = lines.flatMap(line => ('input' in line && line.input.kind === 'words' ? [line.input] : []))
  // Words that may be all, but are not final: no other ears tell of those.
  expect(words.some(({ ended, final }) => ended && !final)).toBe(true)
}, 60_000)
