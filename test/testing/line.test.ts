import { AssertionError } from 'node:assert'
import { expect, test } from 'vitest'
import { english } from '../../src/languages/english.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Line } from '../../src/testing/line.ts'
import { takes } from '../../src/testing/testing.ts'
import { coreCall, toolsOf } from './core-call.ts'

const calls = (name: string, given: object = {}) => ({ kind: 'calls', name, arguments: given }) as const

/** The message of the error that this throws, which every test runner must show as a failed assertion. */
async function failureOf(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError)
    return (error as Error).message
  }
  throw new Error('it did not fail')
}

const replaysExactly = (line: Line): void => {
  const { differences, notes, decisions } = replayExactly(line.journal, { languageOf: () => english })
  expect({ differences, notes }).toEqual({ differences: [], notes: [] })
  expect(decisions).toBeGreaterThan(3)
}

test('a caller speaks, hears the answer, and hangs up', async () => {
  const line = await coreCall(['Two margheritas. Anything else?', 'That is twenty euros in total.'])
  expect(line.lastWords).toBe('Hello, this is Paula.')
  expect(await line.say('two margheritas please')).toBe('Two margheritas. Anything else?')
  await line.say("no, that's all")
  line.said(/total/)
  line.said('TWENTY EUROS')
  line.didNotSay(/margherita/)
  line.expectNoTool()
  await line.hangUp()
  line.expectEnd()
  expect(line.transcript).toMatch(/^ +\d+\.\d s {2}Caller: two margheritas please$/m)
  replaysExactly(line)
})

test('a tool runs, and is expected once', async () => {
  const ran: unknown[] = []
  const tools = toolsOf({ order: given => ran.push(given) && { total: 20 } })
  const line = await coreCall([calls('order', { pizzas: 2, to: 'go' }), 'That is twenty euros.'], { tools })
  await line.say('two margheritas please')
  expect(ran).toEqual([{ pizzas: 2, to: 'go' }])
  expect(line.expectTool('order', { pizzas: 2 }).result).toBe('{"total":20}')
  line.expectNoTool()
  const again = await failureOf(() => line.expectTool('order', { pizzas: 2 }))
  expect(again).toContain('{ pizzas: 2 }')
  expect(again).toContain('order { pizzas: 2, to: "go" } (expected already)')
  expect(again).toContain('Caller: two margheritas please')
  await line.hangUp()
  replaysExactly(line)
})

test('who interrupts has heard what was played until then, and no more', async () => {
  const answer = 'Two margheritas, with extra cheese, and that makes twenty euros in total.'
  const line = await coreCall([answer, 'Three then.'])
  await line.say('two margheritas please', { until: 'speaking' })
  const heard = await line.interrupt('no, three', { afterWords: 3 })
  expect(answer.startsWith(heard)).toBe(true)
  expect(heard.split(' ').length).toBeGreaterThanOrEqual(3)
  expect(heard).not.toContain('total')
  expect(line.lastWords).toBe('Three then.')
  expect(line.transcript).toContain(`Agent:  ${heard} —`)
  await line.hangUp()
  replaysExactly(line)
})

test('nobody can interrupt an agent that does not speak, or says less', async () => {
  const line = await coreCall(['Yes.', 'Yes.'])
  expect(await failureOf(() => line.interrupt('no'))).toContain('does not speak now')
  await line.say('are you open?', { until: 'speaking' })
  expect(await failureOf(() => line.interrupt('no', { afterWords: 9 }))).toContain('after 9 words, but it said only 1')
})

test('a cough stops nobody', async () => {
  const line = await coreCall(['We are open from nine to five on all days of the week.'])
  await line.say('are you open?', { until: 'speaking' })
  await line.noise(200)
  expect(line.transcript).toContain('Agent:  We are open from nine to five on all days of the week.')
  await line.hangUp()
})

test('keys, typed words and silence', async () => {
  const line = await coreCall([
    { when: /pressed 1/, answer: 'You pressed one.' },
    { when: /typed/, answer: 'I have read it.' },
  ])
  await line.press('1')
  line.said('You pressed one.')
  await line.say('this is typed', { typed: true })
  line.said('I have read it.')
  await line.silence(10_000)
  line.said(/still there/)
  await expect(line.press('one')).rejects.toThrow('no keys for "one"')
  await expect(line.say(' ')).rejects.toThrow('there are no words')
  await line.hangUp()
})

test('the agent hangs up after a goodbye; nobody hears the caller then', async () => {
  const line = await coreCall(['You are welcome. Goodbye!'])
  await line.say('goodbye')
  line.expectEnd('hang-up')
  expect(await failureOf(() => line.say('hello?'))).toContain('The call is over')
  await line.hangUp()
})

