import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS } from './far-end.ts'

/** Marks tell no more than this. */
const EXACT_MS = 2

/** By how much each recorded frame lies beside the time at which the carrier played it, in ms. */
function besides(end: FarEnd): readonly number[] {
  const played = end.truth.filter(startMs => startMs !== undefined)
  // What is recorded later lies over what is there.
  const all = end.onTheLine()
  const recorded = all.filter(({ playsAtMs }, i) => (all[i + 1]?.playsAtMs ?? Infinity) - playsAtMs > FRAME_MS / 2)
  expect(recorded).toHaveLength(played.length)
  return recorded.map(({ playsAtMs }, i) => playsAtMs - (played[i] ?? 0) - (end.echoMs ?? 0))
}

async function speaks(end: FarEnd, ms: number): Promise<void> {
  const speech = end.begin()
  speech.words(...evenWords(ms / 200, 200))
  speech.tone(ms)
  speech.end()
  await end.clock.advance(ms + 1_000)
  expect(speech.isOver).toBe(true)
}

test.each([0, 3, 7, 13, 19])(
  'speech lies where the carrier plays it, with slots that begin %i ms later',
  async phase => {
    const end = new FarEnd()
    end.echoMs = 60
    end.slotsFromMs = phase
    for (const pauseMs of [0, 7, 501, 1_313]) {
      await end.clock.advance(pauseMs)
      await speaks(end, 1_000)
    }
    for (const ms of besides(end)) expect(Math.abs(ms)).toBeLessThanOrEqual(EXACT_MS)
  },
)

test('a speech that the carrier plays later from some frame on is moved there, and what was before stays', async () => {
  const end = new FarEnd()
  end.echoMs = 60
  const speech = end.begin()
  speech.tone(3_000)
  speech.end()
  await end.clock.advance(1_000)
  end.fallBehind(300)
  await end.clock.advance(4_000)
  const off = besides(end).map(ms => Math.round(ms))
  const sentThen = (1_000 + 200) / FRAME_MS
  // The marks tell to a quarter of a second where the line fell behind.
  expect(off.slice(0, sentThen - 12).every(ms => ms === 0)).toBe(true)
  expect(off.slice(sentThen + 12).every(ms => ms === 0)).toBe(true)
})

test('a mark that alone is late moves nothing in the end', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.tone(2_000)
  await end.clock.advance(250)
  end.playout.marked('1.12')
  await end.clock.advance(400)
  end.playout.marked('1.24')
  const late = end.onTheLine().map(({ playsAtMs }, i) => playsAtMs - i * FRAME_MS)
  expect(late.slice(0, 12).every(ms => ms === 10)).toBe(true)
  expect(late.at(-1)).toBe(170)
  await end.clock.advance(80)
  end.playout.marked('1.36')
  const then = end.onTheLine().map(({ playsAtMs }, i) => playsAtMs - i * FRAME_MS)
  expect(then.every(ms => ms === 10)).toBe(true)
  speech.abort()
  await speech.ended
})

test('a mark that was sent long before it came places the speech by when it was sent', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.tone(2_000)
  await end.clock.advance(440)
  end.playout.marked('1.12', end.clock.now() - 190)
  expect(end.onTheLine().map(({ playsAtMs }) => playsAtMs)).toEqual(end.onTheLine().map((_, i) => i * FRAME_MS + 10))
  speech.abort()
  await speech.ended
})

test('sound after a clear is placed by its own mark', async () => {
  const end = new FarEnd()
  end.echoMs = 60
  end.slotsFromMs = 13
  const speech = end.begin()
  speech.words(...evenWords(20, 200))
  speech.tone(4_000)
  speech.end()
  await end.clock.advance(1_005)
  end.playout.voice('ducked')
  await end.clock.advance(700)
  end.playout.voice('full')
  await end.clock.advance(5_000)
  expect(speech.isOver).toBe(true)
  for (const ms of besides(end)) expect(Math.abs(ms)).toBeLessThanOrEqual(EXACT_MS)
})
