import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

const TOLD = 'agent: Somebody has joined.'
const isTold = (call: TestCall): boolean => call.heard().includes('Somebody has joined.')

test('the caller is told at once while nobody speaks', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.somebodyJoins()
    await call.until('listening')
    expect(call.told()).toEqual(['agent: Hello, this is Paula.', TOLD])
  }))

test('the agent says its words to their end before', () =>
  onTheLine({}, async call => {
    await call.pass(850)
    await call.somebodyJoins()
    await call.until('listening')
    expect(call.told()).toEqual(['agent: Hello, this is Paula.', TOLD])
  }))

test('the caller says theirs, and has the answer, before', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('when do you')
    await call.somebodyJoins()
    expect(call.turn().kind).toBe('hearing')
    await call.words('when do you open', { final: true })
    await call.speechEnd()
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: when do you open', 'agent: Okay.', TOLD])
  }))

test('what is said over it does not stop it, and is answered afterwards', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.somebodyJoins()
    await call.pass(call.voice.firstAudioMs + 100)
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual([TOLD, 'caller: what is next', 'agent: Okay.'])
  }))

test('two who join while the agent speaks are told of once', () =>
  onTheLine({}, async call => {
    await call.pass(850)
    await call.somebodyJoins()
    await call.somebodyJoins()
    await call.until('listening')
    await call.pass(3_000)
    expect(call.told().slice(1)).toEqual([TOLD])
  }))

test('a question of the agent is answered first, so that a yes is to nothing else', () =>
  onTheLine({}, async call => {
    call.tools.add('delete', true, async (_call, _signal, context) =>
      context.agreed ? 'Deleted.' : { kind: 'ask', question: 'Delete it?' },
    )
    call.model.scripts.push([{ tool: toolCall('delete') }], ['Deleted it.'])
    await call.greeted()
    await call.callerSays('delete the milk')
    await call.until('listening')
    await call.somebodyJoins()
    await call.pass(1_000)
    expect(isTold(call)).toBe(false)
    await call.callerSays('yes')
    await call.until('listening')
    expect(call.told().slice(-2)).toEqual(['agent: Deleted it.', TOLD])
  }))

test('a caller who is asked a question and says nothing is told too', () =>
  onTheLine({}, async call => {
    call.tools.add('delete', true, async () => ({ kind: 'ask', question: 'Delete it?' }))
    call.model.scripts.push([{ tool: toolCall('delete') }])
    await call.greeted()
    await call.callerSays('delete the milk')
    await call.until('listening')
    await call.somebodyJoins()
    await call.pass(40_000)
    expect(isTold(call)).toBe(true)
  }))

test('after the goodbye nobody is told any more', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.types('goodbye')
    await call.pass(call.voice.firstAudioMs + 100)
    await call.somebodyJoins()
    await call.pass(20_000)
    expect(call.turn().kind).toBe('ended')
    expect(isTold(call)).toBe(false)
  }))

test('a caller who has to get to a page has a minute before they are asked whether they are there', () =>
  onTheLine({}, async call => {
    const asked = () => call.heard().filter(text => text === 'Are you still there?').length
    await call.greeted()
    await call.beside(true)
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    await call.pass(58_000)
    expect(asked()).toBe(0)
    await call.pass(6_000)
    expect([asked(), call.turn().kind]).toEqual([1, 'listening'])
    await call.beside(false)
    await call.callerSays('I am')
    await call.until('replying')
    await call.until('listening')
    await call.pass(14_000)
    expect(asked()).toBe(2)
  }))
