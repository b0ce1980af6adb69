import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

/** How far behind the detector is. */
const BEHIND_MS = 4_000

const lateEnd = (call: TestCall): Promise<void> => {
  call.voiceActivity.events.push({ kind: 'speech-end', lastVoicedMs: call.clock.now() - BEHIND_MS })
  return call.pass(0)
}
const lateStart = (call: TestCall): Promise<void> => {
  call.voiceActivity.events.push({ kind: 'speech-start', firstVoicedMs: call.clock.now() - BEHIND_MS })
  return call.pass(0)
}

/** The next words, each eight tenths of a second after the one before, then their final transcript. */
async function saysNext(call: TestCall, text: string, after: Record<string, () => Promise<void>> = {}): Promise<void> {
  const all = text.split(' ')
  for (const [at, word] of all.entries()) {
    await call.words(all.slice(0, at + 1).join(' '))
    await call.pass(100)
    await after[word]?.()
    await call.pass(700)
  }
  await call.words(text, { final: true, ended: true })
}

const turnsOf = (call: TestCall): readonly string[] => call.told().filter(line => line.startsWith('caller:'))

test('the late end of earlier speech does not end what the caller says now', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await call.until('listening')
    await saysNext(call, 'two margheritas please', { two: () => lateEnd(call) })
    await call.until('replying')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?', 'caller: two margheritas please'])
  }))

test('nor what they say over the agent', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    call.model.scripts.push(['One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.'])
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await call.pass(1_500)
    await saysNext(call, 'two margheritas please', { two: () => lateEnd(call) })
    await call.until('replying')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?', 'caller: two margheritas please'])
  }))

test('a caller who says no more is answered as if they had ended when it was told', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('call my mother', { final: true })
    await lateEnd(call)
    const toldMs = call.clock.now()
    await call.until('replying')
    expect((call.model.askedMs[0] ?? 0) - toldMs).toBe(500)
  }))

test('the late start of what is being answered neither takes the answer back nor stops it', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.'])
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await lateStart(call)
    expect(call.turn().kind).toBe('replying')
    await call.pass(1_500)
    await lateStart(call)
    expect(call.turn().kind).toBe('replying')
    await lateEnd(call)
    await call.until('listening')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?'])
  }))

test('a detector that cannot keep up goes on with the latest sound', () =>
  onTheLine({}, async call => {
    call.voiceActivity.stuck = Promise.withResolvers()
    for (let index = 0; index < 250; index++) {
      const frame = { pcm: Int16Array.of(index), rateHz: 8_000, atMs: call.clock.now() }
      call.channel.person.push({ kind: 'audio', frame })
      await call.pass(20)
    }
    call.voiceActivity.stuck.resolve()
    await call.pass(0)
    // One was taken before it was stuck, and what is left is less than two seconds.
    expect(call.voiceActivity.frames).toBe(1 + 49)
    expect(call.voiceActivity.loudest).toBe(249)
    expect(call.speechToText.frames).toBe(250)
    expect(call.notes().filter(({ kind }) => kind === 'detector-behind')).toHaveLength(2)
  }))
