import { expect, test } from 'vitest'
import { begin } from '../../src/conversation/turn/enter.ts'
import { onTheLine, POLICY } from '../fakes/call.ts'

const state = { turn: begin(POLICY, 0, 'notice'), history: [] }

test('a notice is said before the greeting', () =>
  onTheLine({ state }, async call => {
    await call.until('listening')
    expect(call.told()).toEqual(['agent: This is recorded.', 'agent: Hello, this is Paula.'])
  }))

test('a notice is heard to its end at full level, and words over it are answered afterwards', () =>
  onTheLine({ state }, async call => {
    await call.pass(300)
    await call.callerSays('I want a taxi', { lengthMs: 700 })
    await call.until('replying')
    await call.until('listening')
    expect(call.told()).toEqual(['agent: This is recorded.', 'caller: I want a taxi', 'agent: Okay.'])
    expect(call.channel.levels).toEqual([])
  }))

test('after a noise or a back-channel over the notice comes the greeting', () =>
  onTheLine({ state }, async call => {
    await call.pass(100)
    await call.callerSays('okay', { lengthMs: 300 })
    await call.until('listening')
    expect(call.told()).toEqual(['agent: This is recorded.', 'agent: Hello, this is Paula.'])
  }))

test('speech over the notice stops the greeting when its words come', () =>
  onTheLine({ state }, async call => {
    await call.pass(200)
    await call.speechStart()
    await call.pass(1_100)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { content: { phrase: 'greeting' } } })
    await call.pass(300)
    await call.words('I want a taxi')
    expect(call.turn().kind).toBe('hearing')
  }))

test.each(['42', '42#'])('keys that are pressed over a notice are not lost: %s', keys =>
  onTheLine({ state }, async call => {
    await call.pass(300)
    await call.keys(keys)
    expect(call.channel.played).toEqual([])
    await call.until('settling')
    await call.until('listening')
    expect(call.told()).toEqual(['agent: This is recorded.', 'caller: pressed 4 2', 'agent: Okay.'])
  }),
)
