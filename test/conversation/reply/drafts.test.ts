import { expect, test } from 'vitest'
import { ProviderError } from '../../../src/errors.ts'
import { onTheLine } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

const DRAFTS = { policy: { draftsPerTurn: 3 } }

test('the answer is drafted in the pause, and the draft is what is heard: nothing starts twice', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    call.model.scripts.push([{ afterMs: 100 }, 'Eggs.'])
    await call.callerSays('what is next')
    expect(call.turn().kind).toBe('settling')
    expect(call.model.asked).toHaveLength(1)
    await call.until('replying')
    const confirmedMs = call.nowMs()
    await call.until('listening')
    expect(call.model.asked).toHaveLength(1)
    expect(call.voice.pieces.filter(piece => piece.text === 'Eggs.')).toHaveLength(1)
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'agent: Eggs.'])
    expect(call.channel.played.at(-1)?.fromMs).toBeLessThan(call.startMs + confirmedMs + 100)
  }))

test('nothing of a draft is heard before the turn is over', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    while (call.turn().kind === 'settling') {
      expect(call.channel.playing).toBe(0)
      await call.pass(10)
    }
    expect(call.turn().kind).toBe('replying')
  }))

test('the model of a draft is told the whole turn', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    await call.until('replying')
    expect(call.model.asked[0]?.history.at(-1)).toEqual({ role: 'caller', text: 'what is next' })
    expect(call.model.asked[0]?.history.filter(message => message.role === 'caller')).toHaveLength(1)
  }))

test('a caller who goes on gets an answer to all their words, and the draft is dropped and counted', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    call.model.scripts.push(['Eggs. And a good deal more.'], ['Milk.'])
    await call.callerSays('what is next')
    await call.speechStart()
    await call.pass(300)
    await call.words('on Monday')
    await call.speechEnd()
    await call.words('on Monday', { final: true, ended: true })
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: what is next on Monday', 'agent: Milk.'])
    const wasted = call.journal.lines.flatMap(line =>
      'used' in line && line.used.kind === 'draft-wasted' ? [line.used] : [],
    )
    expect(wasted).toMatchObject([{ tokens: 7, characters: 6 }])
  }))

test('only the first clause of a draft is given to the voice', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    call.model.scripts.push(['One. Two. Three.'])
    await call.callerSays('what is next')
    expect(call.turn().kind).toBe('settling')
    expect(call.voice.pieces.slice(1).map(piece => piece.text)).toEqual(['One. '])
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('One. Two. Three.')
  }))

test('a cough in the pause does not change the draft', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    await call.callerCoughs()
    await call.until('listening')
    expect(call.model.asked).toHaveLength(1)
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'agent: Okay.'])
  }))

test('words that trail off get no draft', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    await call.callerSays('what is next and')
    await call.pass(500)
    expect(call.turn().kind).toBe('settling')
    expect(call.model.asked).toHaveLength(0)
  }))

test('at most three drafts are made in one turn', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    for (const word of ['eggs', 'milk', 'bread', 'salt', 'oil']) await call.callerSays(word)
    expect(call.model.asked).toHaveLength(3)
    await call.until('replying')
    expect(call.model.asked.map(prompt => prompt.history.at(-1))).toMatchObject([
      { text: 'eggs' },
      { text: 'eggs milk' },
      { text: 'eggs milk bread' },
      { text: 'eggs milk bread salt oil' },
    ])
  }))

test('no tool runs for a draft', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    call.tools.add('list', false, async () => 'eggs')
    call.model.scripts.push([{ tool: toolCall('list') }], ['Eggs.'])
    await call.callerSays('what is next')
    expect(call.turn().kind).toBe('settling')
    expect(call.tools.runs).toHaveLength(0)
    await call.until('listening')
    expect(call.tools.runs).toHaveLength(1)
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'tool list: eggs', 'agent: Eggs.'])
  }))

test('after a failed draft the answer is made when the turn is over', () =>
  onTheLine(DRAFTS, async call => {
    await call.greeted()
    call.model.scripts.push([new ProviderError('model', 'overloaded', { retryable: true })], ['Eggs.'])
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'agent: Eggs.'])
  }))
