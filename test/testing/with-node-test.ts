import assert from 'node:assert'
import { test } from 'node:test'
import { call, scripted } from '../../src/testing/testing.ts'
import { pizzaLine } from './pizza.ts'

// Run by test/testing/runners.test.ts, with Node's own runner: the second of these fails, and nobody hangs up.

const alone = { ...pizzaLine().pizza, handOffs: [] }

test('passes', async () => {
  const line = await call(alone, { model: scripted(['Two margheritas.']) })
  await line.say('two margheritas please')
  line.said(/two/i)
  assert.equal(line.lastWords, 'Two margheritas.')
})

test('fails', async () => {
  const line = await call(alone, { model: scripted(['Two margheritas.']) })
  await line.say('two margheritas please')
  line.said(/total/)
})

test('has timers of its own', async t => {
  t.mock.timers.enable()
  const line = await call(alone, { model: scripted(['Two margheritas.']) })
  await line.say('two margheritas please')
  line.said(/two/i)
})
