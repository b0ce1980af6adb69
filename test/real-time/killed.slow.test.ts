import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { type Death, KILLABLE, type Killable, kill, SECOND, withSecond } from '../../src/sandbox/killing.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { bareWords, killedAfter, patient, QUESTIONS, type Stage, spokenWords } from '../whole-call/providers/killed.ts'

/** Real processes and real sockets: each provider, in the middle of words and of an answer, dead and hung. */
const CASES = KILLABLE.flatMap((killed, i) =>
  (['mid-utterance', 'mid-reply'] as const).flatMap((stage, j) =>
    (['dead', 'hung'] as const).map((how, k) => ({ killed, stage, how, seed: 4 * i + 2 * j + k + 1 })),
  ),
)
const ANSWERS = [
  'Hello, this is the Partyline. How can I help you?',
  'You can park for free behind the house, and there is always room in the evening.',
  'I have looked it up. There are tables free on Friday at seven and on Saturday at six.',
]
const { signal } = new AbortController()

let script: Script
beforeAll(async () => {
  const flite = openFlite()
  script = patient(await scriptOfTexts(QUESTIONS, 'awb', flite, seeded(1), signal))
  await flite.close()
})

interface Case {
  readonly killed: Killable
  readonly stage: Stage
  readonly how: Death
  readonly seed: number
}

/** One call to a server of its own. */
async function rungWith({ killed, stage, how, seed }: Case) {
  const next = killed === 'deepgram' ? 'assemblyai' : SECOND[killed]
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const sandbox = await startSandbox({ port: 0, profile: 'fast', seed, with: [next] }, signal)
  const env = { AGENT: 'receptionist', RECORDING: 'off', ...withSecond(killed, next, sandbox) }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  const { isDue, ms } = killedAfter(stage, seeded(seed))
  let killing: Promise<void> | undefined
  const { call, record } = startRinging(
    {
      ...{ ...server.rungBy(script), seed, ticker: openTicker(clock) },
      onEvent(event) {
        if (isDue(event))
          killing ??= clock.sleep(ms, signal).then(() => kill(killed, how, sandbox, systemNetwork, signal))
      },
    },
    signal,
  )
  const heard = await record
  await killing
  const { code } = await server.close()
  await sandbox.close()
  const lines = await readJournal(join(dataDir, 'calls', call.callSid, 'journal.jsonl'))
  await rm(dataDir, { recursive: true })
  return { heard, code, lines, outcome: outcomeOf(lines, english) }
}

/** Four calls at a time: each has a server and a sandbox of its own, and waits most of its time. */
describe.each(KILLABLE)('%s', name => {
  const cases = CASES.filter(({ killed }) => killed === name)
  let calls: readonly Awaited<ReturnType<typeof rungWith>>[] = []
  beforeAll(async () => {
    calls = await Promise.all(cases.map(rungWith))
  })

  test.each(cases.map((each, i) => [each.how, each.stage, i] as const))(
    '%s %s: no turn and no word is lost, none is said twice',
    (_how, _stage, i) => {
      const { heard, code, lines, outcome } = calls[i] ?? expect.fail('it did not ring')
      expect(outcome.callerTurns.map(bareWords)).toEqual(QUESTIONS.map(bareWords))
      expect(outcome.agentReplies.map(spokenWords)).toEqual(ANSWERS.map(spokenWords))
      expect(outcome.tools).toEqual(['look_up'])
      const switches = lines.flatMap(line =>
        'noted' in line && line.noted.kind === 'provider-switched' ? [line.noted] : [],
      )
      expect(switches).toMatchObject([{ from: name }])
      for (const gap of heard.gaps) expect(gap).toMatchObject({ kind: 'answered' })
      for (const gap of heard.gaps) if (gap.kind === 'answered') expect(gap.gapMs).toBeLessThanOrEqual(4_000)
      expect(heard).toMatchObject({ endedBy: 'caller', gaveUp: false, warnings: [] })
      expect(code).toBe(0)
    },
  )
})
