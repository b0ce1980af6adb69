import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWholeCalls, type WholeCall } from '../whole-call/whole-calls.ts'

const SAYS = [
  'I would like to order a pizza please.',
  'A large one please.',
  'Ham and olives.',
  'No, the size should be small.',
  'Two.',
  'I will pick it up.',
  'Shayne.',
  'Yes.',
  'Five five five, double oh, two three.',
  'Yes.',
  'Yes please.',
  'Goodbye.',
]
const AFTER: Cue = { after: 'agent-stopped', ms: 600 }

let call: WholeCall

beforeAll(async () => {
  const flite = openFlite()
  const all = await openWholeCalls({
    env: { AGENT: 'pizza', PARTYLINE_AGENTS: fileURLToPath(new URL('../../examples/pizza/pizza.ts', import.meta.url)) },
  })
  const spoken = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  const script = { ...spoken, utterances: spoken.utterances.map(utterance => ({ ...utterance, cue: AFTER })) }
  call = await all.passing(all.ring(script, { seed: 18 }))
  await all.close()
  await flite.close()
})

test('a caller orders through the flow, changes their mind, and hears what was understood', () => {
  const { agentReplies } = outcomeOf(call.lines, english)
  expect(agentReplies).toEqual([
    'This call is recorded.',
    'Pizza Roma, hello. Would you like to order a pizza?',
    'What size would you like: small, medium or large?',
    'Large. Which toppings would you like on it?',
    'Olives and ham. How many of them?',
    'Small. How many of them?',
    'two. Is that for delivery or for pick-up?',
    'Pick-up. On which name?',
    'That is Shayne, S H A Y N E, is that right?',
    'Good. And a telephone number, in case we do not find you?',
    'That is five five five, zero zero two three. Is that right?',
    'Good. That is two times small with olives and ham, for Shayne, twenty euros in all. Shall I order it?',
    'Thank you. It is order number one, and takes twenty minutes.',
    "You're welcome. Goodbye!",
  ])
  expect(call.record.warnings).toEqual([])
})

test('no model is asked for what the flow says', () => {
  const asked = call.lines.flatMap(line =>
    'decided' in line && line.decided.kind === 'model-asked' ? [line.decided] : [],
  )
  expect(asked.filter(({ part }) => part > 0)).toEqual([])
})

test('the call replays as it went', () => {
  expect(replayExactly(call.lines, { languageOf: () => english })).toMatchObject({ differences: [], notes: [] })
})
