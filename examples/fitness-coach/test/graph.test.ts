import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeListChatModel, FakeStreamingChatModel } from '@langchain/core/utils/testing'
import { call, calls, scripted } from 'partyline/testing'
import { fitnessCoach } from '../coach.ts'
import { graphOf } from '../graph.ts'

const ANNA = { name: 'Anna', goal: 'stronger muscles', plan: ['ten squats', 'a run'], injuries: ['left knee'] }
const never = new AbortController().signal

test('one specialist is chosen, and their answer is what the caller hears', async () => {
  const specialist = graphOf(new FakeListChatModel({ responses: ['Physio.', 'Leave out the squats for a week.'] }))
  const model = scripted([
    { after: 'ask_specialist_agent', answer: ({ result }) => `The specialists say: ${result}` },
    { when: /knee/i, answer: ({ words }) => calls('ask_specialist_agent', { question: words }) },
  ])
  const line = await call(fitnessCoach({ memberOf: async () => ANNA, specialist, log: { add: () => undefined } }), { model })
  await line.say('My knee hurts.')
  line.expectTool('ask_specialist_agent')
  line.said('Leave out the squats for a week.')
  await line.hangUp()
})

test('a model that chooses nobody asks the trainer, and one that never ends is cut', async () => {
  const specialist = graphOf(new FakeListChatModel({ responses: ['I would rather not say.', 'word '.repeat(1_000)] }))
  assert.equal((await specialist.ask('How often?', ANNA, never)).length, 400)
})

test('a caller who speaks cancels the graph, and what the model throws is thrown', async () => {
  const stop = new AbortController()
  const slow = graphOf(new FakeListChatModel({ responses: ['training'], sleep: 1e6 }))
  const asked = slow.ask('How often?', ANNA, stop.signal)
  stop.abort(new Error('the caller speaks'))
  await assert.rejects(asked)
  const broken = graphOf(new FakeStreamingChatModel({ thrownErrorString: 'quota' }))
  await assert.rejects(broken.ask('How often?', ANNA, never), /quota/)
})
