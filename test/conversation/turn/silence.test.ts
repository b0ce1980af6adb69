import { expect, test } from 'vitest'
import { onTheLine } from '../../fakes/call.ts'

test('a caller who says nothing is asked once, then told goodbye and hung up on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.pass(9_999)
    expect(call.turn().kind).toBe('listening')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Are you still there?')
    await call.pass(9_900)
    expect(call.turn().kind).toBe('listening')
    await call.until('ended')
    expect(call.heard()).toEqual(['Hello, this is Paula.', 'Are you still there?', 'Goodbye.'])
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('a caller who answers "still there?" goes on as before, and is asked again the next time', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.until('replying')
    await call.until('listening')
    await call.callerSays('yes I am')
    await call.until('replying')
    await call.until('listening')
    await call.pass(10_000)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Are you still there?')
    expect(call.channel.closed).toEqual([])
  }))

test('a caller who speaks over the goodbye keeps the call', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.until('replying')
    await call.until('listening')
    await call.pass(10_000)
    await call.pass(call.voice.firstAudioMs + 100)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { content: { phrase: 'goodbye' } } })
    await call.callerSays('wait I am here')
    await call.until('replying')
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: Okay.')
  }))

test('a noise that keeps the detector on does not silence the agent for ever', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.pass(7_900)
    expect(call.turn().kind).toBe('hearing')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Pardon?')
  }))

test('a caller who trails off is told once to take their time, and goes on with the sentence', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I would like to')
    await call.until('replying')
    await call.until('settling')
    expect(call.heard().at(-1)).toBe('Take your time.')
    expect(call.model.asked).toHaveLength(0)
    await call.callerSays('order eggs')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual([
      'agent: Take your time.',
      'caller: I would like to order eggs',
      'agent: Okay.',
    ])
  }))

test('a caller who trails off and says no more is answered six seconds later', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I would like to')
    await call.until('replying')
    await call.until('settling')
    await call.pass(5_900)
    expect(call.model.asked).toHaveLength(0)
    await call.until('listening')
    expect(call.heard().filter(text => text === 'Take your time.')).toHaveLength(1)
    expect(call.told().slice(-2)).toEqual(['caller: I would like to', 'agent: Okay.'])
  }))

test('a caller who goes on over "take your time" is heard at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I would like to')
    await call.until('replying')
    await call.pass(300)
    await call.callerSays('order eggs')
    await call.until('listening')
    expect(call.told().at(-2)).toBe('caller: I would like to order eggs')
  }))
