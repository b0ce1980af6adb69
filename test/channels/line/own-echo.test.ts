import { expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../../src/audio/mulaw.ts'
import { ownEcho } from '../../../src/channels/line/own-echo.ts'
import { cough } from '../../../src/sandbox/caller/cough.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../../src/sandbox/chance.ts'

const scripts = await Promise.all(['bench', 'bench-tools', 'thinks-aloud'].map(loadNamedFixture))
const spoken = scripts.flatMap(({ utterances }) =>
  utterances.flatMap(one => (one.kind === 'speech' && one.pcm.length > 8_000 ? [one.pcm] : [])),
)
const agent = Int16Array.from(spoken.slice(0, 6).flatMap(pcm => [...pcm]))
const other = spoken.at(-1) ?? new Int16Array(0)
const random = seeded(5)
const FRAME = 160

interface Line {
  readonly delayMs: number
  readonly lossDb: number
  /** The caller's own sound, from two seconds on. */
  readonly callerSound?: Int16Array
  /** The agent is turned down by 20 dB this long after the caller started to speak. */
  readonly duckedAfterMs?: number
  readonly hasEcho?: boolean
  /** The line drops this much in the middle of the judged stretch. */
  readonly skipMs?: number
}

/** The likeness of half a second of the caller's side, from two seconds on. */
function likenessOn({ delayMs, lossDb, callerSound, duckedAfterMs, hasEcho = true, skipMs = 0 }: Line): number {
  const detector = ownEcho(8_000)
  const played = agent.slice(0, 4 * 8_000)
  const duckFrom = duckedAfterMs === undefined ? played.length : (2_000 + duckedAfterMs) * 8
  for (let i = duckFrom; i < played.length; i++) played[i] = (played[i] ?? 0) * 0.1
  const gain = 10 ** (-lossDb / 20)
  const reflections = [
    { ms: 0, level: 1 },
    { ms: 11, level: 0.5 },
    { ms: 23, level: -0.35 },
  ]
  const pcm = Int16Array.from({ length: played.length }, (_, i) => {
    const room = reflections.reduce(
      (sum, { ms, level }) => sum + level * (played[i - (delayMs + ms - (i > 18_000 ? skipMs : 0)) * 8] ?? 0),
      0,
    )
    return (hasEcho ? gain * room : 0) + (callerSound?.[i - 16_000] ?? 0) + 30 * (random() - 0.5)
  })
  const [down, up] = [played, pcm].map(sound => decodeMulaw(encodeMulaw(sound))) as [Int16Array, Int16Array]
  for (let at = 0; at < down.length; at += FRAME) {
    // The estimate of the carrier's lag is a little wrong.
    detector.agent(down.subarray(at, at + FRAME), at / 8 + 40)
    detector.caller({ pcm: up.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  }
  return detector.likeness(2_000, 2_900)
}

test.each([
  { delayMs: 60, lossDb: 6 },
  { delayMs: 200, lossDb: 14 },
  { delayMs: 450, lossDb: 20 },
  { delayMs: 200, lossDb: 14, duckedAfterMs: 200 },
  { delayMs: 200, lossDb: 14, skipMs: 40 },
])('the agent’s own sound is recognized: %j', line => {
  expect(likenessOn(line)).toBeGreaterThan(0.6)
})

test('another voice, a cough and silence do not count as echo, with or without an echo below them', () => {
  const cases = [other, cough(random), new Int16Array(0)].map(callerSound =>
    likenessOn({ ...quiet, callerSound, hasEcho: false }),
  )
  expect(Math.max(...cases, likenessOn({ ...quiet, callerSound: other }))).toBeLessThan(0.45)
})
const quiet = { delayMs: 200, lossDb: 20 }

test('a silent agent has no echo, and a few milliseconds are too short to judge', () => {
  const detector = ownEcho(8_000)
  for (let at = 0; at < 8_000; at += FRAME)
    detector.caller({ pcm: agent.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  expect([detector.likeness(0, 900), detector.likeness(800, 900)]).toEqual([0, 0])
})

test('sound that was cut before it was played does not count as the agent’s', () => {
  const detector = ownEcho(8_000)
  for (let at = 0; at < 16_000; at += FRAME) {
    detector.agent(agent.subarray(at, at + FRAME), at / 8)
    detector.caller({ pcm: agent.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  }
  expect(detector.likeness(1_000, 1_900)).toBeGreaterThan(0.9)
  detector.cutAgent(300)
  expect(detector.likeness(1_000, 1_900)).toBe(0)
})
