import { beforeAll, expect, test } from 'vitest'
import { openFlite } from '../../src/flite/flite.ts'
import { type Outcome, outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openWholeCalls, type WholeCall } from './whole-calls.ts'

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
    name: 'speech-to-text drops while nobody speaks',
    who: 'deepgram',
    when: 'stream',
    faults: [{ kind: 'drop', afterMs: 1_000 }],
    apologies: 0,
  },
  {
    name: 'speech-to-text drops while the caller speaks',
    who: 'deepgram',
    when: 'question',
    faults: [{ kind: 'drop', afterMs: 400 }],
    apologies: 1,
  },
]
const QUESTIONS = ['Could you tell me the address of the restaurant?', 'Do you have parking?']
/** Longer than a stall: so long the caller waits for more before they go on. */
const PAUSE_MS = 3_800
/** After the end of a turn the caller is owed words within this. */
const WORDS_WITHIN_MS = 4_500

const calls = new Map<string, WholeCall & { readonly outcome: Outcome; readonly logged: readonly string[] }>()

beforeAll(async () => {
  const flite = openFlite()
  const { utterances, ...rest } = await scriptOfTexts(QUESTIONS, 'awb', flite, seeded(1), new AbortController().signal)
  await flite.close()
  const cue = { after: 'agent-stopped', ms: PAUSE_MS } as const
  const patient = utterances.map((utterance, i) => (i === 0 ? utterance : { ...utterance, cue }))
  for (const [index, trouble] of TROUBLES.entries())
    await ringWith(trouble, index + 1, { ...rest, utterances: patient })
})

/** One call to a server of its own, with stand-ins of its own, of which one fails. */
async function ringWith(trouble: Trouble, seed: number, script: Script): Promise<void> {
  const all = await openWholeCalls({ seed, env: { RECORDING: 'off' } })
  const { faults } = all.standIns[trouble.who]
  const onEvent = (event: CallEvent): void => {
    const isQuestion = event.kind === 'utterance' && event.index === 0
    if (trouble.when === 'stream' ? event.kind === 'stream-started' : isQuestion) faults.set(trouble.faults)
    if (event.kind === 'utterance' && event.index === 1) faults.set([])
  }
  const call = await all.passing(all.ring(script, { seed, onEvent }))
  await all.close()
  calls.set(trouble.name, { ...call, outcome: outcomeOf(call.lines, english), logged: all.logged })
}

function call(name: string) {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call in which ${name} was not rung`)
  return rung
}

test.each(TROUBLES)('when $name, the caller hears words in time after each turn', ({ name }) => {
  const { record } = call(name)
  expect(record.gaps).toHaveLength(QUESTIONS.length)
  for (const gap of record.gaps) {
    // Where speech-to-text failed the agent asks at once, while the caller speaks.
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

test.each(TROUBLES)('when $name, the call replays as it went', ({ name }) => {
  expect(replayExactly(call(name).lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})

test.each(TROUBLES)('when $name, the log says so and of nothing else', ({ name }) => {
  const warned = call(name).logged.filter(line => /"level":(?:40|50|60)/.test(line))
  expect(warned.length).toBeGreaterThan(0)
  expect(warned.filter(line => !/reply failed|speech-to-text failed/.test(line))).toEqual([])
})
