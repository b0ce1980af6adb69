import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS, type Speaking } from './far-end.ts'

const LOUD = 1_000
const HUM = new Int16Array(4_000).fill(LOUD)
const CLICKS = new Int16Array(4_000).fill(3_000)
/** Twelve decibels. */
const DUCKED = Math.round(LOUD * 10 ** (-12 / 20))

const withHum = (): FarEnd => {
  const end = new FarEnd()
  end.echoMs = 30
  end.playout.background.choose({ background: HUM, thinking: CLICKS })
  return end
}
const peaks = (end: FarEnd): readonly number[] => end.recorded.map(({ peak }) => peak)

test('where nothing is chosen, nothing is sent and nothing waits', async () => {
  const end = new FarEnd()
  end.playout.background.thinking(true)
  end.playout.background.callerSpeaks(true)
  await end.clock.advance(1_000)
  expect(end.sent).toEqual([])
  expect(end.clock.pending).toBe(0)
})

test('in pauses it is sent all the time, 60 ms ahead at most, until the line is closed', async () => {
  const end = withHum()
  await end.clock.advance(1_000)
  const sent = end.media()
  expect(sent.length).toBe(53)
  for (const [i, atMs] of sent.entries()) expect(i * FRAME_MS - atMs).toBeLessThanOrEqual(60)
  expect(end.marks()).toEqual([])
  expect(end.recorded.every(({ isVoice }) => !isVoice)).toBe(true)
  // It fades in within its first frame.
  expect(new Set(peaks(end).slice(1))).toEqual(new Set([LOUD]))
  end.playout.background.close()
  await end.clock.advance(100)
  expect(end.media().length).toBe(53)
  expect(end.clock.pending).toBe(0)
})

test('under speech it is 12 dB quieter, and speech takes what waits of it off the line', async () => {
  const end = withHum()
  await end.clock.advance(500)
  const speech = end.begin()
  speech.sound(400)
  speech.end()
  await end.clock.advance(1_000)
  const spoken = end.recorded.filter(({ isVoice }) => isVoice)
  expect(spoken.map(({ playsAtMs }) => playsAtMs)).toEqual(Array.from({ length: 20 }, (_, i) => 530 + i * FRAME_MS))
  expect(new Set(spoken.slice(1).map(({ peak }) => peak))).toEqual(new Set([DUCKED]))
  expect(end.sent.filter(({ kind }) => kind === 'clear').map(({ atMs }) => atMs)).toEqual([500])
  // No sound of the background lies on the agent's words, and it goes on right after them.
  const others = end.onTheLine().filter(({ isVoice }) => !isVoice)
  expect(others.filter(({ playsAtMs }) => playsAtMs > 500 && playsAtMs < 930)).toEqual([])
  expect(others.find(({ playsAtMs }) => playsAtMs >= 530)?.playsAtMs).toBe(930)
  end.playout.background.close()
})

test('under a caller who speaks it goes on quietly, and the thinking sound ends at once', async () => {
  const end = withHum()
  const { background } = end.playout
  background.thinking(true)
  await end.clock.advance(500)
  expect(peaks(end).at(-1)).toBe(LOUD + 3_000)
  const before = end.recorded.length
  background.callerSpeaks(true)
  // What waited of it was taken off the line, and one frame fades.
  expect(
    end.sent
      .filter(({ kind }) => kind === 'clear')
      .map(({ atMs }) => atMs)
      .at(-1),
  ).toBe(500)
  await end.clock.advance(200)
  expect(new Set(peaks(end).slice(before + 1))).toEqual(new Set([DUCKED]))
  background.thinking(true)
  await end.clock.advance(200)
  expect(peaks(end).at(-1)).toBe(DUCKED)
  background.callerSpeaks(false)
  await end.clock.advance(200)
  expect(peaks(end).at(-1)).toBe(LOUD)
  background.close()
})

test('a thinking sound alone is sent only while the agent works', async () => {
  const end = new FarEnd()
  const { background } = end.playout
  background.choose({ thinking: CLICKS })
  await end.clock.advance(500)
  expect(end.media()).toEqual([])
  background.thinking(true)
  await end.clock.advance(500)
  background.thinking(false)
  const sent = end.media().length
  await end.clock.advance(500)
  expect(end.media().length).toBeLessThanOrEqual(sent + 1)
  expect(end.clock.pending).toBe(0)
})

test('the end of the thinking sound returns no mark of speech that still plays', async () => {
  const end = withHum()
  const { background } = end.playout
  const speech = end.begin()
  speech.words(...evenWords(2, 200))
  speech.sound(400)
  speech.end()
  await end.clock.advance(410)
  background.thinking(true)
  const clears = end.sent.filter(({ kind }) => kind === 'clear').length
  background.callerSpeaks(true)
  expect(end.sent.filter(({ kind }) => kind === 'clear').length).toBe(clears)
  await end.clock.advance(100)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 400 })
  background.close()
})

/** What may be done to a line, one after the other. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('speak' as const), ms: fc.integer({ min: 1, max: 80 }).map(n => n * 20) }),
  fc.record({ kind: fc.constantFrom('more' as const, 'end' as const, 'abort' as const), ms: fc.constant(300) }),
  fc.record({ kind: fc.constantFrom('full' as const, 'ducked' as const, 'held' as const), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constantFrom('thinks' as const, 'speaks' as const), ms: fc.constant(0) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What the agent's speech is on a line after these steps: what was heard and when, marks, and when its frames play. */
async function told(steps: readonly Step[], isOn: boolean, echoMs: number) {
  const end = new FarEnd()
  end.echoMs = echoMs
  const { background } = end.playout
  if (isOn) background.choose({ background: HUM, thinking: CLICKS })
  const speeches: Speaking[] = []
  let speech: Speaking | undefined
  for (const { kind, ms } of steps) {
    if (kind === 'speak' && (speech === undefined || speech.isOver)) {
      speech = end.begin()
      speech.words(...evenWords(20, 100))
      speeches.push(speech)
    }
    if (kind === 'speak' || kind === 'more') speech?.sound(ms)
    if (kind === 'end') speech?.end()
    if (kind === 'abort') speech?.abort()
    if (kind === 'full' || kind === 'ducked' || kind === 'held') end.playout.voice(kind)
    if (kind === 'thinks' && isOn) background.thinking(true)
    if (kind === 'speaks' && isOn) background.callerSpeaks(true)
    await end.clock.advance(kind === 'wait' ? ms : 1)
  }
  speech?.abort()
  await end.clock.advance(2_000)
  await speech?.ended
  const marks = end.sent.filter(({ kind }) => kind === 'mark')
  const isVoice = end.recorded.map(one => one.isVoice)
  const plays = end.truth.filter((_, i) => isVoice[i])
  const recorded = end.recorded.filter(one => one.isVoice).map(({ playsAtMs }) => playsAtMs)
  background.close()
  return { heard: speeches.map(one => one.heard), marks, plays, recorded, late: end.late }
}

test('whatever is said, cut, held and turned down: marks, times and heard words are those of a line without it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 0, max: 300 }),
      async (steps, echoMs) => {
        expect(await told(steps, true, echoMs)).toEqual(await told(steps, false, echoMs))
      },
    ),
    { seed: 41, numRuns: 150 },
  )
})
