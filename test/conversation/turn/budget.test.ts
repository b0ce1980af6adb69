import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { onTheLine, POLICY, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

const FAREWELL = 'I must end this here.'
const LONG = 'This sentence is one of many that the model would like to say about it. '.repeat(12)

/** The agent is asked, and has begun to answer. */
async function answering(call: TestCall, answer: string): Promise<void> {
  call.model.scripts.push([answer])
  await call.callerSays('tell me about it')
  await call.until('replying')
  await call.pass(1_000)
}

test('while little is left an answer has less room, and still ends with a whole sentence', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.budget('little')
    await answering(call, LONG)
    await call.until('listening')
    const [, answer = ''] = call.heard()
    expect(answer.length).toBeGreaterThan(100)
    expect(answer.length).toBeLessThanOrEqual(320)
    expect(answer).toMatch(/about it\.$/)
    expect(call.notes()).toContainEqual(expect.objectContaining({ kind: 'reply-cut' }))
    expect(call.channel.closed).toEqual([])
  }))

test('with ample means the same answer is said whole', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await answering(call, LONG)
    for (let i = 0; i < 3 && call.turn().kind !== 'listening'; i++) await call.pass(30_000)
    expect(call.heard()[1]).toBe(LONG.trim())
  }))

test('when it is spent while nobody speaks, the call ends with words that say so', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.budget('none')
    await call.until('ended')
    expect(call.heard()).toEqual(['Hello, this is Paula.', FAREWELL])
    expect(call.channel.closed).toEqual(['hang-up'])
    expect(call.model.asked).toEqual([])
  }))

test('the sentence that the agent is saying is said to its end first', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await answering(call, 'Here is an answer that takes a while to be said.')
    await call.budget('none')
    await call.until('ended')
    expect(call.heard().slice(1)).toEqual(['Here is an answer that takes a while to be said.', FAREWELL])
    expect(call.channel.played[1]).toMatchObject({ left: '', aborted: false })
  }))

test('a caller who is speaking is heard out, and no model is asked for them', () =>
  onTheLine({ policy: { draftsPerTurn: 2 } }, async call => {
    await call.greeted()
    await call.speechStart()
    await call.budget('none')
    await call.callerSays('and I would like to know what is next')
    await call.until('ended')
    expect(call.told().slice(1, 3)).toEqual(['caller: and I would like to know what is next', `agent: ${FAREWELL}`])
    expect(call.model.asked).toEqual([])
  }))

test('a draft that is not worth saying any more is dropped', () =>
  onTheLine({ policy: { draftsPerTurn: 2 } }, async call => {
    await call.greeted()
    call.model.scripts.push(['stall'])
    await call.callerSays('what is next')
    expect(call.model.asked).toHaveLength(1)
    await call.budget('none')
    expect(call.model.aborted).toBe(1)
    await call.until('ended')
    expect(call.heard().at(-1)).toBe(FAREWELL)
  }))

test.each(['put me through to a person', '0'])('a caller who asks for a person (%s) is still put through', asks =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.speechStart()
    await call.budget('none')
    if (asks === '0') await call.keys('0')
    else await call.callerSays(asks)
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I put you through.')
    expect(call.channel.closed).toEqual(['transfer'])
  }),
)

test.each(['put me through to a person', '0'])('also over the words that end the call (%s)', asks =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.budget('none')
    await call.pass(call.voice.firstAudioMs + 200)
    if (asks === '0') await call.keys('0')
    else await call.words(asks, { final: true })
    await call.until('ended')
    expect(call.channel.closed).toEqual(['transfer'])
  }),
)

test('anything else over them changes nothing, and nothing leads to a person where there is none', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.budget('none')
    await call.pass(call.voice.firstAudioMs + 200)
    await call.callerSays('no wait put me through to a person', { lengthMs: 500 })
    await call.keys('0')
    await call.until('ended')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('a question that was asked is still answered: after a yes its tool runs, then the call ends', () =>
  onTheLine({}, async call => {
    const question = { kind: 'ask', question: 'Shall I delete it?' } as const
    call.tools.add('delete_task', true, async (_, __, { agreed }) => (agreed ? 'Done.' : question))
    await call.greeted()
    call.model.scripts.push([{ tool: toolCall('delete_task') }])
    await call.callerSays('delete the milk')
    await call.until('replying')
    await call.until('listening')
    await call.budget('none')
    expect(call.turn().kind).toBe('listening')
    call.model.scripts.push(['It is deleted.'])
    await call.callerSays('yes')
    await call.until('ended')
    expect(call.heard().slice(-2)).toEqual(['It is deleted.', FAREWELL])
  }))

test('a call that begins with nothing left hears the notice and the end, and can still ask for a person', async () => {
  const spent = (phrase: 'notice' | 'greeting' | 'back') => ({
    turn: begin({ ...POLICY, canTransfer: true }, 0, phrase, 0, 'none' as const),
    history: [],
  })
  await onTheLine({ state: spent('notice') }, async call => {
    await call.until('ended')
    expect(call.heard()).toEqual(['This is recorded.', FAREWELL])
  })
  for (const phrase of ['greeting', 'back'] as const)
    await onTheLine({ state: spent(phrase), policy: { canTransfer: true } }, async call => {
      await call.pass(call.voice.firstAudioMs + 200)
      await call.words('put me through to a person', { final: true })
      await call.until('ended')
      expect(call.heard().at(-1)).toBe('I put you through.')
      expect(call.channel.closed).toEqual(['transfer'])
    })
})

test('what is spent does not come back', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await answering(call, 'Here is an answer that takes a while to be said.')
    await call.budget('none')
    await call.budget('little')
    expect(call.turn()).toMatchObject({ context: { budget: 'none' } })
    await call.until('ended')
    expect(call.heard().at(-1)).toBe(FAREWELL)
  }))
