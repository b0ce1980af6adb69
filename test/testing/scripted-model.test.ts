import { expect, test } from 'vitest'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { takes } from '../../src/testing/testing.ts'
import { coreCall, toolsOf } from './core-call.ts'

const calls = (name: string, given: object = {}) => ({ kind: 'calls', name, arguments: given }) as const
const order = () => toolsOf({ order: ({ pizzas }) => ({ total: Number(pizzas) * 10 }) })

test('rules answer by the caller’s words, and by the tool that has run', async () => {
  const rules = [
    { when: /margherita/, answer: calls('order', { pizzas: 2 }) },
    {
      after: 'order',
      answer: ({ result }: { result: unknown }) => `That is ${(result as { total: number }).total} euros.`,
    },
    { when: /thank/g, answer: 'Gladly.' },
  ]
  const line = await coreCall(rules, { tools: order() })
  expect(await line.say('two margheritas please')).toBe('That is twenty euros.')
  line.expectTool('order', { pizzas: 2 })
  // A pattern with g remembers where it was: each look is a new one.
  expect(await line.say('thank you')).toBe('Gladly.')
  expect(await line.say('many thanks')).toBe('Gladly.')
  await line.hangUp()
})

test('where no rule fits, the test fails with the rules', async () => {
  const line = await coreCall([{ when: /margherita/, answer: calls('order', { pizzas: 2 }) }], { tools: order() })
  await expect(line.say('a cola')).rejects.toThrow(
    /No rule of the scripted model fits "a cola"\. The rules are:\n {2}when \/margherita\/\n\nThe call so far:/,
  )
  await line.hangUp()
  const other = await coreCall([{ when: /margherita/, answer: calls('order', { pizzas: 2 }) }], { tools: order() })
  await expect(other.say('a margherita')).rejects.toThrow(
    'No rule of the scripted model fits "a margherita" after the tool order.',
  )
  await other.hangUp()
})

test('what is missing for words with which the caller goes on fails nothing', async () => {
  const line = await coreCall([{ when: /person please$/, answer: 'There is nobody.' }])
  await line.say('I want to speak to a real person please')
  line.said('nobody')
  await line.hangUp()
})

test('a list that is too short fails the test', async () => {
  const line = await coreCall(['Yes.'])
  await line.say('are you open?')
  await expect(line.say('and on Sunday?')).rejects.toThrow(
    'has 1 answer, and was asked for one more, to "and on Sunday?"',
  )
  await expect(line.say('hello?')).rejects.toThrow('has 1 answer')
  await line.hangUp()
})

test('a tool that the agent does not have fails the test', async () => {
  const line = await coreCall([calls('ordr', { pizzas: 2 })], { tools: order() })
  await expect(line.say('two margheritas')).rejects.toThrow(
    'the tool ordr, which the agent does not have; it has: order.',
  )
  await line.hangUp()
})

test('words, tools and errors in a row, and late ones', async () => {
  const line = await coreCall(
    [
      ['One moment, please.', calls('order', { pizzas: 1 }), calls('order', { pizzas: 3 })],
      'Done.',
      takes(2_500, 'Now.'),
      new Error('no more tokens'),
    ],
    { tools: order() },
  )
  await line.say('one and three')
  line.said('One moment, please. Done.')
  line.expectTool('order', { pizzas: 3 })
  line.expectTool('order', { pizzas: 1 })
  line.expectNoTool()
  await line.say('and?')
  line.said('Hm. Now.')
  await line.say('and now?')
  line.said('Sorry, that went wrong.')
  expect(line.transcript).toContain('no more tokens')
  await line.hangUp()
})

test('rules and a list are not mixed', () => {
  expect(() => scriptedModel(['Yes.', { answer: 'No.' }] as never)).toThrow('not both')
})
