import { expect, test } from 'vitest'
import { ownEcho } from '../../../src/channels/line/own-echo.ts'
import { seeded } from '../../../src/sandbox/chance.ts'

const RATE_HZ = 8_000
const FRAME = 160
const random = seeded(3)
/** No two stretches of it are alike. */
const noise = Int16Array.from({ length: 8 * RATE_HZ }, () => 10_000 * (random() - 0.5))

/** A line on which the agent's noise comes back after so long; the agent's frames are dated `offMs` later than they were. */
function line({ ms = 3_000, delayMs = 100, offMs = 0, agentFromMs = 0 } = {}) {
  const echo = ownEcho(RATE_HZ)
  const late = (delayMs * RATE_HZ) / 1_000
  const heard = Int16Array.from({ length: (ms * RATE_HZ) / 1_000 }, (_, i) => (noise[i - late] ?? 0) / 4)
  for (let at = 0; at < heard.length; at += FRAME) {
    const atMs = (at * 1_000) / RATE_HZ
    if (atMs >= agentFromMs) echo.agent(noise.slice(at, at + FRAME), atMs + offMs)
    echo.caller({ pcm: heard.slice(at, at + FRAME), rateHz: RATE_HZ, atMs })
  }
  return echo
}

test.each([
  [true, 0],
  [true, 700],
  [false, 760],
])('%s that an echo after %i ms is recognized', (isSo, delayMs) => {
  expect(line({ delayMs }).likeness(1_500, 2_000) > 0.9).toBe(isSo)
})

test.each([
  [true, 90],
  [false, 160],
])('%s that an echo counts that comes %i ms before the agent’s sound is dated', (isSo, offMs) => {
  expect(line({ delayMs: 0, offMs }).likeness(1_500, 2_000) > 0.9).toBe(isSo)
})

test('150 ms are judged, and less is not', () => {
  const echo = line()
  expect(echo.likeness(1_500, 1_649)).toBe(0)
  expect(echo.likeness(1_500, 1_650)).toBeGreaterThan(0.9)
})

