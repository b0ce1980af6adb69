import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'
import { spokenMs } from '../../fakes/text-to-speech.ts'

async function ask(call: TestCall): Promise<void> {
  await call.greeted()
  await call.callerSays('what is next')
  await call.until('replying')
}

const slow =
  (call: TestCall, ms: number, result: string) =>
  async (_: unknown, signal: AbortSignal): Promise<string> => {
    await call.clock.sleep(ms, signal)
    return result
  }
const ready = (result: string) => async (): Promise<string> => result

test('the history has the words before a tool, the tool, and the words after it, in this order', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, slow(call, 300, 'eggs'))
    call.model.scripts.push(['Let me see. ', { tool: toolCall('list') }], ['You need eggs.'])
    await ask(call)
    await call.until('listening')
    expect(call.told().slice(1)).toEqual([
      'caller: what is next',
      'agent: Let me see.',
      'tool list: eggs',
      'agent: You need eggs.',
    ])
    expect(call.model.asked[1]?.history.slice(2)).toEqual([
      { role: 'agent', text: 'Let me see. ', interrupted: false },
      { role: 'tool', call: toolCall('list'), result: 'eggs' },
    ])
    expect(call.heard().slice(1)).toEqual(['Let me see.', 'You need eggs.'])
  }))

test('the tool gets the owner and an idempotency key from the server', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, ready('eggs'))
    call.model.scripts.push([{ tool: toolCall('list', 'a') }, { tool: toolCall('list', 'b') }], ['Eggs.'])
    await ask(call)
    await call.until('listening')
    const contexts = call.tools.runs.map(run => run.context)
    expect(contexts).toMatchObject([
      { callId: 'call-7', owner: 'ann', agent: 'Paula' },
      { callId: 'call-7', owner: 'ann', agent: 'Paula' },
    ])
    expect(new Set(contexts.map(context => context.idempotencyKey)).size).toBe(2)
  }))

test('tools keep their own results, although the model uses the same ids in the next part', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, ready('eggs'))
    call.tools.add('when', false, ready('noon'))
    call.model.scripts.push([{ tool: toolCall('list', '0') }], [{ tool: toolCall('when', '0') }], ['Eggs at noon.'])
    await ask(call)
    await call.until('listening')
    expect(call.told().slice(2)).toEqual(['tool list: eggs', 'tool when: noon', 'agent: Eggs at noon.'])
  }))

test('words before a tool that are heard after its result are not dead air', () =>
  onTheLine({}, async call => {
    const filler = 'I am going to look at each and every one of your many lists, which will take me quite some time. '
    expect(spokenMs(filler)).toBeGreaterThan(4_500)
    call.tools.add('list', false, slow(call, 200, 'eggs'))
    call.model.scripts.push([filler, { tool: toolCall('list') }], ['You need eggs.'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('You need eggs.')
  }))

test('there is no dead air while a tool runs', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, slow(call, 6_000, 'eggs'))
    call.model.scripts.push([{ tool: toolCall('list') }], ['You need eggs.'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('You need eggs.')
  }))

test('there is no dead air while the second of two tools still runs', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, slow(call, 100, 'eggs'))
    call.tools.add('when', false, slow(call, 6_000, 'noon'))
    call.model.scripts.push([{ tool: toolCall('list', 'a') }, { tool: toolCall('when', 'b') }], ['Eggs at noon.'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Eggs at noon.')
  }))

test('after a quick tool a model that stalls is dead air', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, ready('eggs'))
    call.model.scripts.push([{ tool: toolCall('list') }], ['stall'])
    await ask(call)
    await call.pass(6_000)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
  }))

test('a tool that only reads stops with the turn', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, slow(call, 3_000, 'eggs'))
    call.model.scripts.push(['Let me see. ', { tool: toolCall('list') }])
    await ask(call)
    await call.pass(1_000)
    expect(call.tools.running).toBe(1)
    await call.callerSays('never mind')
    expect(call.tools.running).toBe(0)
    await call.pass(4_000)
    expect(call.told()).toContain('tool list: Stopped: the caller spoke. Call it again if it is still wanted.')
  }))

test('a tool that changes something goes on after a barge-in, runs once, and its result has its place', () =>
  onTheLine({}, async call => {
    call.tools.add('add', true, slow(call, 3_000, 'added'))
    call.model.scripts.push(['I am adding it to your list of things to buy. ', { tool: toolCall('add') }], ['Gladly.'])
    await ask(call)
    await call.pass(700)
    await call.callerSays('thank you')
    await call.until('replying')
    expect(call.tools.running).toBe(1)
    expect(call.told().slice(3)).toEqual(['tool add: …', 'caller: thank you'])
    await call.until('listening')
    await call.pass(3_000)
    expect(call.told().slice(1)).toEqual([
      'caller: what is next',
      expect.stringMatching(/^agent: I am adding .* —$/),
      'tool add: added',
      'caller: thank you',
      'agent: Gladly.',
    ])
    expect(call.tools.runs).toHaveLength(1)
  }))

