import { expect, test } from 'vitest'
import { onTheLine } from '../../fakes/call.ts'

test('keys become words two seconds after the last of them', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.keys('4')
    await call.pass(1_500)
    await call.keys('2')
    await call.pass(1_999)
    expect(call.model.asked).toHaveLength(0)
    await call.pass(1)
    expect(call.told().at(-1)).toBe('caller: pressed 4 2')
  }))

test('the hash key ends the keys at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.keys('42#')
    expect(call.told().at(-1)).toBe('caller: pressed 4 2')
    expect(call.turn().kind).toBe('replying')
  }))

test.each(['replying', 'yielding'] as const)('a late hash while %s ends nothing', state =>
  onTheLine({}, async call => {
    call.model.scripts.push(['I have found what belongs to that number and it is a table for four.'])
    await call.greeted()
    await call.keys('1234')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 500)
    if (state === 'yielding') await call.speechStart()
    await call.keys('#')
    expect(call.turn().kind).toBe(state)
    if (state === 'yielding') await call.speechEnd()
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: I have found what belongs to that number and it is a table for four.')
  }),
)

test('keys beyond the hundredth are ignored', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.keys('1'.repeat(500))
    expect(call.turn()).toMatchObject({ kind: 'settling', utterance: { digits: '1'.repeat(100) } })
  }))

test('keys over the agent stop it', () =>
  onTheLine({}, async call => {
    await call.pass(850)
    await call.keys('1')
    expect(call.channel.playing).toBe(0)
    await call.pass(2_000)
    expect(call.told()).toEqual(['agent: Hello, this —', 'caller: pressed 1'])
  }))

test('keys and words of one turn are one message', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('my number is')
    await call.keys('7#')
    expect(call.told().at(-1)).toBe('caller: my number is pressed 7')
  }))

test('a hash key alone is no turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.keys('#')
    expect(call.turn().kind).toBe('listening')
    expect(call.model.asked).toHaveLength(0)
  }))

test('the key 0 transfers the call, if it can be transferred', () =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.keys('0')
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I put you through.')
    expect(call.channel.closed).toEqual(['transfer'])
    expect(call.model.asked).toHaveLength(0)
  }))

test('the key 0 is a key like any other, if the call cannot be transferred', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.keys('0#')
    expect(call.told().at(-1)).toBe('caller: pressed 0')
  }))

test.each(['I want to speak to a person', 'please put me through to someone', 'Can you connect me with an operator?'])(
  'a caller who says "%s" is transferred',
  words =>
    onTheLine({ policy: { canTransfer: true } }, async call => {
      await call.greeted()
      await call.callerSays(words)
      await call.until('ended')
      expect(call.channel.closed).toEqual(['transfer'])
    }),
)

test('the agent answers a caller who asks for a person, if the call cannot be transferred', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I want to speak to a person')
    await call.until('replying')
    expect(call.model.asked).toHaveLength(1)
  }))

test('the history has the words that asked for a person', () =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.callerSays('let me talk to somebody')
    await call.until('ended')
    expect(call.told().slice(1)).toEqual(['caller: let me talk to somebody', 'agent: I put you through.'])
  }))

test('"thanks" over "I put you through" does not stop the transfer', () =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.keys('0')
    await call.pass(call.voice.firstAudioMs + 200)
    await call.callerSays('okay thank you', { lengthMs: 700 })
    await call.until('ended')
    expect(call.channel.closed).toEqual(['transfer'])
  }))

test.each([
  'could you put me down for one person',
  'put it under someone else',
  'I would like to talk about a table for one person',
])('"%s" asks for no person', text =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    await call.callerSays(text)
    await call.until('replying')
    expect(call.turn()).toMatchObject({ reply: { content: { kind: 'answer' } } })
  }),
)
