import { expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../../src/audio/mulaw.ts'
import { ownEcho } from '../../../src/channels/phone/own-echo.ts'
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
  /** What the caller himself adds, from two seconds on. */
  readonly also?: Int16Array
  /** The agent is turned down by 20 dB so long after the caller began to be heard. */
  readonly duckedAfterMs?: number
  readonly echo?: boolean
  /** In the middle of what is judged, the line leaves out so much. */
  readonly skipMs?: number
}

/** Half a second of the caller's side, from two seconds on, as `likeness` judges it. */
function judged({ delayMs, lossDb, also, duckedAfterMs, echo = true, skipMs = 0 }: Line): number {
  const speechToText = ownEcho()
  const utterance = agent.slice(0, 4 * 8_000)
  const duckFrom = duckedAfterMs === undefined ? utterance.length : (2_000 + duckedAfterMs) * 8
  for (let i = duckFrom; i < utterance.length; i++) utterance[i] = (utterance[i] ?? 0) * 0.1
  const gain = 10 ** (-lossDb / 20)
  const reflections = [
    { ms: 0, level: 1 },
    { ms: 11, level: 0.5 },
    { ms: 23, level: -0.35 },
  ]
  const pcm = Int16Array.from({ length: utterance.length }, (_, i) => {
    const room = reflections.reduce(
      (sum, { ms, level }) => sum + level * (utterance[i - (delayMs + ms - (i > 18_000 ? skipMs : 0)) * 8] ?? 0),
      0,
    )
    return (echo ? gain * room : 0) + (also?.[i - 16_000] ?? 0) + 30 * (random() - 0.5)
  })
  const [down, up] = [encodeMulaw(utterance), decodeMulaw(encodeMulaw(pcm))]
  for (let at = 0; at < down.length; at += FRAME) {
    // The carrier's lag is reckoned a little wrong.
    speechToText.agent(down.subarray(at, at + FRAME), at / 8 + 40)
    speechToText.caller({ pcm: up.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  }
  return speechToText.likeness(2_000, 2_900)
}

test.each([
  { delayMs: 60, lossDb: 6 },
  { delayMs: 200, lossDb: 14 },
  { delayMs: 450, lossDb: 20 },
  { delayMs: 200, lossDb: 14, duckedAfterMs: 200 },
  { delayMs: 200, lossDb: 14, skipMs: 40 },
])('the agent’s own sound is known: %j', line => {
  expect(judged(line)).toBeGreaterThan(0.6)
})

test('another voice, a cough and silence are not taken for it, with or without an echo below them', () => {
  const cases = [other, cough(random), new Int16Array(0)].map(also => judged({ ...quiet, also, echo: false }))
  expect(Math.max(...cases, judged({ ...quiet, also: other }))).toBeLessThan(0.45)
})
const quiet = { delayMs: 200, lossDb: 20 }

test('an agent that has said nothing has no echo, and a few milliseconds tell nothing', () => {
  const speechToText = ownEcho()
  for (let at = 0; at < 8_000; at += FRAME)
    speechToText.caller({ pcm: agent.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  expect([speechToText.likeness(0, 900), speechToText.likeness(800, 900)]).toEqual([0, 0])
})

test('what was cut before it sounded is no part of the agent’s sound', () => {
  const speechToText = ownEcho()
  for (let at = 0; at < 16_000; at += FRAME) {
    speechToText.agent(encodeMulaw(agent.subarray(at, at + FRAME)), at / 8)
    speechToText.caller({ pcm: agent.subarray(at, at + FRAME), rateHz: 8_000, atMs: at / 8 })
  }
  expect(speechToText.likeness(1_000, 1_900)).toBeGreaterThan(0.9)
  speechToText.cutAgent(300)
  expect(speechToText.likeness(1_000, 1_900)).toBe(0)
})
