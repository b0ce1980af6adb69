import { expect, test } from 'vitest'
import type { LineNote } from '../../src/channels/call-host.ts'
import { type LineQualityParts, lineQuality } from '../../src/quality/line-quality.ts'

const FRAME = Int16Array.from({ length: 160 }, (_, i) => 3_277 * Math.sin((i * Math.PI) / 8))
const SECOND = 50

/** A line on which both speak for ten seconds; `missing` are the caller's frames that do not come. */
function spoken(changed: Partial<LineQualityParts> = {}, missing: (i: number) => boolean = () => false) {
  let nowMs = 5_000
  const passed: string[] = []
  const quality = lineQuality({ clock: { now: () => nowMs }, rateHz: 8_000, isDated: true, leadMs: 200, ...changed })
  const recorder = quality.tap({
    caller: (pcm, positionMs, atMs) => passed.push(`caller ${pcm.length} ${positionMs} ${atMs}`),
    agent: (pcm, playsAtMs) => passed.push(`agent ${pcm.length} ${playsAtMs}`),
    moveAgent: (fromMs, byMs) => passed.push(`moved ${fromMs} ${byMs}`),
    cutAgent: atMs => passed.push(`cut ${atMs}`),
  })
  for (let i = 0; i < 10 * SECOND; i++) {
    nowMs += 20
    if (!missing(i)) recorder.caller(FRAME, i * 20, nowMs - 20)
    recorder.agent(FRAME, nowMs + 200)
  }
  recorder.cutAgent(nowMs)
  return { ...quality, passed }
}
const notes = (quality: ReturnType<typeof spoken>, ...some: readonly LineNote[]) => {
  for (const note of some) quality.note(note)
  return quality.legs()
}

test('a perfect line is what telephony can be', () => {
  const good = { lossPercent: 0, gaps: 0, longestGapMs: 0, levelDb: -23, clippedPercent: 0, mos: 4.41 }
  expect(spoken().legs()).toEqual([
    { leg: 'caller', ...good, jitterMs: 0, lostMessages: 0 },
    { leg: 'agent', ...good, jitterMs: null },
  ])
})

test('the recorder gets all that it got before', () => {
  const { passed } = spoken()
  expect(passed.slice(0, 2)).toEqual(['caller 160 0 5000', 'agent 160 5220'])
  expect([passed.length, passed.at(-1)]).toEqual([2 * 10 * SECOND + 1, 'cut 15000'])
})

test('sound that never came lowers the caller’s leg alone; who lost it is told', () => {
  const quality = spoken({}, i => i >= 100 && i < 125 && i !== 110)
  const [caller, agent] = notes(
    quality,
    { kind: 'caller-gap', gapMs: 200, lostMessages: 10 },
    { kind: 'caller-gap', gapMs: 280 },
  )
  expect(caller).toMatchObject({ lossPercent: 4.8, gaps: 2, longestGapMs: 280, lostMessages: 10 })
  expect(caller?.mos).toBeLessThan(2)
  expect(agent).toMatchObject({ lossPercent: 0, mos: 4.41 })
})

test('frames that this server sent too late are gaps of the agent’s leg', () => {
  const [, agent] = notes(spoken(), { kind: 'frame-late', lateMs: 150 }, { kind: 'frame-late', lateMs: 700 })
  expect(agent).toMatchObject({ gaps: 1, longestGapMs: 500, lossPercent: 4.76 })
  expect(agent?.mos).toBeLessThan(3)
})

test('of a browser what WebRTC counted is told, as it was at last, and with concealment', () => {
  const network = { kind: 'network', jitterMs: 10, roundTripMs: 100 } as const
  const quality = spoken({ isDated: false })
  const [caller, agent] = notes(quality, { ...network, lossPercent: 9 }, { ...network, lossPercent: 2, jitterMs: 30 })
  expect(caller).toEqual({
    ...{ leg: 'caller', lossPercent: 2, jitterMs: 20, gaps: null, longestGapMs: null, roundTripMs: 100 },
    // R = 93.2 − 190 ÷ 27.1; 50 ms of way and 40 ms of buffer are not noticed.
    ...{ levelDb: -23, clippedPercent: 0, mos: 4.23 },
  })
  expect(agent).toMatchObject({ lossPercent: 0, mos: 4.41 })
})

test('a browser that left before its network was measured has no opinion of its leg', () => {
  expect(spoken({ isDated: false }).legs()[0]).toMatchObject({
    lossPercent: null,
    jitterMs: null,
    mos: null,
    levelDb: -23,
  })
})

test('a line on which nothing came or went has no opinion', () => {
  const quality = lineQuality({ clock: { now: () => 0 }, rateHz: 8_000, isDated: true, leadMs: 200 })
  for (const leg of quality.legs()) expect(leg).toMatchObject({ levelDb: null, clippedPercent: null, mos: null })
})

test('a long way is heard in both legs', () => {
  const far = { kind: 'network', lossPercent: 0, jitterMs: 0, roundTripMs: 800 } as const
  // 400 ms one way: R = 69.13.
  for (const { mos } of notes(spoken({ isDated: false }), far)) expect(mos).toBeCloseTo(3.56, 2)
})
