import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { type Outcome, outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { openFlite } from '../../src/sandbox/cartesia/flite.ts'
import { openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openDeepgramStandIn } from '../../src/sandbox/deepgram/stand-in.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'

/** Who fails, how, and from when in the call on: the stream's opening, or the first question. The second one is answered. */
interface Trouble {
  readonly name: string
  readonly who: 'deepgram' | 'openai' | 'cartesia'
  readonly when: 'stream' | 'question'
  readonly faults: readonly Fault[]
  /** How often the agent says that it is sorry. */
  readonly apologies: number
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'the model answers 500',
    who: 'openai',
    when: 'question',
    faults: [{ kind: 'status', status: 500, times: 9 }],
    apologies: 1,
  },
  { name: 'the model stalls', who: 'openai', when: 'question', faults: [{ kind: 'stall', times: 9 }], apologies: 1 },
  {
    name: 'the model stalls in the middle',
    who: 'openai',
    when: 'question',
    faults: [{ kind: 'stall', times: 9, afterMessages: 4 }],
    apologies: 1,
  },
  {
    name: 'the voice drops in the middle',
    who: 'cartesia',
    when: 'question',
    faults: [{ kind: 'drop', times: 9, afterMessages: 4 }],
    apologies: 1,
  },
  { name: 'the voice stalls', who: 'cartesia', when: 'question', faults: [{ kind: 'stall', times: 9 }], apologies: 1 },
  {
    name: 'the voice stalls in the middle',
    who: 'cartesia',
    when: 'question',
    faults: [{ kind: 'stall', times: 9, afterMessages: 4 }],
    apologies: 1,
  },
  {
    name: 'the ears drop while nobody speaks',
    who: 'deepgram',
    when: 'stream',
    faults: [{ kind: 'drop', afterMs: 1_000 }],
    apologies: 0,
  },
  {
    name: 'the ears drop while the caller speaks',
    who: 'deepgram',
    when: 'question',
    faults: [{ kind: 'drop', afterMs: 400 }],
    apologies: 1,
  },
]
const QUESTIONS = ['Could you tell me the address of the restaurant?', 'Do you have parking?']
/** Longer than a stall: so long the caller waits for more before he goes on. */
const PAUSE_MS = 3_800
/** After the end of his turn the caller is owed words within this. */
const WORDS_WITHIN_MS = 4_500

const lifetime = new AbortController()
const flite = openFlite()
const ticker = openTicker(clock)
const calls = new Map<string, { readonly record: CallRecord; readonly outcome: Outcome; readonly log: string }>()
let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'partyline-'))
  const { utterances, ...rest } = await scriptOfTexts(QUESTIONS, 'awb', flite, seeded(1), lifetime.signal)
  const cue = { after: 'agent-stopped', ms: PAUSE_MS } as const
  const patient = utterances.map((utterance, i) => (i === 0 ? utterance : { ...utterance, cue }))
  await Promise.all(TROUBLES.map((trouble, index) => rungWith(trouble, index, { ...rest, utterances: patient })))
}, 60_000)

afterAll(async () => {
  lifetime.abort()
  await flite.close()
  await rm(root, { recursive: true })
})

/** One call to a server of its own, with stand-ins of its own, of which one fails. */
async function rungWith(
  trouble: Trouble,
  index: number,
  script: Awaited<ReturnType<typeof scriptOfTexts>>,
): Promise<void> {
  const options = { port: 0, profile: profiles.fast, seed: index + 1, clock }
  const deepgram = await openDeepgramStandIn(options)
  const openai = await openOpenAiStandIn(options)
  const cartesia = await openCartesiaStandIn(options, flite)
  const standIns = { deepgram, openai, cartesia }
  const sandbox = {
    twilioUrl: '',
    deepgramUrl: deepgram.url,
    openaiUrl: `${openai.url}/v1`,
    cartesiaUrl: cartesia.url,
    pid: process.pid,
    close: async () => undefined,
  }
  const dataDir = join(root, String(index))
  const server = await startServer(
    { sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env: { RECORDING: 'off' } },
    clock,
    lifetime.signal,
  )
  async function setFaults(faults: readonly Fault[]): Promise<void> {
    const response = await fetch(`${standIns[trouble.who].url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ faults }),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  const set: Promise<void>[] = []
  const record = await ring(
    {
      ...server.rungBy(script),
      seed: index + 1,
      ticker,
      onEvent: event => {
        const isQuestion = event.kind === 'utterance' && event.index === 0
        if (trouble.when === 'stream' ? event.kind === 'stream-started' : isQuestion)
          set.push(setFaults(trouble.faults))
        if (event.kind === 'utterance' && event.index === 1) set.push(setFaults([]))
      },
    },
    lifetime.signal,
  )
  await Promise.all(set)
  const { log } = await server.close()
  await Promise.all([deepgram.close(), openai.close(), cartesia.close()])
  const lines = await readJournal(join(dataDir, 'calls', record.callSid, 'journal.jsonl'))
  calls.set(trouble.name, { record, outcome: outcomeOf(lines, english), log })
}

function call(name: string) {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call in which ${name} was not rung`)
  return rung
}

test.each(TROUBLES)('when $name, the caller hears words in time after each of his turns', ({ name }) => {
  const { record } = call(name)
  expect(record.gaps).toHaveLength(QUESTIONS.length)
  for (const gap of record.gaps) {
    // Ears that failed ask at once, while he speaks.
    if (gap.kind !== 'spoken-over') expect(gap).toMatchObject({ kind: 'answered' })
    if (gap.kind === 'answered') expect(gap.gapMs).toBeLessThanOrEqual(WORDS_WITHIN_MS)
  }
})

test.each(TROUBLES)('when $name, the agent is sorry $apologies times, and the call goes on to an answer', trouble => {
  const { record, outcome } = call(trouble.name)
  expect(outcome.agentReplies.filter(reply => /^I am sorry/.test(reply))).toHaveLength(trouble.apologies)
  expect(outcome.agentReplies.at(-1)).toContain('park for free')
  expect(record).toMatchObject({ gaveUp: false, endedBy: 'caller', warnings: [] })
})

test.each(TROUBLES)('when $name, the log says so and of nothing else', ({ name }) => {
  const warned = call(name)
    .log.split('\n')
    .filter(line => /"level":(?:40|50|60)/.test(line))
  expect(warned.length).toBeGreaterThan(0)
  expect(warned.filter(line => !/reply failed|ears failed/.test(line))).toEqual([])
})
