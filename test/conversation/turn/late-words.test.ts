import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { onTheLine, POLICY, type TestCall } from '../../fakes/call.ts'

const LONG = 'There are seven things to do today and the first of them is to feed the neighbour.'
const FINAL = { final: true, ended: true }

/** A sound over the agent's voice that is like it: from then on the line is known to echo. */
async function echoes(call: TestCall): Promise<void> {
  call.channel.echoLikeness = 0.8
  await call.pass(500)
  await call.speechStart()
}

test('an echo of the agent that comes after its end is no turn', () =>
  onTheLine({}, async call => {
    await echoes(call)
    await call.until('listening')
    expect(call.turn().context.echoes).toBe(true)
    await call.speechEnd()
    await call.pass(150)
    await call.words('this is Paula', FINAL)
    await call.pass(3_000)
    expect(call.told()).toEqual(['agent: Hello, this is Paula.'])
    expect(call.model.asked).toHaveLength(0)
  }))

test('shreds of the agent’s words are no turn on a line that echoes, and their last form may come later', () =>
  onTheLine({}, async call => {
    await echoes(call)
    await call.until('listening')
    await call.speechEnd()
    await call.pass(150)
    await call.words('hello Paula')
    await call.pass(900)
    await call.words('hello Paula', FINAL)
    await call.pass(3_000)
    expect(call.told()).toEqual(['agent: Hello, this is Paula.'])
    expect(call.model.asked).toHaveLength(0)
  }))

test('the same words a second later are the caller’s', () =>
  onTheLine({}, async call => {
    await echoes(call)
    await call.until('listening')
    await call.speechEnd()
    await call.pass(1_000)
    await call.callerSays('this is Paula')
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: this is Paula')
  }))

test('an echo of the notice does not stop the greeting', () =>
  onTheLine({ state: { turn: begin(POLICY, 0, 'notice'), history: [] } }, async call => {
    await echoes(call)
    while (call.told().length < 2) await call.pass(20)
    await call.speechEnd()
    await call.pass(100)
    await call.words('This is recorded.', FINAL)
    await call.until('listening')
    expect(call.told()).toEqual(['agent: This is recorded.', 'agent: Hello, this is Paula.'])
  }))

test('an echo of a filler does not interrupt the answer', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, () => call.clock.sleep(900, new AbortController().signal).then(() => 'eggs'))
    call.model.scripts.push([{ tool: { id: 'c', name: 'list', arguments: '{}' } }], [LONG])
    await echoes(call)
    await call.until('listening')
    await call.speechEnd()
    await call.callerSays('what is on my list')
    while (!call.heard().includes('One moment.')) await call.pass(20)
    await call.pass(600)
    await call.words('One moment.', FINAL)
    await call.until('listening')
    expect(call.told().at(-1)).toBe(`agent: ${LONG}`)
  }))

test('an echo of the goodbye does not keep the call', () =>
  onTheLine({}, async call => {
    await echoes(call)
    await call.until('listening')
    await call.speechEnd()
    call.model.scripts.push(['Goodbye, and thank you for calling us today.'])
    await call.callerSays('thanks, that is all')
    await call.until('replying')
    await call.pass(500)
    await call.speechStart()
    await call.until('ended')
  }))

test('an echo of "take your time" does not stop it', () =>
  onTheLine({}, async call => {
    await echoes(call)
    await call.until('listening')
    await call.speechEnd()
    await call.callerSays('I would like to um')
    await call.until('replying')
    await call.pass(400)
    await call.speechStart()
    await call.pass(1_000)
    expect(call.heard().at(-1)).toBe('Take your time.')
  }))

test('after a cough over "take your time" it is not said again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('I would like to um')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 300)
    await call.callerCoughs(200)
    await call.pass(15_000)
    expect(call.heard().filter(heard => heard.startsWith('Take'))).toHaveLength(1)
    expect(call.told()).toContain('agent: Okay.')
  }))

test('the final transcript of a turn that was answered on its interim words is no turn of its own', () =>
  onTheLine({}, async call => {
    call.model.scripts.push(['Done.'])
    await call.greeted()
    await call.speechStart()
    await call.words('book a table for four', { ended: true })
    await call.pass(250)
    await call.speechEnd()
    await call.until('replying')
    await call.until('listening')
    await call.words('Book a table for four.', FINAL)
    await call.pass(3_000)
    expect(call.model.asked).toHaveLength(1)
    await call.words('and a taxi', FINAL)
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: and a taxi')
  }))

test.each([
  ['at once after the answer', 0, 1],
  ['two seconds later', 2_000, 2],
])('a final transcript that comes twice, %s, makes so many turns in all', (_, laterMs, turns) =>
  onTheLine({}, async call => {
    call.model.scripts.push(['Ok.'], ['Ok.'])
    await call.greeted()
    await call.callerSays('thank you for that', { lengthMs: 900 })
    await call.until('replying')
    await call.until('listening')
    await call.pass(laterMs)
    await call.words('Thank you for that.', FINAL)
    await call.pass(3_000)
    expect(call.told().filter(told => told.startsWith('caller: '))).toHaveLength(turns)
  }),
)

test('a late transcript of the answered turn stops nothing, also after a noise, and may end in a back-channel', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([LONG])
    await call.greeted()
    await call.speechStart()
    await call.words('book a table for four', { ended: true })
    await call.pass(300)
    await call.speechEnd()
    await call.until('replying')
    await call.pass(1_000)
    await call.speechStart()
    await call.words('book a table for four')
    await call.words('Book a table for four mm-hm', FINAL)
    expect(call.turn()).toMatchObject({ kind: 'yielding', utterance: { finalWords: 'mm-hm' } })
    await call.speechEnd()
    await call.until('listening')
    expect(call.told().at(-1)).toBe(`agent: ${LONG}`)
  }))

test('words that the caller adds to such a turn are heard', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([LONG])
    await call.greeted()
    await call.speechStart()
    await call.words('book a table for four', { ended: true })
    await call.pass(300)
    await call.speechEnd()
    await call.until('replying')
    await call.pass(1_000)
    await call.words('Book a table for four. No, for five.', FINAL)
    await call.until('replying')
    expect(call.told().slice(-2)).toEqual(['agent: There are —', 'caller: No, for five.'])
  }))

test('a word of the last turn, said again over the agent, stops it', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([LONG])
    await call.greeted()
    await call.speechStart()
    await call.words('I want to stop my alarm', FINAL)
    await call.until('replying')
    await call.pass(700)
    await call.words('stop', FINAL)
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.playing).toBe(0)
  }))

test('where a noise keeps the detector on, the next turn is heard to its end', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('what is on my list', FINAL)
    await call.until('replying')
    await call.until('listening')
    for (const text of ['add milk', 'add milk and eggs', 'add milk and eggs to the list']) {
      await call.words(text)
      expect(call.turn().kind).toBe('hearing')
      await call.pass(1_400)
    }
    await call.words('add milk and eggs to the list', FINAL)
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: add milk and eggs to the list')
  }))

test('where a noise keeps the detector on, the provider’s end of the utterance ends the turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('what is on my list', FINAL)
    await call.until('replying')
    await call.until('listening')
    await call.words('add milk', FINAL)
    await call.pass(1_500)
    expect(call.turn().kind).toBe('replying')
  }))

test('for a caller whom the detector does not hear patience counts from their last words', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.words('add')
    await call.pass(900)
    await call.words('add milk and')
    await call.pass(2_900)
    expect(call.turn().kind).toBe('settling')
    expect(call.model.asked).toHaveLength(0)
  }))