test('a person is asked for: the call is transferred', async () => {
  const line = await coreCall([], { policy: { canTransfer: true } })
  await line.say('I want to speak to a real person')
  line.expectEnd('transfer')
  expect(await failureOf(() => line.expectEnd('hang-up'))).toContain('ended with transfer')
  await line.hangUp()
})

test('a failure says what was expected, what happened, and the call so far', async () => {
  const line = await coreCall(['Two margheritas.'])
  await line.say('two margheritas please')
  const message = await failureOf(() => line.said(/total/))
  expect(message).toContain('expected to say /total/')
  expect(message).toContain('It said: "Two margheritas."')
  expect(message).toMatch(
    /The call so far:\n +0\.\d s {2}Agent: {2}Hello, this is Paula\.\n +\d\.\d s {2}Caller: two margheritas please/,
  )
  expect(await failureOf(() => line.didNotSay('margheritas'))).toContain('expected not to say "margheritas"')
  expect(await failureOf(() => line.expectTool('order'))).toContain('It has run none.')
  expect(await failureOf(() => line.expectEnd())).toContain('goes on')
})

test('an agent that never answers fails within the time of the call, which takes no time', async () => {
  const line = await coreCall([takes(1e9, 'Hello.')])
  // The caller is told that something went wrong. Nobody waits for the answer itself for ever.
  await line.say('are you open?')
  expect(await failureOf(() => line.said(/nine/))).toContain('Sorry, that went wrong.')
  await line.hangUp()
})

test('an agent that talks on and on fails, and does not hang', async () => {
  const line = await coreCall([calls('wait'), 'Done.'], { tools: toolsOf({ wait: () => 1 }), policy: { idleMs: 1e7 } })
  // 3,000 letters are the most of an answer, which take longer than anybody listens.
  const long = await coreCall([`${'and another thing '.repeat(200)}.`])
  expect(await failureOf(() => long.say('tell me all'))).toMatch(/has not come to listen again within 120 s/)
  await long.hangUp()
  await line.hangUp().catch(() => undefined)
})

test('what is not awaited is noticed', async () => {
  const line = await coreCall(['Yes.'])
  const saying = line.say('are you open?')
  expect(await failureOf(() => line.said(/yes/i))).toContain('await line.say(…) first')
  expect(await failureOf(() => line.say('hello'))).toContain('await line.say(…) first')
  await saying
  line.said(/yes/i)
  await line.hangUp()
})

test('an answer that nobody asked for fails the test, unless it has failed already', async () => {
  const line = await coreCall(['Yes.', calls('order', { pizzas: 2 })], { tools: toolsOf({ order: () => 1 }) })
  await line.say('are you open?')
  expect(await failureOf(() => line.hangUp())).toContain(
    "never asked for its last answers: calls('order', { pizzas: 2 })",
  )
  const failed = await coreCall(['Yes.', 'No.'])
  await failed.say('are you open?')
  expect(await failureOf(() => failed.said(/no/))).toContain('/no/')
  await failed.hangUp()
})

test('calls share nothing, and are held beside each other', async () => {
  const model = ['One.', 'Two.', 'Three.']
  const lines = await Promise.all(Array.from({ length: 8 }, () => coreCall(model)))
  const said = await Promise.all(
    lines.map(async line => [await line.say('one more'), await line.say('one more'), await line.say('and one more')]),
  )
  expect(said).toEqual(Array.from({ length: 8 }, () => model))
  await Promise.all(lines.map(line => line.hangUp()))
  expect(new Set(lines.map(line => JSON.stringify(line.journal))).size).toBe(1)
})

test('the caller goes on before the answer comes: the answer of the list is the same', async () => {
  const line = await coreCall(['Two margheritas and a cola.', 'Good.'])
  await line.say('two margheritas', { until: 'speaking' })
  await line.interrupt('and a cola please', { afterWords: 1 })
  line.said('Good.')
  await line.hangUp()
  replaysExactly(line)
})

test('a test that is given up ends its call', async () => {
  const stop = new AbortController()
  const line = await coreCall(['Yes.'], { signal: stop.signal })
  stop.abort(new Error('the test took too long'))
  await expect(line.say('are you open?')).rejects.toThrow('the test took too long')
  await line.hangUp()
  expect(line.isOver).toBe(true)
})

test('await using hangs up, and checks nothing', async () => {
  const line = await coreCall(['Yes.', 'No.'])
  await line[Symbol.asyncDispose]()
  line.expectEnd()
  await line[Symbol.asyncDispose]()
})
