import { expect, test } from 'vitest'
import type { Guard } from '../../src/conversation/guard.ts'
import type { ToolOutcome } from '../../src/conversation/ports.ts'
import { AGENT, onTheLine } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const putThrough: ToolOutcome = { kind: 'done', text: 'Done.', toPerson: { brief: 'Ann, chest pain' } }

test('a tool puts the caller through to a person at once: the model is not asked again', async () => {
  await onTheLine({ policy: { canTransfer: true } }, async call => {
    call.tools.add('alarm', true, async () => putThrough)
    call.model.scripts.push(['One moment.', { tool: toolCall('alarm') }])
    await call.greeted()
    await call.callerSays('my chest hurts')
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I put you through.')
    expect(call.turn()).toMatchObject({ next: 'transfer' })
    expect(call.model.asked).toHaveLength(1)
    expect(call.notes()).toContainEqual({ kind: 'to-person', by: 'alarm', brief: 'Ann, chest pain' })
    expect(call.told()).toContain('tool alarm: Done.')
  })
})

test('where no person can be reached the model is told so, and the call goes on', async () => {
  await onTheLine({ policy: { canTransfer: false } }, async call => {
    call.tools.add('alarm', true, async () => putThrough)
    call.model.scripts.push([{ tool: toolCall('alarm') }], ['Please call the emergency number.'])
    await call.greeted()
    await call.callerSays('my chest hurts')
    await call.until('listening')
    expect(call.told().at(-2)).toContain('no person can be reached now')
    expect(call.heard().at(-1)).toBe('Please call the emergency number.')
  })
})

test('who speaks over the words that tell of it is put through all the same', async () => {
  await onTheLine({ policy: { canTransfer: true } }, async call => {
    call.tools.add('alarm', true, async () => putThrough)
    call.model.scripts.push([{ tool: toolCall('alarm') }])
    await call.greeted()
    await call.callerSays('my chest hurts')
    await call.until('replying')
    await call.callerSays('are you there')
    await call.until('ended')
    expect(call.turn()).toMatchObject({ next: 'transfer' })
  })
})

test('a guard puts the caller through before the model is asked, and not by a draft', async () => {
  const guard: Guard = { turn: text => (/breath/.test(text) ? { kind: 'to-person', brief: text } : undefined) }
  const agent = { ...AGENT, guard }
  await onTheLine({ agent, policy: { canTransfer: true, draftsPerTurn: 3 } }, async call => {
    await call.greeted()
    await call.callerSays('I cannot breathe')
    await call.until('ended')
    expect(call.turn()).toMatchObject({ next: 'transfer' })
    expect(call.model.asked).toEqual([])
    expect(call.notes()).toContainEqual({ kind: 'to-person', by: 'the guard', brief: 'I cannot breathe' })
    expect(call.told()).toContain('caller: I cannot breathe')
  })
  await onTheLine({ agent, policy: { canTransfer: false } }, async call => {
    call.model.scripts.push(['Call the emergency number.'])
    await call.greeted()
    await call.callerSays('I cannot breathe')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Call the emergency number.')
    expect(call.notes()).toContainEqual({ kind: 'guard-failed', guard: 'turn', why: 'no person can be reached' })
  })
})
