import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { call, calls, replay, save, scripted } from 'partyline/testing'
import { type CoachParts, fitnessCoach } from '../coach.ts'
import { type Member, specialists } from '../specialists.ts'

const CALL = fileURLToPath(new URL('call', import.meta.url))
const ANNA: Member = { name: 'Anna', goal: 'stronger muscles', plan: ['ten squats', 'a run'], injuries: ['left knee'] }

/** What a model makes of this caller, without one. */
const model = scripted([
  { after: 'ask_specialist_agent', answer: ({ result }) => `The specialists say: ${result}` },
  { after: 'todays_plan', answer: 'I do not know your number, so I have no plan for you.' },
  { when: /plan/i, answer: calls('todays_plan') },
  { when: /ran|cycled/i, answer: calls('log_workout', { exercise: 'running', minutes: 30 }) },
  { when: /knee|eat/i, answer: ({ words }) => calls('ask_specialist_agent', { question: words }) },
  { when: /bye/i, answer: 'Keep going. Goodbye!' },
])

function opened(parts: Partial<CoachParts> = {}) {
  const logged: { readonly key: string; readonly data: unknown }[] = []
  const log = { add: (entry: (typeof logged)[number]) => void logged.push(entry) }
  return { logged, agent: fitnessCoach({ memberOf: async () => ANNA, specialist: specialists, log, ...parts }) }
}

test('the plan is there at once, a workout is written down once, and a pain goes to the specialists', async () => {
  const { agent, logged } = opened()
  const line = await call(agent, { model })
  await line.say('What is my plan today?')
  line.said('Today it is ten squats and a run.')
  line.expectTool('todays_plan')
  await line.say('I ran for half an hour.')
  line.said(/30 minutes of running|thirty minutes of running/)
  line.expectTool('log_workout', { minutes: 30 })
  assert.equal(logged.length, 1)
  assert.notEqual(logged[0]?.key, '')
  await line.say('My knee hurts.')
  line.expectTool('ask_specialist_agent')
  line.said(/left knee.*physiotherapist/)
  await line.say('Bye.')
  await line.hangUp()
  if (process.env.RECORD) await save(line, CALL)
})

test('a stranger is told plainly that there is no plan', async () => {
  const { agent } = opened({ memberOf: async () => undefined })
  const line = await call(agent, { model })
  await line.say('What is my plan today?')
  line.expectTool('todays_plan')
  line.said('no plan for you')
  line.didNotSay('ten squats')
  await line.hangUp()
})

test('a specialist who takes too long is cancelled when the call is over', async () => {
  let isCancelled = false
  const slow = {
    ask: (_question: string, _member: Member, signal: AbortSignal) =>
      setTimeout(600_000, 'late', { signal }).catch(error => {
        isCancelled = true
        throw error
      }),
  }
  const controller = new AbortController()
  const asked = slow.ask('x', ANNA, controller.signal).catch(() => 'cancelled')
  controller.abort()
  assert.equal(await asked, 'cancelled')
  assert.ok(isCancelled)
})

test('the recorded call goes the same way today', () => replay(CALL))