test('a tool that changes something finishes after the caller has hung up', () =>
  onTheLine({}, async call => {
    call.tools.add('add', true, slow(call, 3_000, 'added'))
    call.model.scripts.push([{ tool: toolCall('add') }])
    await ask(call)
    await call.pass(100)
    await call.hangsUp()
    expect(call.channel.closed).toEqual(['hang-up'])
    expect(call.ended.state).toBeUndefined()
    await call.pass(3_000)
    expect(call.ended.state).toBeDefined()
    expect(call.told().at(-1)).toBe('tool add: added')
  }))

test('a tool does not start when the caller goes on at the moment of its call', () =>
  onTheLine({}, async call => {
    call.tools.add('add', true, ready('added'))
    call.model.scripts.push([{ afterMs: 300 }, { tool: toolCall('add') }], ['Gladly.'])
    await ask(call)
    await call.pass(299)
    await call.speechStart()
    await call.pass(10)
    expect(call.tools.runs).toEqual([])
    expect(call.told()).toHaveLength(1)
  }))

test('speech while a tool runs is judged as speech over the agent', () =>
  onTheLine({}, async call => {
    call.tools.add('add', true, slow(call, 2_000, 'added'))
    call.model.scripts.push([{ tool: toolCall('add') }], ['Added.'])
    await ask(call)
    await call.pass(200)
    await call.callerCoughs(150)
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'tool add: added', 'agent: Added.'])
    expect(call.tools.runs).toHaveLength(1)
  }))

test.each([
  { journal: 'cannot be written', commitError: new Error('disk full'), commitMs: 0 },
  { journal: 'is written too slowly', commitError: undefined, commitMs: 1_001 },
])('a change is refused in words when the journal $journal', ({ commitError, commitMs }) =>
  onTheLine({}, async call => {
    call.tools.add('add', true, ready('added'))
    call.model.scripts.push([{ tool: toolCall('add') }], ['That could not be done.'])
    await call.greeted()
    call.journal.commitError = commitError
    call.journal.commitMs = commitMs
    await call.callerSays('add eggs')
    await call.until('replying')
    await call.until('listening')
    expect(call.tools.runs).toEqual([])
    expect(call.model.asked[1]?.history.at(-1)).toMatchObject({ result: expect.stringContaining('Not done') })
    expect(call.decisions('tool-refused')).toHaveLength(1)
    expect(call.heard().at(-1)).toBe('That could not be done.')
  }),
)

test('a change is made after its call is in the journal', () =>
  onTheLine({}, async call => {
    call.tools.add('add', true, ready('added'))
    call.model.scripts.push([{ tool: toolCall('add') }], ['Added.'])
    await call.greeted()
    call.journal.commitMs = 900
    await call.callerSays('add eggs')
    await call.until('replying')
    await call.pass(899)
    expect(call.tools.runs).toEqual([])
    await call.pass(1)
    expect(call.tools.runs).toHaveLength(1)
    await call.until('listening')
  }))

test.each([
  { changes: false, told: 'does not work just now' },
  { changes: true, told: 'not known whether add was done' },
])('a tool that hangs is stopped after eight seconds, and the model is told (changes: $changes)', ({ changes, told }) =>
  onTheLine({}, async call => {
    call.tools.add('add', changes, slow(call, 1e9, 'never'))
    call.model.scripts.push([{ tool: toolCall('add') }], ['That does not work.'])
    await ask(call)
    await call.pass(8_000)
    expect(call.tools.running).toBe(0)
    expect(call.model.asked[1]?.history.at(-1)).toMatchObject({ result: expect.stringContaining(told) })
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('That does not work.')
  }),
)

test('the model is told that a tool does not exist, and the call goes on', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([{ tool: toolCall('fly') }], ['I cannot fly.'])
    await ask(call)
    await call.until('listening')
    expect(call.model.asked[1]?.history.at(-1)).toMatchObject({ result: expect.stringContaining('fly') })
    expect(call.heard().at(-1)).toBe('I cannot fly.')
  }))

test('a model that calls tools for ever is stopped, and the caller hears an apology', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, ready('eggs'))
    for (let count = 0; count < 20; count++) call.model.scripts.push([{ tool: toolCall('list', `call-${count}`) }])
    await ask(call)
    await call.until('listening')
    expect(call.model.asked.length).toBeLessThan(10)
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
  }))

test('a part without words is dead air', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, slow(call, 500, 'eggs'))
    call.model.scripts.push([{ tool: toolCall('list') }], ['Eggs.'])
    await ask(call)
    await call.pass(300)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { sounding: false, acted: true } })
  }))
