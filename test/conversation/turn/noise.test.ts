import { expect, test } from 'vitest'
import { onTheLine } from '../../fakes/call.ts'

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
