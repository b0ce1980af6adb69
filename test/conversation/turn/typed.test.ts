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

test('signs alone do not end what is being said', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('my town is')
    await call.types(' … ')
    expect(call.turn()).toMatchObject({ kind: 'hearing', utterance: { interimWords: 'my town is' } })
  }))

test('in the pause after words it is one turn with them, at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('my town is called', { final: true })
    await call.speechEnd()
    expect(call.turn().kind).toBe('settling')
    await call.types('Llanfairpwll')
    expect(call.turn().kind).toBe('replying')
    expect(call.told().at(-1)).toBe('caller: my town is called Llanfairpwll')
  }))

test('with words over the agent it is one turn', () =>
  onTheLine({}, async call => {
    call.model.scripts.push(['There are seven things to do today, and the first of them is to feed the cat.'])
    await call.greeted()
    await call.types('What is next?')
    await call.pass(call.voice.firstAudioMs + 800)
    await call.speechStart()
    expect(call.turn().kind).toBe('yielding')
    await call.types('only the first')
    expect(call.channel.playing).toBe(0)
    expect(call.told().at(-1)).toBe('caller: only the first')
  }))

test('over "take your time" it is one turn with the words before', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I would like to um')
    await call.until('replying')
    await call.types('book a table')
    expect(call.told().at(-1)).toBe('caller: I would like to um book a table')
  }))

test('before the greeting has begun it is answered in its place', () =>
  onTheLine({}, async call => {
    await call.types('What is next?')
    await call.until('listening')
    expect(call.told()).toEqual(['caller: What is next?', 'agent: Okay.'])
  }))

test('over a notice over which somebody speaks it is kept, and the notice is heard to its end', () =>
  onTheLine({ state: { turn: begin(POLICY, 0, 'notice'), history: [] } }, async call => {
    await call.pass(call.voice.firstAudioMs + 100)
    await call.speechStart()
    expect(call.turn().kind).toBe('yielding')
    await call.types('What is next?')
    expect(call.channel.playing).toBe(1)
    await call.speechEnd()
    await call.until('listening')
    expect(call.told()[0]).toBe('agent: This is recorded.')
    expect(call.told().filter(told => told === 'caller: What is next?')).toHaveLength(1)
  }))
