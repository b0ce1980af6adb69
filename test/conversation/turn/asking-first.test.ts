import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'
import { spokenMs } from '../../fakes/text-to-speech.ts'

const QUESTION = 'Delete the vendor call?'

/** The caller asks for a tool that must be agreed to, and the model calls it. */
async function asks(call: TestCall): Promise<void> {
  call.tools.add('delete', true, async (_, __, { agreed }) =>
    agreed ? 'Deleted: the vendor call.' : { kind: 'ask', question: QUESTION },
  )
  await call.greeted()
  call.model.scripts.push([{ tool: toolCall('delete', 'd1', { title: 'vendor' }) }])
  await call.callerSays('delete the vendor call')
  await call.until('replying')
}
const agreed = (call: TestCall): readonly boolean[] => call.tools.runs.map(({ context }) => context.agreed)

test('a tool that must be agreed to is run when the caller has heard the question and says yes', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe(QUESTION)
    expect(call.model.asked).toHaveLength(1)
    call.model.scripts.push(['It is deleted.'])
    await call.callerSays('yes please')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false, true])
    expect(call.tools.runs[1]?.call.arguments).toBe('{"title":"vendor"}')
    expect(new Set(call.tools.runs.map(({ context }) => context.idempotencyKey)).size).toBe(2)
    expect(call.told().slice(1)).toEqual([
      'caller: delete the vendor call',
      'tool delete: Not done yet: the caller was asked "Delete the vendor call?" first.',
      'agent: Delete the vendor call?',
      'caller: yes please',
      'tool delete: Deleted: the vendor call.',
      'agent: It is deleted.',
    ])
  }))

test.each(['no', 'yes but the other one', 'what is due today'])('"%s" does not run it, nor does a later yes', text =>
  onTheLine({}, async call => {
    await asks(call)
    await call.until('listening')
    await call.callerSays(text)
    await call.until('replying')
    await call.until('listening')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false])
  }),
)

test('a question that was not heard to its end does not count as asked', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.pass(call.voice.firstAudioMs + 700)
    await call.callerSays('do it do it now', { lengthMs: 900 })
    await call.until('replying')
    await call.until('listening')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false])
  }))

test('a yes over the last words of the question agrees', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.pass(call.voice.firstAudioMs + spokenMs(QUESTION) - 250)
    await call.callerSays('yes', { lengthMs: 250 })
    await call.until('replying')
    await call.until('listening')
    await call.pass(3_000)
    expect(agreed(call)).toEqual([false, true])
  }))

test('after a yes before the end of the question the question comes again', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.pass(call.voice.firstAudioMs + 200)
    await call.callerSays('yeah okay', { lengthMs: 400 })
    while (call.heard().filter(heard => heard === QUESTION).length < 2) await call.pass(20)
    expect(agreed(call)).toEqual([false])
    await call.until('listening')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false, true])
  }))

test('after an unclear answer the same question comes once more, and then the tool is not run', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.until('listening')
    await call.callerSays('sorry what was that')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().slice(-2)).toEqual([QUESTION, QUESTION])
    await call.callerSays('hm')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false])
    expect(call.model.asked).toHaveLength(2)
  }))

test('a yes to the second asking agrees', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.until('listening')
    await call.callerSays('what')
    await call.until('replying')
    await call.until('listening')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false, true])
  }))

test('a silent caller is asked once more; a yes to "are you still there" agrees to nothing', () =>
  onTheLine({}, async call => {
    await asks(call)
    await call.until('listening')
    await call.pass(10_000)
    await call.until('listening')
    expect(call.heard().slice(-2)).toEqual([QUESTION, QUESTION])
    await call.pass(10_000)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Are you still there?')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(agreed(call)).toEqual([false])
  }))

test('when two tools must be agreed to, the caller is asked about the first', () =>
  onTheLine({}, async call => {
    call.tools.add('delete', true, async ({ id }, _, { agreed }) =>
      agreed ? 'Deleted.' : { kind: 'ask', question: `Delete ${id}?` },
    )
    await call.greeted()
    call.model.scripts.push([{ tool: toolCall('delete', 'one') }, { tool: toolCall('delete', 'two') }])
    await call.callerSays('delete both of them')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Delete one?')
    await call.callerSays('yes')
    await call.until('replying')
    await call.until('listening')
    expect(call.tools.runs.filter(({ context }) => context.agreed).map(({ call: { id } }) => id)).toEqual([
      'one-agreed',
    ])
  }))

test('no reply is drafted to the answer of a pending question', () =>
  onTheLine({ policy: { draftsPerTurn: 3 } }, async call => {
    await asks(call)
    await call.until('listening')
    const before = call.model.asked.length
    await call.speechStart()
    await call.words('yes', { final: true })
    await call.speechEnd()
    await call.pass(100)
    expect(call.turn().kind).toBe('settling')
    expect(call.model.asked.length).toBe(before)
  }))

test('the question may come from any call of an answer, and the others are told', () =>
  onTheLine({}, async call => {
    const outcome = { kind: 'ask', question: QUESTION } as const
    call.tools.add('look', false, async () => 'Two tasks.')
    call.tools.add('delete', true, async (_, __, { agreed }) => (agreed ? 'Deleted.' : outcome))
    await call.greeted()
    const calls = ['look', 'delete', 'delete'].map((name, index) => ({ tool: toolCall(name, `t${index}`, { index }) }))
    call.model.scripts.push(calls)
    await call.callerSays('delete the vendor call')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe(QUESTION)
    const contexts = call.tools.runs.map(({ context }) => context.together)
    expect(new Set(contexts.map(together => together?.calls)).size).toBe(1)
    expect(contexts[0]?.calls.map(({ id }) => id)).toEqual(['t0', 't1', 't2'])
    call.model.scripts.push(['It is deleted.'])
    await call.callerSays('yes please')
    await call.until('replying')
    await call.until('listening')
    expect(call.told()).toContain('tool delete: Not done: call it again, alone.')
    expect(call.tools.runs.at(-1)).toMatchObject({ call: { arguments: '{"index":1}' }, context: { agreed: true } })
  }))
