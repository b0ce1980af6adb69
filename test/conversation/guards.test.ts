import { expect, test } from 'vitest'
import type { Agent } from '../../src/conversation/agent.ts'
import type { Guard } from '../../src/conversation/guard.ts'
import { AGENT, onTheLine, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const withGuard = (guard: Guard): { readonly agent: Agent; readonly others: readonly Agent[] } => ({
  agent: { ...AGENT, guard },
  others: [{ ...AGENT, name: 'nurse', instructions: 'You are a nurse.', entering: 'Nurse here.' }],
})

async function answered(call: TestCall): Promise<void> {
  await call.until('replying')
  await call.until('listening')
}
const asked = (call: TestCall) => call.model.asked.map(({ instructions }) => instructions)
const failed = (call: TestCall) => call.notes().filter(({ kind }) => kind === 'guard-failed')

test('a guard answers a turn itself, and the model is not asked', async () => {
  const guard: Guard = { turn: text => (/dose/.test(text) ? { kind: 'say', words: 'I give no advice.' } : undefined) }
  await onTheLine(withGuard(guard), async call => {
    await call.greeted()
    await call.callerSays('What dose should I take?')
    await answered(call)
    expect(asked(call)).toEqual([])
    expect(call.heard()).toContain('I give no advice.')
    await call.callerSays('All right then.')
    await answered(call)
    expect(call.told().slice(-4)).toEqual([
      'caller: What dose should I take?',
      'agent: I give no advice.',
      'caller: All right then.',
      'agent: Okay.',
    ])
  })
})

test.each(['whole', 'none'] as const)('a guard gives the call to another agent, who is told of %s', async history => {
  const guard: Guard = {
    turn: text => (/chest/.test(text) ? { kind: 'hand-off', agent: 'nurse', history } : undefined),
  }
  await onTheLine(withGuard(guard), async call => {
    call.model.scripts.push(['Sure.'], ['Does it hurt?'], ['I see.'])
    await call.greeted()
    await call.callerSays('Hello there.')
    await answered(call)
    await call.callerSays('My chest hurts.')
    await answered(call)
    await call.callerSays('Yes it does.')
    await answered(call)
    expect(asked(call)).toEqual(['Be brief.', 'You are a nurse.', 'You are a nurse.'])
    expect(call.heard()).toContain('Nurse here.')
    expect(call.model.asked[1]?.history.map(({ role }) => role)).toEqual(
      history === 'none' ? ['caller'] : ['agent', 'caller', 'agent', 'caller'],
    )
  })
})

test('a guard changes what is said, and what the model is told, of callers and tools alike', async () => {
  const guard: Guard = {
    clause: text => text.replace('damn ', ''),
    told: text => text.replaceAll('4242', '****'),
  }
  await onTheLine(withGuard(guard), async call => {
    call.tools.add('look', false, async () => 'The card is 4242.')
    call.model.scripts.push([{ tool: toolCall('look') }], ['That is a damn good card.'], ['Bye.'])
    await call.greeted()
    await call.callerSays('My card is 4242.')
    await answered(call)
    expect(call.heard()).toContain('That is a good card.')
    const told = call.model.asked[1]?.history.map(message => JSON.stringify(message)).join()
    expect(told).toContain('My card is ****.')
    expect(told).toContain('The card is ****.')
    expect(told).not.toContain('4242')
    // What was heard is what was said.
    expect(call.told().at(-1)).toBe('agent: That is a good card.')
  })
})

test.each([
  [
    'throws',
    {
      turn: () => {
        throw new Error('broken')
      },
    },
  ],
  ['rejects', { turn: () => Promise.reject(new Error('broken')) }],
  ['never answers', { turn: () => new Promise<undefined>(() => undefined) }],
  [
    'throws at each clause',
    {
      clause: () => {
        throw new Error('broken')
      },
    },
  ],
  ['never answers for a clause', { clause: () => new Promise<string>(() => undefined) }],
  [
    'throws at what is told',
    {
      told: () => {
        throw new Error('broken')
      },
    },
  ],
  ['hands over to nobody', { turn: () => ({ kind: 'hand-off', agent: 'nobody', history: 'whole' }) as const }],
] satisfies readonly (readonly [string, Guard])[])(
  'a guard that %s holds up nothing, and the journal tells',
  async (_what, guard) => {
    await onTheLine(withGuard(guard), async call => {
      call.model.scripts.push(['We are open.'])
      await call.greeted()
      await call.callerSays('Are you open?')
      await answered(call)
      expect(call.heard()).toContain('We are open.')
      expect(failed(call).length).toBeGreaterThan(0)
      const over = call.events().findLast(({ kind }) => kind === 'speech-end')?.atMs ?? 0
      const sounding = call.events().findLast(({ kind }) => kind === 'reply-sounding')?.atMs ?? 0
      expect(sounding - over).toBeLessThan(1_200)
    })
  },
)

test('the words of a draft are judged, and nothing comes of it before the turn is over', async () => {
  const seen: string[] = []
  const guard: Guard = {
    turn(text) {
      seen.push(text)
      return { kind: 'hand-off', agent: 'nurse', history: 'whole' }
    },
  }
  await onTheLine({ ...withGuard(guard), policy: { draftsPerTurn: 3 } }, async call => {
    await call.greeted()
    await call.callerSays('My chest hurts.')
    await call.until('settling')
    expect(call.events().filter(({ kind }) => kind === 'hand-off')).toEqual([])
    await answered(call)
    expect(call.events().filter(({ kind }) => kind === 'hand-off')).toHaveLength(1)
    expect(seen.length).toBeGreaterThan(0)
  })
})
