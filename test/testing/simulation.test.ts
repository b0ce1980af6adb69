import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hearingOf, type Persona } from '../../src/testing/persona.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { SimulationError, type SimulationParts, simulated } from '../../src/testing/simulation.ts'
import { coreCall, toolsOf } from './core-call.ts'

const ADA: Persona = {
  who: 'Ada, in a hurry',
  goal: 'order two margheritas and hear the price',
  steps: ['two margheritas please', { when: /how many/i, say: 'three then' }, 'how much is it?', 'thank you, goodbye'],
}
const AGENT = [
  { when: /margherita/, answer: { kind: 'calls', name: 'order', arguments: { pizzas: 2 } } as const },
  { after: 'order', answer: 'Two margheritas. Anything else?' },
  { when: /how much/i, answer: 'That is twenty euros.' },
  { when: /goodbye/, answer: 'Goodbye!' },
]
const CRITERIA = [
  { what: 'it tells the price', said: /twenty euros/ },
  { what: 'it orders', ran: 'order' },
]

const parts = (more: Partial<SimulationParts> = {}): SimulationParts => ({
  ...{ name: 'pizza', personas: [ADA], each: 1, seed: 1, criteria: CRITERIA, player: undefined, judge: undefined },
  ...{ passRate: 1, junit: undefined, signal: new AbortController().signal },
  openLine: (persona, seed) =>
    coreCall(AGENT, { tools: toolsOf({ order: () => ({ total: 20 }) }), heardAs: hearingOf(persona, seed).heardAs }),
  ...more,
})

async function failureOf(work: Promise<unknown>): Promise<SimulationError> {
  const error = await work.catch(caught => caught)
  expect(error).toBeInstanceOf(SimulationError)
  return error as SimulationError
}

test('callers who say their steps, beside each other', async () => {
  const report = await simulated(parts({ personas: [ADA, { ...ADA, who: 'Bo' }], each: 3 }))
  expect(report.passRate).toBe(1)
  expect(report.calls.map(({ name }) => name)).toEqual(
    [1, 2, 3].map(i => `Ada, in a hurry (${i})`).concat([1, 2, 3].map(i => `Bo (${i})`)),
  )
  expect(report.calls[0]?.transcript).toContain('Agent:  That is twenty euros.')
  expect(report.calls[0]?.verdict?.reasons).toEqual(
    CRITERIA.map(({ what }) => ({ what, passed: true, why: 'by its patterns' })),
  )
})

