import { expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { loadNamedFixture, type Script, type Utterance } from '../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { fixtureOf } from '../../src/sandbox/softphone/saved-call.ts'
import { misses, rung, saved } from './saved-calls.ts'

type Speech = Extract<Utterance, { kind: 'speech' }>

/** What a recorded caller says, to be said in another call. */
async function speechOf(name: string): Promise<readonly Speech[]> {
  const { utterances } = await loadNamedFixture(name)
  return utterances.flatMap(utterance => (utterance.kind === 'speech' ? [utterance] : []))
}

const heardAs = (speech: Speech, text: string): Speech => {
  const words = text.split(' ')
  return { ...speech, say: text, words: speech.words.map((word, i) => ({ ...word, text: words[i] ?? '…' })) }
}

function caller(utterances: readonly Utterance[], hangUp: Partial<Script['hangUp']> = {}): Script {
  const end = { after: 'agent-stopped', ms: 800, withStop: true, ...hangUp } as const
  return {
    name: 'made-up',
    about: '',
    from: '+15550100042',
    agent: 'task-manager',
    voice: '',
    utterances,
    hangUp: end,
    expect: {},
  }
}

test.each(['talks-over', 'keys', 'tasks'])(
  'the call "%s" is saved as a fixture, and the fixture is rung again and comes to the same',
  async name => {
    const script = await loadNamedFixture(name)
    const again = await saved(await rung(script, 1), script.from)
    const { callerTurns, tools, bargeIns } = script.expect
    expect(again.expect).toMatchObject({ callerTurns, tools, bargeIns })
    // What the original's author expects of it is true of the saved one, too.
    const { agentSays = [], answeredTurns } = script.expect
    const second = await rung(again, 2)
    expect(misses(second, again.expect)).toEqual([])
    expect(misses(second, { agentSays, answeredTurns })).toEqual([])
  },
)

test('words that were misheard are expected as they were corrected', async () => {
  const [, add, , , , list] = await speechOf('tasks')
  if (!add || !list) throw new Error('the fixture has no such utterances')
  const misheard = heardAs(add, 'Add review a quarterly report by Friday.')
  const after = { after: 'agent-stopped', ms: 1_500 } as const
  const first = await rung(
    caller([
      { ...misheard, cue: after },
      { ...list, cue: after },
    ]),
    1,
  )
  const again = await saved(first, '+15550100042', [{ index: 0, say: add.say }])
  expect(again.expect.callerTurns).toEqual([add.say, list.say])
  expect(
    again.utterances.map(one => (one.kind === 'speech' ? one.words.map(({ text }) => text).join(' ') : '')),
  ).toEqual([add.say, list.say])
  expect(misses(await rung(again, 2), again.expect)).toEqual([])
})

test('a caller who hangs up in the middle of an answer does so again, and keys that are pressed at once are one', async () => {
  const [due] = await speechOf('tasks')
  if (!due) throw new Error('the fixture has no such utterance')
  const keys = { kind: 'keys', press: '12#', cue: { after: 'agent-stopped', ms: 900 } } as const
  const script = caller([{ ...due, cue: { after: 'agent-stopped', ms: 700 } }, keys], {
    after: 'agent-started',
    ms: 400,
  })
  const first = await rung(script, 1)
  const again = await saved(first, script.from)
  expect(again.expect).toMatchObject({ endedBy: 'caller', callerTurns: [due.say, 'pressed 1 2'] })
  expect(again.hangUp.after).toBe('agent-started')
  expect(Math.abs(again.hangUp.ms - 400)).toBeLessThan(60)
  expect(misses(await rung(again, 2), again.expect)).toEqual([])
})

test('without a journal the words have to be written, and what the server did is not expected', async () => {
  const [due] = await speechOf('tasks')
  if (!due) throw new Error('the fixture has no such utterance')
  const { record } = await rung(caller([due], { ms: 900 }), 1)
  const call = { name: 'blind', from: 'anonymous', ...record, lines: [] }
  expect(() => fixtureOf({ ...call, utterances: [] })).toThrow('write what was said')
  // Nobody knows whether these were a PIN.
  const keys = [...'4711'].map((key, i) => ({ atMs: 100 + 200 * i, key }))
  const blind = fixtureOf({ ...call, keys, utterances: [{ index: 0, say: ' What do I  have due\ntoday? ' }] })
  expect(blind.utterances).toMatchObject([{ say: due.say }])
  expect(blind.utterances).toHaveLength(1)
  expect(blind.expect).toEqual({ endedBy: 'caller' })
  expect((await rung(blind, 2)).lines.some(line => 'input' in line && line.input.kind === 'words')).toBe(true)
})

test('a call in which a PIN was asked for is not saved', async () => {
  const [due] = await speechOf('tasks')
  if (!due) throw new Error('the fixture has no such utterance')
  const { record, lines } = await rung(caller([due], { ms: 900 }), 1)
  const [first] = lines
  if (!first) throw new Error('there is no journal')
  const asked = { ...first, seq: 0, noted: { kind: 'withheld', what: 'pin' } }
  const call = {
    name: 'secret',
    from: '+15550100042',
    ...record,
    lines: [...lines, { ...asked, seq: lines.length + 1 }],
  }
  expect(() => fixtureOf({ ...call, utterances: [] })).toThrow('a PIN is never kept')
  // Who hangs up while they are asked has had no conversation yet.
  expect(() =>
    fixtureOf({ ...call, lines: [{ v: first.v, seq: 1, atMs: 0, noted: asked.noted }], utterances: [] }),
  ).toThrow('a PIN is never kept')
})

test('a soft voice in a noisy room is saved as a fixture whose words are heard', async () => {
  const [due, , , , , list] = await speechOf('tasks')
  if (!due || !list) throw new Error('the fixture has no such utterances')
  const after = { after: 'agent-stopped', ms: 1_500 } as const
  const script = caller([
    { ...due, cue: after },
    { ...list, cue: after },
  ])
  const first = await rung(script, 1)
  const random = seeded(4)
  const room = decodeMulaw(first.record.legs.caller).map(sample => sample / 30 + (random() - 0.5) * 60)
  const legs = { ...first.record.legs, caller: encodeMulaw(room) }
  const again = await saved({ ...first, record: { ...first.record, legs } }, script.from)
  expect(again.utterances).toMatchObject([{ say: due.say }, { say: list.say }])
  expect(misses(await rung(again, 2), again.expect)).toEqual([])
})

test('a call that came back from a transfer has its second stream at its place', async () => {
  const [due] = await speechOf('tasks')
  if (!due) throw new Error('the fixture has no such utterance')
  const zero = { kind: 'keys', press: '0', cue: { after: 'agent-stopped', ms: 900 } } as const
  const back = { ...due, cue: { after: 'agent-stopped', ms: 3_000 } } as const
  const transfer = [{ TRANSFER_NUMBER: '+15557654321' }, { dialOutcome: 'busy' }] as const
  const script = caller([zero, back], { ms: 1_500 })
  const first = await rung(script, 1, ...transfer)
  expect(first.record.streams).toHaveLength(2)
  const again = await saved(first, script.from)
  expect(again.utterances).toMatchObject([{ press: '0' }, { say: due.say }])
  expect(again.expect.callerTurns?.at(-1)).toBe(due.say)
  expect(again.utterances.map(({ cue }) => cue.after)).toEqual(['agent-stopped', 'agent-stopped'])
  expect(misses(await rung(again, 2, ...transfer), again.expect)).toEqual([])
})

test.each([
  ...[
    { name: 'plain', seed: 1 },
    { name: 'thinks-aloud', seed: 2 },
    { name: 'backchannels', seed: 3 },
  ],
  ...[
    { name: 'corrects', seed: 4 },
    { name: 'bench-tools', seed: 5 },
    { name: 'bench-hesitant', seed: 6 },
  ],
])('the call "$name" is saved as a fixture, and comes to the same when it is rung again', async ({ name, seed }) => {
  const script = await loadNamedFixture(name)
  const again = await saved(await rung(script, seed), script.from)
  const second = await rung(again, seed + 10)
  expect(misses(second, again.expect)).toEqual([])
  const { agentSays = [], answeredTurns } = script.expect
  expect(misses(second, { agentSays, answeredTurns })).toEqual([])
})
