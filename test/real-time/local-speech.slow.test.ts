import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { askServer } from '../../src/sandbox/ringing/rung-server.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { earsModel, TEST_MODELS_DIR } from '../models/ears-model.ts'

const QUESTION = 'What do I have due today?'
const FROM = '+15550100042'

test('without a key a person is heard by the ears of this machine, a scripted caller by the stand-in, and both are answered', async () => {
  const lifetime = new AbortController()
  const { signal } = lifetime
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(async () => {
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  await earsModel(signal)
  const flite = openFlite()
  const spoken = await scriptOfTexts([QUESTION], 'rms', flite, seeded(1), signal)
  await flite.close()
  const script = { ...spoken, from: FROM }
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  const env = {
    ...{ DEEPGRAM_API_KEY: '', DEEPGRAM_BASE_URL: '', TTS: 'local' },
    ...{ MODELS_DIR: TEST_MODELS_DIR, AGENT: 'task-manager' },
  }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  const { deepgramUrl } = await askServer(server.url, systemNetwork, signal)
  expect(deepgramUrl).not.toBe(sandbox.deepgramUrl)
  const ticker = openTicker(clock)
  const [person, scripted] = await Promise.all([
    ring({ ...server.rungBy(script), announceUrl: undefined, seed: 1, ticker }, signal),
    ring({ ...server.rungBy(script), announceUrl: deepgramUrl, seed: 2, ticker }, signal),
  ])
  expect((await server.close()).code).toBe(0)
  await sandbox.close()
  const linesOf = ({ callSid }: { readonly callSid: string }) =>
    readJournal(join(dataDir, 'calls', callSid, 'journal.jsonl'))
  const [ofPerson, ofScript] = [await linesOf(person), await linesOf(scripted)]
  expect([...person.warnings, ...scripted.warnings]).toEqual([])

  expect(outcomeOf(ofScript, english).callerTurns).toEqual([QUESTION])
  // How well they hear is measured elsewhere: a voice of flite's, and every line, has its slips.
  expect(outcomeOf(ofPerson, english).callerTurns[0]).toMatch(/\bhave\b/i)
  expect(bySomeone(ofPerson, 'stt-seconds')).toEqual(['local'])
  expect(bySomeone(ofScript, 'stt-seconds')).toEqual(['vendor'])
  expect(new Set([...ofPerson, ...ofScript].flatMap(line => bySomeone([line], 'tts-characters')))).toEqual(
    new Set(['local']),
  )
  for (const { gaps } of [person, scripted]) expect(gaps.map(({ kind }) => kind)).toEqual(['answered'])
})

const bySomeone = (lines: readonly JournalLine[], kind: 'stt-seconds' | 'tts-characters'): readonly string[] =>
  lines.flatMap(line => ('used' in line && line.used.kind === kind ? [line.used.by ?? 'vendor'] : []))
