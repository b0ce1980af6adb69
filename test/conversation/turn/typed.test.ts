import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { onTheLine, POLICY } from '../../fakes/call.ts'

test('what is typed is answered at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.types('What is next?')
    expect(call.turn().kind).toBe('replying')
    await call.until('listening')
    expect(call.told()).toEqual(['agent: Hello, this is Paula.', 'caller: What is next?', 'agent: Okay.'])
  }))

test('it stops the agent, whatever was heard of it', () =>
  onTheLine({}, async call => {
    await call.pass(850)
    await call.types('yes')
    expect(call.channel.playing).toBe(0)
    await call.until('listening')
    expect(call.told()).toEqual(['agent: Hello, this —', 'caller: yes', 'agent: Okay.'])
  }))

test('with words that were being said it is one turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('my town is')
    await call.types('Llanfairpwll')
    expect(call.told().at(-1)).toBe('caller: my town is Llanfairpwll')
  }))

test('the answer that nobody has heard yet is made anew, with both', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([{ afterMs: 2_000 }, 'Never said.'])
    await call.greeted()
    await call.types('Add milk.')
    await call.types('And eggs.')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: Add milk. And eggs.', 'agent: Okay.'])
  }))

test('over a notice it is kept, and answered afterwards', () =>
  onTheLine({ state: { turn: begin(POLICY, 0, 'notice'), history: [] } }, async call => {
    await call.pass(call.voice.firstAudioMs + 100)
    await call.types('What is next?')
    expect(call.channel.playing).toBe(1)
    await call.until('listening')
    expect(call.told()).toContain('caller: What is next?')
  }))

test.each(['', ' … ', '\n'])('nothing, or signs alone (%j), are no turn', text =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.types(text)
    expect(call.turn().kind).toBe('listening')
  }),
)

test('after the goodbye nothing is answered any more', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.types('goodbye')
    await call.pass(call.voice.firstAudioMs + 100)
    call.channel.person.push({ kind: 'typed', text: 'wait' })
    await call.pass(0)
    expect(call.turn().kind).not.toBe('settling')
  }))
