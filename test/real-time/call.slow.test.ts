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
import { latenessOf, measuredTicker, punctually } from './punctual.ts'

/** Two such delays, one of each side, keep an answer within the second that the slowest of them may take. */
const BEARABLE_MS = 100
const ANSWERED_WITHIN_MS = 1_000

test('a call over real sockets, in real time, with the server and the sandbox as processes', async () => {
  const lifetime = new AbortController()
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(async () => {
    lifetime.abort()
    await rm(dataDir, { recursive: true })
  })
  const script = shortened(await loadNamedFixture('talks-over'))
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN }, clock, lifetime.signal)
  const problems = await punctually(BEARABLE_MS, async seed => {
    const { ticker, worstMs } = measuredTicker(clock)
    const record = await ring({ ...server.rungBy(script), seed, ticker }, lifetime.signal)
    const lines = await sealed(join(dataDir, 'calls', record.callSid, 'journal.jsonl'), lifetime.signal)
    const slow = record.gaps.filter(gap => gap.kind === 'answered' && gap.gapMs > ANSWERED_WITHIN_MS)
    return {
      problems: [
        ...mismatches(script.expect, record, outcomeOf(lines, english)),
        ...record.warnings,
        ...slow.map(gap => `an answer was slow: ${JSON.stringify(gap)}`),
      ],
      lateness: latenessOf(worstMs(), lines, record),
    }
  })
  expect(problems).toEqual([])
  expect((await server.close()).code).toBe(0)
  await sandbox.close()
})

/** The question and the interruption of this fixture. */
function shortened(script: Script): Script {
  const kept = <T>(items: readonly T[] = []): T[] => items.slice(0, 2)
  const { callerTurns, agentSays } = script.expect
  const expect = { ...script.expect, callerTurns: kept(callerTurns), agentSays: kept(agentSays), answeredTurns: 2 }
  return { ...script, utterances: kept(script.utterances), expect }
}

/** The journal, once its last line is there: the record of a call is sealed a moment after its line is closed. */
async function sealed(file: string, signal: AbortSignal) {
  while (true) {
    const lines = await readJournal(file)
    const last = lines.at(-1)
    if (last && 'noted' in last && last.noted.kind === 'frames-paced') return lines
    await clock.sleep(50, signal)
  }
}
