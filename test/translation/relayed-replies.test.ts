import { expect, test } from 'vitest'
import { AGENT, onTheLine } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const INTERPRETED = { policy: { interprets: true as const } }
const BROKEN = new Error('the model is down')

test('a call that is interpreted: each says something, and nobody else is answered', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['Good day. ', 'I would like a room.'])
    await call.otherSays('Guten Tag. Ich möchte ein Zimmer.')
    await call.pass(6_000)
    await call.callerSays('we have one for you')
    await call.pass(3_000)
    expect(call.told()).toEqual([
      `agent: ${AGENT.phrases.greeting}`,
      'agent: Good day. I would like a room.',
      'caller: we have one for you',
    ])
    expect(call.model.asked).toHaveLength(1)
  }))

test('the model has no tools for it, and nothing besides; a call of one is not run', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['Goodbye. ', { tool: toolCall('hang_up') }])
    await call.otherSays('Auf Wiedersehen.')
    await call.pass(4_000)
    const [asked] = call.model.asked
    expect(asked?.tools).toEqual([])
    expect(asked).not.toHaveProperty('context')
    expect(asked?.history).toEqual([
      { role: 'caller', text: expect.stringContaining('"translate":"Auf Wiedersehen."') },
    ])
    expect(call.told().slice(1)).toEqual(['agent: Goodbye.'])
    expect(call.turn().kind).toBe('listening')
  }))

test('a model that fails once is asked again, and no word of the other person is lost', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push([BROKEN], ['Good day.'])
    await call.otherSays('Guten Tag.')
    await call.pass(6_000)
    expect(call.told().slice(1)).toEqual(['agent: Good day.'])
  }))

test('one that stalls is asked again when nothing was heard for four seconds', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['stall'], ['Good day.'])
    await call.otherSays('Guten Tag.')
    await call.pass(8_000)
    expect(call.told().slice(1)).toEqual(['agent: Good day.'])
  }))

test('one that fails twice is told of, and the next sentence is interpreted', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push([BROKEN], [BROKEN], ['How are you?'])
    await call.otherSays('Guten Tag.')
    await call.pass(6_000)
    await call.otherSays('Wie geht es Ihnen?')
    await call.pass(4_000)
    expect(call.told().slice(1)).toEqual([`agent: ${AGENT.phrases.apology}`, 'agent: How are you?'])
  }))

test('who talks over it is passed on at once, and the history has what they have heard', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['The room costs ninety euros per night, and breakfast is included in that.'])
    await call.otherSays('Das Zimmer kostet neunzig Euro.')
    await call.pass(1_600)
    await call.callerSays('that is too much')
    await call.pass(3_000)
    const [, heard = '', said] = call.told()
    expect(heard).toMatch(/^agent: The room .*—$/)
    expect(said).toBe('caller: that is too much')
    expect(call.told()).toHaveLength(3)
  }))

test('a cough over it changes nothing', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['The room costs ninety euros per night.'])
    await call.otherSays('Das Zimmer kostet neunzig Euro.')
    await call.pass(1_200)
    await call.callerCoughs()
    await call.pass(6_000)
    expect(call.told().slice(1)).toEqual(['agent: The room costs ninety euros per night.'])
  }))

test('what comes while the caller speaks is said after their turn, in one go', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    call.model.scripts.push(['One moment. I am coming.'])
    await call.speechStart()
    await call.words('we have')
    await call.otherSays('Moment.')
    await call.otherSays('Ich komme.')
    await call.words('we have a room', { final: true })
    await call.speechEnd()
    await call.pass(6_000)
    expect(call.told().slice(1)).toEqual(['caller: we have a room', 'agent: One moment. I am coming.'])
    expect(call.model.asked).toHaveLength(1)
  }))

test('a minute without a word from either is nothing', () =>
  onTheLine(INTERPRETED, async call => {
    await call.greeted()
    await call.pass(59_000)
    expect(call.told()).toHaveLength(1)
    expect(call.turn().kind).toBe('listening')
  }))
