import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

test('a noise with gaps and no words: the agent asks within half a minute of its first sound', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const startMs = call.nowMs()
    while (call.heard().length < 2 && call.nowMs() < startMs + 120_000) {
      await call.callerCoughs(2_500)
      await call.pass(500)
    }
    expect(call.heard()[1]).toBe('Pardon?')
    expect(call.nowMs()).toBeLessThan(startMs + 30_000)
  }))

test.each([
  [300, 2_000],
  [300, 4_000],
  [600, 9_000],
  [1_500, 2_500],
])('noises of %i ms, %i ms apart: the agent says something within half a minute', (lengthMs, gapMs) =>
  onTheLine({}, async call => {
    await call.greeted()
    const startMs = call.nowMs()
    while (call.heard().length < 2 && call.nowMs() < startMs + 120_000) {
      await call.callerCoughs(lengthMs)
      await call.pass(gapMs)
    }
    expect(call.nowMs()).toBeLessThan(startMs + 30_000 + lengthMs + gapMs)
  }),
)

test('words without an end, as of a television: the agent asks within a minute and a half', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const startMs = call.nowMs()
    await call.speechStart()
    for (let i = 0; call.heard().length < 2 && i < 200; i++) {
      await call.words(`and now the news number ${i} from the`, { final: i % 3 === 2 })
      await call.pass(1_000)
    }
    expect(call.heard()[1]).toBe('Pardon?')
    expect(call.nowMs()).toBeLessThan(startMs + 90_000)
  }))

test('a caller who talks for a minute and ends is answered, not asked again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('one two three four five six seven eight nine ten '.repeat(20).trim(), { lengthMs: 60_000 })
    await call.pass(5_000)
    expect(call.heard().slice(1)).toEqual(['Okay.'])
  }))

test.each(['.', '?', '...', '-', '🎵', '♪ ♪', "'", '¿'])('the transcript "%s" is no turn', text =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.pass(900)
    await call.words(text)
    await call.speechEnd()
    await call.words(text, { final: true, ended: true })
    await call.pass(6_000)
    expect(call.model.asked).toEqual([])
    expect(call.heard()).toEqual(['Hello, this is Paula.', 'Pardon?'])
  }),
)

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