test('half a second is judged, whatever comes after it', () => {
  const echo = ownEcho(RATE_HZ)
  for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
    echo.agent(noise.slice(at, at + FRAME), at / 8)
    const pcm = at / 8 < 1_000 ? noise.slice(at, at + FRAME) : noise.slice(at + RATE_HZ, at + RATE_HZ + FRAME)
    echo.caller({ pcm, rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(echo.likeness(500, 2_000)).toBeGreaterThan(0.9)
  expect(echo.likeness(1_000, 2_000)).toBeLessThan(0.3)
})

test('a half that is silent is not weighed, and one that is louder weighs more', () => {
  const echo = ownEcho(RATE_HZ)
  for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
    echo.agent(noise.slice(at, at + FRAME), at / 8)
    const isEcho = at / 8 < 1_250
    const pcm = noise.slice(at + (isEcho ? 0 : RATE_HZ), at + (isEcho ? 0 : RATE_HZ) + FRAME)
    echo.caller({ pcm: isEcho ? pcm : pcm.map(sample => sample / 8), rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(echo.likeness(1_000, 1_500)).toBeGreaterThan(0.9)
})

test('three seconds at least are kept of each side, and nothing of what was long ago', () => {
  const echo = line({ ms: 7_000 })
  expect(echo.likeness(4_000, 4_500)).toBeGreaterThan(0.9)
  expect(echo.likeness(100, 600)).toBe(0)
})

test('the agent’s sound is moved from some time on, and what was before stays', () => {
  const echo = line({ delayMs: 0, offMs: 900 })
  expect(echo.likeness(1_000, 1_500)).toBeLessThan(0.3)
  echo.moveAgent(2_400, -900)
  expect(echo.likeness(1_000, 1_500)).toBeLessThan(0.3)
  expect(echo.likeness(1_600, 2_100)).toBeGreaterThan(0.9)
})

test('what is cut from some time on was not played, and what was before it was', () => {
  const echo = line({ delayMs: 0 })
  echo.cutAgent(1_500)
  expect(echo.likeness(900, 1_400)).toBeGreaterThan(0.9)
  expect(echo.likeness(2_300, 2_800)).toBe(0)
})

test('a silent caller is like nothing', () => {
  const echo = ownEcho(RATE_HZ)
  for (let at = 0; at < RATE_HZ; at += FRAME) {
    echo.agent(noise.slice(at, at + FRAME), at / 8)
    echo.caller({ pcm: new Int16Array(FRAME), rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(echo.likeness(0, 500)).toBe(0)
})

test('a frame of any length is placed by its time, also one that began before', () => {
  const echo = ownEcho(RATE_HZ)
  echo.agent(noise.slice(0, RATE_HZ), 0)
  echo.caller({ pcm: noise.slice(0, RATE_HZ), rateHz: RATE_HZ, atMs: 50 })
  expect(echo.likeness(310, 810)).toBeGreaterThan(0.9)
  expect(echo.likeness(0, 500)).toBeGreaterThan(0.9)
})

test('the share of an echo is what of the power is one, piece by piece', () => {
  const echo = ownEcho(RATE_HZ)
  for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
    echo.agent(noise.slice(at, at + FRAME), at / 8)
    const isCallers = at / 8 >= 1_500 && at / 8 < 1_750
    echo.caller({ pcm: noise.slice(at + (isCallers ? RATE_HZ : 0)).slice(0, FRAME), rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(echo.share(500, 1_500)).toBe(1)
  expect(echo.share(1_500, 1_750)).toBe(0)
  expect(echo.share(1_000, 2_000)).toBeCloseTo(0.75, 1)
  expect(echo.share(1_800, 2_000)).toBeUndefined()
})

test('no share is known where nothing was played, or nothing is heard', () => {
  expect(line({ agentFromMs: 2_900 }).share(500, 1_500)).toBeUndefined()
  const silent = ownEcho(RATE_HZ)
  for (let at = 0; at < RATE_HZ; at += FRAME) {
    silent.agent(noise.slice(at, at + FRAME), at / 8)
    silent.caller({ pcm: new Int16Array(FRAME).fill(8), rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(silent.share(0, 1_000)).toBeUndefined()
})

test('a voice with gaps that is not found may still be there; one without gaps is not', () => {
  const shareOf = (gapMs: number): number | undefined => {
    const echo = ownEcho(RATE_HZ)
    for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
      echo.agent(noise.slice(at, at + FRAME), (at / 8) * (1 + gapMs / 20))
      echo.caller({ pcm: noise.slice(at + RATE_HZ, at + RATE_HZ + FRAME), rateHz: RATE_HZ, atMs: at / 8 })
    }
    return echo.share(1_000, 2_000)
  }
  expect([shareOf(0), shareOf(6)]).toEqual([0, undefined])
})

test('an echo before somebody else’s words counts for little, and one after them for what it is', () => {
  const other = seeded(9)
  /** An echo until 1 s, and as loud a voice of somebody else from then on; or the other way round. */
  const shareOf = (isEchoFirst: boolean): number | undefined => {
    const echo = ownEcho(RATE_HZ)
    for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
      const pcm = noise.slice(at, at + FRAME)
      const isEcho = at < RATE_HZ === isEchoFirst
      echo.agent(pcm, at / 8)
      const heard = isEcho ? pcm : Int16Array.from({ length: FRAME }, () => 10_000 * (other() - 0.5))
      echo.caller({ pcm: heard, rateHz: RATE_HZ, atMs: at / 8 })
    }
    return echo.share(0, 2_000)
  }
  expect(shareOf(true)).toBe(0.25)
  expect(shareOf(false)).toBeGreaterThan(0.4)
})

test('a loud noise before an echo does not make it nothing', () => {
  const echo = ownEcho(RATE_HZ)
  const other = seeded(9)
  for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
    const pcm = noise.slice(at, at + FRAME)
    echo.agent(pcm, at / 8)
    const heard = Int16Array.from(pcm, sample => (at < RATE_HZ ? 30_000 * (other() - 0.5) : sample / 10))
    echo.caller({ pcm: heard, rateHz: RATE_HZ, atMs: at / 8 })
  }
  expect(echo.share(0, 2_000)).toBe(0.1)
})

/** An echo of 1 s, and then somebody else, as loud; the agent speaks on for 200 ms more. */
function echoAndOther() {
  const other = seeded(9)
  const echo = ownEcho(RATE_HZ)
  for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
    const pcm = noise.slice(at, at + FRAME)
    if (at < 1.2 * RATE_HZ) echo.agent(pcm, at / 8)
    const heard = at < RATE_HZ ? pcm : Int16Array.from({ length: FRAME }, () => 10_000 * (other() - 0.5))
    echo.caller({ pcm: at / 8 >= 1_600 ? new Int16Array(FRAME) : heard, rateHz: RATE_HZ, atMs: at / 8 })
  }
  return echo
}

test('a word is told by its own sound, however it is dated', () => {
  const echo = echoAndOther()
  for (const offMs of [-60, 0, 60]) {
    expect(echo.at({ fromMs: 600 + offMs, toMs: 800 + offMs })).toBeGreaterThan(0.9)
    expect(echo.at({ fromMs: 1_200 + offMs, toMs: 1_350 + offMs })).toBeLessThan(0.3)
  }
  // Right after the echo, and over the agent's last words.
  expect(echo.at({ fromMs: 1_040, toMs: 1_190 })).toBeLessThan(0.55)
})

test('of a word whose sound is too quiet, or kept no more, nothing is known', () => {
  expect(echoAndOther().at({ fromMs: 1_750, toMs: 1_900 })).toBeNull()
  expect(line({ ms: 7_000 }).at({ fromMs: 100, toMs: 300 })).toBeNull()
  // What was played then is not kept, though the caller's sound is.
  const echo = line({ ms: 2_000 })
  for (let at = 0; at < 400; at++) echo.agent(noise.slice(0, FRAME), 2_000 + at * 20)
  expect(echo.at({ fromMs: 1_000, toMs: 1_250 })).toBeNull()
})

test('less than 150 ms of sound is no echo, and of a word nobody knows', () => {
  const heardFor = (ms: number) => {
    const echo = ownEcho(RATE_HZ)
    for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
      echo.agent(noise.slice(at, at + FRAME), at / 8)
      const isHeard = at / 8 >= 1_000 && at / 8 < 1_000 + ms
      const pcm = isHeard ? noise.slice(at - 800, at - 800 + FRAME) : new Int16Array(FRAME)
      echo.caller({ pcm, rateHz: RATE_HZ, atMs: at / 8 })
    }
    return [echo.at({ fromMs: 1_000, toMs: 1_000 + ms }), echo.share(1_000, 1_500)] as const
  }
  expect(heardFor(100)).toEqual([null, 0])
  const [like, share] = heardFor(240)
  expect(like).toBeGreaterThan(0.9)
  expect(share).toBe(1)
})

test('a voice with gaps that is not found for a word may still be there', () => {
  const likeOf = (gapMs: number): number | null => {
    const echo = ownEcho(RATE_HZ)
    for (let at = 0; at < 2 * RATE_HZ; at += FRAME) {
      echo.agent(noise.slice(at, at + FRAME), (at / 8) * (1 + gapMs / 20))
      echo.caller({ pcm: noise.slice(at + RATE_HZ, at + RATE_HZ + FRAME), rateHz: RATE_HZ, atMs: at / 8 })
    }
    return echo.at({ fromMs: 1_000, toMs: 1_250 })
  }
  expect(likeOf(0)).toBeLessThan(0.3)
  expect(likeOf(6)).toBeNull()
})
