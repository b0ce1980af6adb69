import { expect, test } from 'vitest'
import type { AgentDefinition } from '../../../src/agents/author/agent.ts'
import { agentLife } from '../../../src/agents/author/life.ts'
import type { JournalLine, Line } from '../../../src/conversation/lines.ts'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { POLICY } from '../../fakes/call.ts'
import { FakeClock } from '../../fakes/clock.ts'

const CALL = { callId: 'CA1', owner: '+15550001', channel: 'phone' }
const AGENT = { name: 'paula', instructions: 'x', greeting: 'Hello.' }

function lived(agents: readonly Partial<AgentDefinition>[]) {
  const clock = new FakeClock()
  const warned: string[] = []
  const log = { info: () => undefined, warn: (_fields: object, message: string) => void warned.push(message) }
  const life = agentLife(
    agents.map(parts => ({ ...AGENT, ...parts })),
    CALL,
    { clock, log },
  )
  const take = (line: Line) => life.take({ v: 2, seq: 1, atMs: 0, ...line } as JournalLine)
  return {
    ...{ clock, warned, life },
    begins(agent: string, handedTo?: string) {
      const turn = begin(POLICY, 0)
      const handedOff = handedTo && ({ agent: handedTo, reply: 3, part: 0, history: 'whole' } as const)
      const context = handedOff ? { ...turn.context, handedOff } : turn.context
      const about = { callId: 'CA1', agent, channel: 'phone', language: 'en', wallTime: '', policy: POLICY }
      take({ started: { kind: 'call-started', ...about, turn: { ...turn, context } } })
    },
    hands: (agent: string) =>
      take({ input: { kind: 'hand-off', atMs: 5, reply: 7, part: 0, agent, history: 'whole' } }),
  }
}

test('an agent enters, is told what it has found, and leaves when another one takes the call', async () => {
  const done: string[] = []
  const { begins, hands, life, clock } = lived([
    { onEnter: ({ owner }) => `The caller is ${owner}.`, onLeave: () => void done.push('paula left') },
    {
      name: 'billing',
      onEnter: async () => void done.push('billing came'),
      onLeave: () => void done.push('billing left'),
    },
  ])
  begins('paula')
  await clock.advance(0)
  expect(life.context()).toBe('The caller is +15550001.')
  hands('billing')
  await clock.advance(0)
  expect(life.context()).toBeUndefined()
  await life.over()
  expect(done).toEqual(['paula left', 'billing came', 'billing left'])
  expect(clock.pending).toBe(0)
})

test('a call that goes on at another server is entered by the agent that had it', async () => {
  const { begins, life, clock } = lived([{ onEnter: () => 'paula' }, { name: 'billing', onEnter: () => 'billing' }])
  begins('paula', 'billing')
  await clock.advance(0)
  expect(life.context()).toBe('billing')
  await life.over()
})

test('what fails or hangs holds up nothing, is told in the log, and its end is waited for no longer than five seconds', async () => {
  const { begins, hands, life, clock, warned } = lived([
    {
      onEnter: () => Promise.reject(new Error('broken')),
      onLeave: () => {
        throw new Error('broken')
      },
    },
    { name: 'billing', onEnter: () => new Promise(() => undefined), onLeave: () => new Promise(() => undefined) },
  ])
  begins('paula')
  await clock.advance(0)
  hands('billing')
  await clock.advance(0)
  expect(life.context()).toBeUndefined()
  await clock.advance(5_000)
  expect(warned).toEqual(['onEnter of an agent failed', 'onLeave of an agent failed', 'onEnter of an agent failed'])
  let isOver = false
  const over = life.over().then(() => {
    isOver = true
  })
  await clock.advance(4_999)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await over
  expect(clock.pending).toBe(0)
})

test('what comes after the agent has left is not told to the next', async () => {
  const late = Promise.withResolvers<string>()
  const { begins, hands, life, clock } = lived([{ onEnter: () => late.promise }, { name: 'billing' }])
  begins('paula')
  hands('billing')
  late.resolve('Too late.')
  await clock.advance(0)
  expect(life.context()).toBeUndefined()
  await life.over()
})
