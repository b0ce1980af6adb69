import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

/** When the model was asked for the nth time, in ms after `fromMs` of the clock. */
const askedAfter = (call: TestCall, fromMs: number, nth = 0): number => (call.model.askedMs[nth] ?? 0) - fromMs

test('patience counts from the last voiced sample, not from the event that reports it', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const lastVoicedMs = call.clock.now() + 900
    await call.callerSays('call my mother', { lengthMs: 900 })
    await call.until('replying')
    expect(askedAfter(call, lastVoicedMs)).toBe(500)
  }))

test('a caller whose words trail off is given the long patience', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const lastVoicedMs = call.clock.now() + 900
    await call.callerSays('remind me to', { lengthMs: 900 })
    await call.pass(lastVoicedMs + 2_999 - call.clock.now())
    expect(call.turn().kind).toBe('settling')
    await call.pass(1)
    expect(call.turn().kind).toBe('replying')
    expect(call.model.asked).toHaveLength(0)
  }))

test('final words that come after the patience are answered at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('two eggs please')
    await call.pass(200)
    await call.speechEnd()
    await call.pass(600)
    expect(call.turn().kind).toBe('settling')
    await call.words('Two eggs, please.', { final: true })
    expect(call.turn().kind).toBe('replying')
    expect(call.told().at(-1)).toBe('caller: Two eggs, please.')
  }))

test('final words that change nothing are answered at once too', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('two eggs please')
    await call.pass(200)
    await call.speechEnd()
    await call.pass(600)
    await call.words('two eggs please', { final: true })
    expect(call.turn().kind).toBe('replying')
  }))

test('a caller whose words never become final is answered too', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('two eggs please')
    await call.pass(200)
    await call.speechEnd()
    await call.pass(300 + 700)
    expect(call.told().at(-1)).toBe('caller: two eggs please')
  }))

test('a caller who goes on in the pause is not answered in between', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('move the meeting')
    await call.pass(100)
    expect(call.turn().kind).toBe('settling')
    await call.callerSays('to Friday please')
    await call.until('replying')
    expect(call.model.asked).toHaveLength(1)
    expect(call.told().slice(1)).toEqual(['caller: move the meeting to Friday please'])
  }))

test('a caller who goes on before the reply sounds is still in the same turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([{ afterMs: 1_500 }, 'Too early.'], ['Moved to Friday.'])
    await call.callerSays('move the meeting')
    await call.until('replying')
    expect(call.told().slice(1)).toEqual(['caller: move the meeting'])
    await call.pass(300)
    await call.callerSays('to Friday please')
    expect(call.model.aborted).toBe(1)
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: move the meeting to Friday please', 'agent: Moved to Friday.'])
    expect(call.heard()).not.toContain('Too early.')
    expect(call.model.asked[1]?.history.at(-1)).toEqual({ role: 'caller', text: 'move the meeting to Friday please' })
  }))

test('while the caller goes on, the history does not hold their unanswered words', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['stall'])
    await call.callerSays('move the meeting')
    await call.until('replying')
    await call.speechStart()
    expect(call.turn()).toMatchObject({ kind: 'hearing', utterance: { finalWords: 'move the meeting' } })
    expect(call.told()).toEqual(['agent: Hello, this is Paula.'])
  }))

test('a cough while the agent thinks does not lose the turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([{ afterMs: 1_500 }, 'Thrown away.'], [{ afterMs: 500 }, 'Moved.'])
    await call.callerSays('move the meeting')
    await call.until('replying')
    await call.callerCoughs()
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: move the meeting', 'agent: Moved.'])
  }))

test('a noise without words is no turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerCoughs()
    await call.until('listening')
    expect(call.model.asked).toHaveLength(0)
    expect(call.heard()).toHaveLength(1)
  }))

test('a caller who spoke but was not understood is asked to say it again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerCoughs(1_500)
    await call.until('replying')
    await call.until('listening')
    expect(call.heard()).toEqual(['Hello, this is Paula.', 'Pardon?'])
  }))

test('words without detected speech are a turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.words('hello there', { final: true })
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: hello there')
  }))

