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
  'Two margheritas and a funghi please.',
  'No, three margheritas.',
  'What is the total?',
  'My last food was cold, I want to complain.',
  'Goodbye.',
]
const AFTER: Cue = { after: 'agent-stopped', ms: 600 }

let call: WholeCall
const asked: string[] = []

beforeAll(async () => {
  const flite = openFlite()
  const all = await openWholeCalls({
    env: { AGENT: 'pizza', PARTYLINE_AGENTS: fileURLToPath(new URL('line', import.meta.url)) },
    onAsked: body => void asked.push(body),
  })
  const spoken = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  const script = { ...spoken, utterances: spoken.utterances.map(utterance => ({ ...utterance, cue: AFTER })) }
  call = await all.passing(all.ring(script, { seed: 18 }))
  await all.close()
  await flite.close()
})

test('an agent of a file takes an order, a correction, tells the total in its own words, and gives the call away', () => {
  const { agentReplies } = outcomeOf(call.lines, english)
  expect(agentReplies).toEqual([
    'This call is recorded.',
    'Pizza Roma, what can I get you?',
    'two margherita and one funghi. Anything else?',
    'three margherita. Anything else?',
    'That is twenty-four euros.',
    expect.stringMatching(/^Complaints desk here\. I am the sandbox's scripted model/),
    "You're welcome. Goodbye!",
  ])
  expect(call.record.warnings).toEqual([])
  const events = call.lines.flatMap(line => ('input' in line ? [line.input] : []))
  expect(events.filter(({ kind }) => kind === 'hand-off')).toMatchObject([{ agent: 'complaints', history: 'none' }])
})

test('what is said as it stands asks no model again, and another agent is told what it may know', () => {
  const requests = call.lines.flatMap(line =>
    'decided' in line && line.decided.kind === 'model-asked' ? [line.decided] : [],
  )
  // After a tool only the agent that took the call over was asked.
  expect(requests.filter(({ part }) => part > 0)).toHaveLength(1)
  const toldIt = asked.filter(body => body.includes('You listen to complaints.'))
  expect(toldIt.length).toBeGreaterThan(0)
  for (const body of toldIt) {
    expect(body).toContain('My last food was cold')
    expect(body).not.toContain('margherita')
  }
})

test('the call replays as it went', () => {
  const languageOf = () => english
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
