import { expect, test } from 'vitest'
import { functionTools } from '../../../src/agents/author/function-tools.ts'
import { ringPerson } from '../../../src/agents/author/ring-person.ts'
import { rungBeside } from '../../../src/channels/phone/ring-out/rung-beside.ts'
import type { ToolContext } from '../../../src/conversation/ports.ts'
import type { RungOut, ToRing } from '../../../src/conversation/ring-out.ts'
import { FakeClock } from '../../fakes/clock.ts'

const CONTEXT: ToolContext = { callId: 'CA1', owner: '+15550001', agent: 'desk', idempotencyKey: 'k1', agreed: false }

/** An agent with the tool; `take`: the carrier rings at once, and what comes of it is up to the test. */
function opened(take: 'rings' | RungOut | 'off') {
  const asked: ToRing[] = []
  const { promise, resolve: came } = Promise.withResolvers<RungOut>()
  const people = rungBeside(async whom => {
    asked.push(whom)
    if (take !== 'rings' && take !== 'off') return take
    whom.onRinging?.()
    return promise
  })
  const log = { info: () => undefined, warn: () => undefined }
  const tools = [ringPerson({ agent: 'interpreter', when: 'When the caller wants a person on the line.' })]
  const ringBeside = take === 'off' ? undefined : people.ring
  const set = functionTools({ name: 'desk', tools }, { clock: new FakeClock(), log, isAgent: () => true, ringBeside })
  let calls = 0
  const run = (given: object, agreed: boolean) =>
    set.run(
      { id: `c${++calls}`, name: 'ring_person', arguments: JSON.stringify(given) },
      { ...CONTEXT, agreed, idempotencyKey: `k${calls}` },
      new AbortController().signal,
    )
  /** The caller is asked, and says yes. */
  async function agree(given: object) {
    await run(given, false)
    return run(given, true)
  }
  return { asked, people, run, agree, came, set }
}

test('the caller hears the number and is asked before it rings', async () => {
  const { asked, run, agree } = opened('rings')
  expect(await run({ number: '+49 30/123-456' }, false)).toEqual({ kind: 'ask', question: 'Shall I ring +4930123456?' })
  expect(asked).toEqual([])
  expect(await agree({ number: '+4930123456', language: 'de' })).toMatchObject({
    kind: 'done',
    text: expect.stringContaining('It rings.'),
  })
  expect(asked).toMatchObject([{ number: '+4930123456', agent: 'interpreter', language: 'de', besideCallId: 'CA1' }])
})

test('the model is told that it rings, and then what came of it', async () => {
  const { people, agree, came } = opened('rings')
  expect(people.context('CA1')).toBeUndefined()
  await agree({ number: '+4930123456' })
  expect(people.context('CA1')).toContain('is being rung')
  came({ kind: 'not-reached', why: 'busy', words: 'the line is busy' })
  await Promise.resolve()
  await Promise.resolve()
  expect(people.context('CA1')).toBe('The person who was rung was not reached: the line is busy.')
  expect(people.context('CA2')).toBeUndefined()
})

test('what is refused is told in words, and nothing is said to ring', async () => {
  const refused = { kind: 'not-reached', why: 'refused', words: 'this number may not be rung from here' } as const
  const { people, agree } = opened(refused)
  expect(await agree({ number: '+4930123456' })).toMatchObject({ text: expect.stringContaining(refused.words) })
  expect(people.context('CA1')).toBeUndefined()
  expect(await opened('off').agree({ number: '+4930123456' })).toMatchObject({
    text: expect.stringContaining('Nobody can be rung from here'),
  })
})

test.each(['030123456', '911', '+1', 'my mother', '+49301234567890123'])(
  'what is no whole number is asked for, and nobody is rung: %s',
  async number => {
    const { asked, run } = opened('rings')
    for (const agreed of [false, true])
      expect(await run({ number }, agreed)).toMatchObject({ text: expect.stringContaining('with its country') })
    expect(asked).toEqual([])
  },
)