test('on a noisy line the provider alone can end the turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('what time is breakfast', { final: true, ended: true })
    await call.pass(1_499)
    expect(call.turn().kind).toBe('hearing')
    await call.pass(1)
    expect(call.turn().kind).toBe('replying')
  }))

test('after a turn that the provider ended on a noisy line, two words still stop the agent', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Breakfast is from seven to ten and there is porridge every day.'])
    await call.speechStart()
    await call.words('what time is breakfast', { final: true, ended: true })
    await call.pass(1_500 + 1_500)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { sounding: true } })
    await call.words('and lunch')
    await call.words('and lunch', { final: true, ended: true })
    expect(call.turn().kind).not.toBe('replying')
    expect(call.told().at(-1)).toMatch(/ —$/)
  }))

test('empty transcripts of silence are not in the journal', () =>
  onTheLine({}, async call => {
    await call.greeted()
    for (let count = 0; count < 50; count++) await call.words('')
    expect(call.events().filter(({ kind }) => kind === 'words')).toEqual([])
  }))

test('the journal is committed when a turn is over: of the agent, and of the caller', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const before = call.journal.commits
    await call.callerSays('may we begin')
    await call.until('replying')
    expect(call.journal.commits).toBe(before + 1)
    await call.until('listening')
    expect(call.journal.commits).toBeGreaterThan(before + 1)
  }))

test('the journal is committed after a turn with a cough too', () =>
  onTheLine({}, async call => {
    await call.pass(900)
    await call.callerCoughs(100)
    expect(call.turn().kind).toBe('yielding')
    const before = call.journal.commits
    await call.until('listening')
    expect(call.journal.commits).toBe(before + 1)
  }))

test('a caller who goes on after complete words gets more time, until they no longer do it', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('book a table')
    await call.pass(150)
    await call.speechStart()
    await call.pass(300)
    await call.words('for two', { final: true })
    expect(call.turn().context.pauseMs).toBeGreaterThan(350)
    await call.speechEnd()
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why: 'complete' } })
    const { turn, nowMs } = call
    const { context } = turn()
    const settled = turn()
    const dueMs = settled.kind === 'settling' ? settled.patience.dueMs : 0
    expect(dueMs).toBe(nowMs() - 200 + context.pauseMs + 150)
    await call.until('replying')
    const shorter = turn().context.pauseMs
    expect(shorter).toBeLessThan(context.pauseMs)
  }))

test('a cough in a pause does not count as going on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('book a table')
    await call.pass(150)
    await call.callerCoughs(200)
    await call.until('replying')
    expect(call.turn().context.pauseMs).toBe(0)
  }))

test('an end of turn that the provider doubts gets more patience than one it is sure of', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    call.speechToText.words.push({ text: 'book a table', final: false, ended: false, endOfTurn: 0.2 })
    await call.pass(400)
    await call.speechEnd()
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why: 'uncertain' } })
    call.speechToText.words.push({ text: 'book a table', final: false, ended: true, endOfTurn: 0.8 })
    await call.pass(0)
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why: 'complete' }, utterance: { ended: true } })
    await call.pass(300)
    expect(call.turn().kind).toBe('replying')
  }))

test('"actually, wait" gets the long patience, and the words after it belong to the same turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('actually wait')
    await call.pass(1_500)
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why: 'trails off' } })
    await call.callerSays('I meant Friday')
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: actually wait I meant Friday')
  }))

test('words that come before the answer sounds belong to the turn, also without detected speech', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([{ afterMs: 1_200 }, 'Four it is.'], ['Six it is.'])
    await call.callerSays('book a table for four')
    await call.until('replying')
    await call.pass(300)
    await call.words('no wait for six', { final: true })
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: book a table for four no wait for six', 'agent: Six it is.'])
  }))

test('a late final transcript with more words than its interim is not lost', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('I want a table')
    await call.speechEnd()
    await call.until('replying')
    await call.words('I want a table for four at eight', { final: true })
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual(['caller: I want a table for four at eight', 'agent: Okay.'])
  }))

test('interim words that the provider takes back are not answered', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('cancel it')
    await call.words('', { final: true })
    await call.speechEnd()
    await call.pass(5_000)
    expect(call.told().filter(line => line.startsWith('caller'))).toEqual([])
    expect(call.model.asked).toEqual([])
  }))
