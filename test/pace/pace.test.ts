import { expect, test } from 'vitest'
import { agentFrom } from '../../src/agents/author/agent-from.ts'
import type { Agent } from '../../src/conversation/agent.ts'
import type { Delivers, Delivery } from '../../src/conversation/delivery.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { TextToSpeech } from '../../src/conversation/ports.ts'
import { CHANGE_SPEED, paceOfCall } from '../../src/pace/pace.ts'
import { undelivered } from '../../src/pace/undelivered.ts'
import { delivered } from '../../src/providers/speaking/delivered.ts'
import { toolCall } from '../fakes/model.ts'
import { FakeTools } from '../fakes/tools.ts'

async function agentNamed(name: string): Promise<Agent> {
  const agent = await agentFrom({ name, instructions: 'Be brief.', greeting: 'Hello.' }, 'en')
  if (!agent) throw new Error('no agent')
  return agent
}
const PIZZA = await agentNamed('pizza')
const CLINIC = await agentNamed('clinic')
const context = { callId: 'call-1', owner: '+1', agent: 'pizza', idempotencyKey: 'key', agreed: false }

function callOf(before: readonly JournalLine[] = [], can: readonly Delivers[] = ['speed'], speed?: number) {
  const pace = paceOfCall([{ ...PIZZA, delivery: { speed } }, CLINIC], before, {
    tools: new FakeTools(),
    speedByCaller: name => name === 'pizza',
    deliversOf: () => can,
  })
  const change = async (to: unknown, agent = 'pizza') => {
    const never = new AbortController().signal
    const outcome = await pace.tools.run(toolCall(CHANGE_SPEED, 'id', { to }), { ...context, agent }, never)
    return outcome.kind === 'done' ? outcome.text : outcome.question
  }
  return { pace, change, offered: pace.tools.specs.map(({ name, agents }) => [name, agents]) }
}

/** The journal of a call in which the tool has answered this. */
const answered = (...texts: readonly string[]): readonly JournalLine[] =>
  texts.flatMap((result, index) => {
    const at = { seq: index * 2, atMs: 0, reply: index, part: 0 }
    const call = toolCall(CHANGE_SPEED, `id-${index}`, { to: 'slower' })
    return [
      { seq: at.seq, atMs: 0, input: { kind: 'tool-called', atMs: 0, reply: index, part: 0, call } },
      {
        seq: at.seq + 1,
        atMs: 0,
        input: { kind: 'tool-result', atMs: 0, reply: index, part: 0, callId: call.id, result },
      },
    ] as JournalLine[]
  })

test('an agent whose voice is as slow as it can be cannot be slower, and can be faster by more', async () => {
  const { pace, change } = callOf([], ['speed'], 0.7)
  expect(await change('slower')).toMatch(/cannot be slower/)
  expect(pace.now()).toBe(1)
  for (let steps = 0; steps < 6; steps++) await change('faster')
  expect(pace.now()).toBe(2)
  expect(await change('faster')).toMatch(/cannot be faster/)
  const quick = callOf([], ['speed'], 1.4)
  expect(await quick.change('faster')).toMatch(/cannot be faster/)
})

test('a caller has the voice slower by steps, within bounds, and as usual again', async () => {
  const { pace, change, offered } = callOf()
  expect(offered).toEqual([[CHANGE_SPEED, ['pizza']]])
  expect(pace.now()).toBe(1)
  expect(await change('slower')).toMatch(/^You speak at 85 %/)
  expect(pace.now()).toBe(0.85)
  await change('slower')
  await change('slower')
  expect(pace.now()).toBe(0.7)
  expect(await change('slower')).toMatch(/cannot be slower/)
  await change('usual')
  expect(pace.now()).toBe(1)
  for (let i = 0; i < 5; i++) await change('faster')
  expect(pace.now()).toBe(1.4)
})

test('what is no speed, or comes from an agent that may not, changes nothing', async () => {
  const { pace, change } = callOf()
  for (const wrong of ['slow', 3, undefined, { to: 'slower' }]) expect(await change(wrong)).toMatch(/^Not changed/)
  expect(await change('slower', 'clinic').catch(String)).toContain('no tool named')
  expect(pace.now()).toBe(1)
})

test('a voice that cannot change its speed has no such tool, and its agent is named at the start', async () => {
  expect(callOf([], ['manner']).offered).toEqual([])
  const wanting = [
    { ...PIZZA, delivery: { speed: 0.9 } },
    { ...CLINIC, expressive: true },
    { ...PIZZA, delivery: { speed: 0.9 } },
    await agentNamed('plain'),
    { ...(await agentNamed('family')), tellsSpeakers: true },
  ]
  expect(undelivered(wanting, name => name === 'clinic', { deliversOf: () => [], tellsSpeakers: false })).toEqual([
    'the voice of the agent pizza cannot change its speed: that is left out',
    'the voice of the agent clinic cannot change its speed and manner: that is left out',
    'the ears cannot tell who speaks, as the agent family wants: that is left out',
  ])
  expect(undelivered(wanting, () => true, { deliversOf: () => ['speed', 'manner'], tellsSpeakers: true })).toEqual([])
})

test('a call that goes on at another server has the speed that it had, whatever its words say', () => {
  const to = (...texts: readonly string[]) => callOf(answered(...texts)).pace.now()
  expect(to('You speak at 85 % of your usual speed from here on.', 'Stopped: the caller spoke.')).toBe(0.85)
  expect(to('You speak at 85 % of', 'You speak at 100 % of')).toBe(1)
  expect(to('You speak at 900 % of')).toBe(2)
  expect(to()).toBe(1)
})

test('what is remembered of a caller holds until they want something else in this call', async () => {
  const { pace, change } = callOf()
  pace.liked('slower')
  expect(pace.now()).toBe(0.85)
  await change('usual')
  pace.liked('faster')
  expect(pace.now()).toBe(1)
  const other = callOf().pace
  other.liked('faster')
  expect(other.now()).toBe(1.15)
  other.liked(undefined)
  expect(other.now()).toBe(1)
})

test('a voice is asked for its agent’s speed times the call’s, within bounds, and for nothing where all is as usual', async () => {
  const asked: (Delivery | undefined)[] = []
  const voice: TextToSpeech = {
    async *speak(_text, _signal, _of, how) {
      asked.push(how && { speed: how.speed, manner: how.manner })
      yield* []
    },
  }
  async function* none(): AsyncGenerator<string> {
    yield* []
  }
  const say = (own: Delivery, pace: number, how?: Delivery) =>
    Array.fromAsync(delivered(voice, own, () => pace).speak(none(), new AbortController().signal, undefined, how))
  await say({}, 1)
  await say({ speed: 0.9 }, 0.85)
  await say({ speed: 0.7, manner: 'calm' }, 0.7)
  await say({ manner: 'calm' }, 1, { manner: 'sad' })
  expect(asked).toEqual([
    { speed: undefined, manner: undefined },
    { speed: 0.77, manner: undefined },
    { speed: 0.7, manner: 'calm' },
    { speed: undefined, manner: 'sad' },
  ])
})