test('a caller who does not get what they want fails, with the call, and as JUnit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulation-'))
  const junit = join(folder, 'junit.xml')
  try {
    const criteria = [...CRITERIA, { what: 'it never says goodbye', notSaid: /goodbye/i }, 'it is polite']
    const error = await failureOf(simulated(parts({ criteria, junit })))
    expect(error.message).toContain('0 of 1 calls passed')
    expect(error.message).toContain('it never says goodbye: the agent said "Goodbye!", which has /goodbye/i')
    expect(error.message).toContain('it is polite: it was not judged')
    expect(error.message).toContain('Caller: two margheritas please')
    const xml = await readFile(junit, 'utf8')
    expect(xml).toContain('<testsuite name="pizza" tests="1" failures="1"')
    expect(xml).toContain('<testcase classname="pizza" name="Ada, in a hurry"')
    expect(xml).toContain('<failure message="it never says goodbye: the agent said &quot;Goodbye!&quot;')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('one call that breaks breaks no other, and some may fail where the test says so', async () => {
  let opened = 0
  const openLine: SimulationParts['openLine'] = (persona, seed) =>
    opened++ === 0 ? Promise.reject(new Error('no line')) : parts().openLine(persona, seed)
  const error = await failureOf(simulated(parts({ each: 4, openLine })))
  expect(error.message).toContain('3 of 4 calls passed')
  expect(error.report.calls.map(({ passed }) => passed)).toEqual([false, true, true, true])
  opened = 0
  expect((await simulated(parts({ each: 4, openLine, passRate: 0.75 }))).passRate).toBe(0.75)
})

test('a caller gives up after some turns, and one whose call ends too early says so', async () => {
  const agent = [{ when: /./, answer: 'What do you mean?' }]
  const many = Array.from({ length: 9 }, (_, i) => `well, number ${i}`)
  const openLine = () => coreCall(agent)
  const short = { ...ADA, patience: 'short', steps: many } as const
  const error = await failureOf(simulated(parts({ personas: [short], openLine, criteria: [] })))
  expect(error.message).toContain('the caller gave up after 8 turns')
  const early = { ...ADA, steps: ['goodbye', 'one more thing'] }
  expect((await failureOf(simulated(parts({ personas: [early], criteria: [] })))).message).toContain(
    'the call ended before the caller had said: one more thing',
  )
})

test('who has little patience talks over long answers', async () => {
  const long =
    'We have margherita, with cheese and tomato, and funghi, with mushrooms, and salami, and many more of them.'
  const persona = { ...ADA, patience: 'short', steps: ['what do you have?', 'a margherita then', 'goodbye'] } as const
  const agent = [
    { when: /have/, answer: long },
    { when: /margherita/, answer: 'Gladly.' },
    { when: /goodbye/, answer: 'Goodbye!' },
  ]
  const { calls } = await simulated(parts({ personas: [persona], criteria: [], openLine: () => coreCall(agent) }))
  expect(calls[0]?.transcript).toMatch(/Agent: {2}We have margherita.* —\n.*Caller: a margherita then/)
})

test('a model plays the caller, and another one judges', async () => {
  const player = scriptedModel(['Two margheritas *please*.', 'How much is it?', 'Thanks! [done]'])
  const judge = scriptedModel(['1. pass: it said "twenty euros"\n2 fail - it was curt'])
  const criteria = ['it tells the price', 'it is polite']
  const error = await failureOf(simulated(parts({ player, judge, criteria })))
  expect(error.message).toContain('- it is polite: it was curt')
  expect(error.report.calls[0]?.transcript).toContain('Caller: Two margheritas please.')
  expect(error.report.calls[0]?.verdict?.reasons[0]).toMatchObject({ passed: true, why: 'it said "twenty euros"' })
  const gone = scriptedModel(['[given up: nobody understands me]'])
  expect((await failureOf(simulated(parts({ player: gone, criteria: [] })))).message).toContain(
    'the caller gave up: nobody understands me',
  )
})

test('what a judge does not say has not passed, nor what a player does not say', async () => {
  const judge = scriptedModel(['I think that it went well.'])
  expect((await failureOf(simulated(parts({ judge, criteria: ['it is polite'] })))).message).toContain(
    'the judge said nothing of it',
  )
  const silent = scriptedModel([''])
  expect((await failureOf(simulated(parts({ player: silent })))).message).toContain('the model said nothing')
  const none = { ...ADA, steps: [] }
  expect((await failureOf(simulated(parts({ personas: [none] })))).message).toContain(
    'has no steps, and no model plays them',
  )
  await expect(simulated(parts({ personas: [] }))).rejects.toThrow('there is no caller')
})

test('an accent and noise change what the agent hears; the same seed hears the same', async () => {
  const { heardAs } = hearingOf({ accent: { three: 'tree' } }, 1)
  expect(['Three', 'three,', '(three)', 'threes'].map(heardAs)).toEqual(['tree', 'tree,', '(tree)', 'threes'])
  const words = Array.from({ length: 400 }, (_, i) => `w${i}`)
  const missed = (seed: number) => words.filter(word => hearing(seed)(word) === undefined)
  const hearings = new Map<number, (word: string) => string | undefined>()
  const hearing = (seed: number) => {
    const known = hearings.get(seed) ?? hearingOf({ noise: 1 }, seed).heardAs
    hearings.set(seed, known)
    return known
  }
  expect(missed(1).length).toBeGreaterThan(60)
  expect(missed(1).length).toBeLessThan(140)
  const loud = { ...ADA, noise: 0.8 }
  const run = async () => (await simulated(parts({ personas: [loud], criteria: [], passRate: 0 }))).calls[0]?.transcript
  expect(await run()).toBe(await run())
  await expect(simulated(parts({ personas: [{ ...ADA, noise: 2 }] }))).rejects.toThrow(
    'noise is between 0 and 1, not 2',
  )
})

test('callers who are given up end', async () => {
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await expect(simulated(parts({ signal: stop.signal }))).rejects.toThrow('enough')
})
