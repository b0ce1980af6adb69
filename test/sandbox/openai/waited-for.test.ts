import { expect, test } from 'vitest'
import { z } from 'zod'
import { answered } from '../../../src/sandbox/openai/answered.ts'
import type { ModelMessage } from '../../../src/sandbox/openai/scripted-model.ts'
import { calledFlow } from '../../flows/called.ts'
import { type Orders, pizzaFlow } from '../../flows/pizza-flow.ts'

test('the scripted model leads a caller through a flow, with a correction, to its end', async () => {
  const orders: Orders = []
  const pizza = pizzaFlow(orders)
  const { name, description, parameters } = pizza.tool
  const offered = [{ name, description, parameters: z.toJSONSchema(parameters, { io: 'input' }) }]
  const messages: ModelMessage[] = []
  const flow = calledFlow(pizza)

  /** What the caller hears after these words. */
  async function says(text: string): Promise<string> {
    messages.push({ role: 'user', content: text })
    const answer = answered(messages, offered)
    if (answer.kind === 'say') return answer.text
    const words = await flow.says({ ...answer.arguments })
    messages.push({ role: 'tool', content: flow.made.at(-1)?.result ?? '', tool: name })
    messages.push({ role: 'assistant', content: words })
    return words
  }

  expect(await says('I would like to order a pizza')).toBe('What size?')
  expect(await says('large please')).toBe('Large. Which toppings?')
  expect(await says('ham and olives')).toBe('Ham and olives. How many?')
  expect(await says('two')).toBe('2. Delivery or pick-up?')
  expect(await says('no, the size should be small')).toBe('Small. Delivery or pick-up?')
  expect(await says('pick-up')).toBe('Pick-up. On which name?')
  expect(await says('Anna Miller')).toBe('Anna Miller. An e-mail address for the receipt?')
  expect(await says('no thanks')).toBe('2 small pizza with ham and olives, for Anna Miller. Shall I order it?')
  expect(await says('yes please')).toBe('Your order is number 1.')
  expect(await says('thank you')).toMatch(/welcome/)
  expect(orders).toHaveLength(1)
})

test('who changes their mind leaves it', async () => {
  const pizza = pizzaFlow([])
  const { name, parameters } = pizza.tool
  const offered = [{ name, parameters: z.toJSONSchema(parameters, { io: 'input' }) }]
  const messages: ModelMessage[] = [
    { role: 'tool', content: 'Result of pizza_order: {"waits_for":"size"}', tool: name },
    { role: 'user', content: 'Forget it, I have changed my mind.' },
  ]
  expect(answered(messages, offered)).toEqual({ kind: 'call', name, arguments: { leave: true } })
})
