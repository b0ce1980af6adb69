import { expect, test } from 'vitest'
import { openAvatarLine, type WorkerManners } from './avatar-line.ts'

/** From the queue to the ear. */
const PATH_MS = 80
const words = (count: number): string => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')

/** A line whose avatar is there. */
async function there(manners: WorkerManners = {}) {
  const line = openAvatarLine(manners)
  line.avatar.call()
  await line.clock.advance(600)
  return line
}

test('the voice goes to the avatar alone, and is heard when the avatar has played it', async () => {
  const line = await there({ latencyMs: 300 })
  const speech = line.speaks(5)
  await line.clock.advance(3_000)
  await speech.over
  expect(line.own).toEqual([])
  expect(line.sentMs()).toBe(1_000)
  expect(line.kinds()).toEqual(['expect', 'sound', 'end'])
  expect(speech.heard()).toBe(words(5))
  // 1,000 ms of sound, what the avatar needs, and the way there and to the ear.
  expect(speech.tookMs()).toBeGreaterThanOrEqual(1_000 + 300 + PATH_MS)
  expect(speech.tookMs()).toBeLessThan(1_000 + 300 + PATH_MS + 60)
  expect(line.noted()).toEqual(['asked', 'here'])
})

test('who talks over it hears nothing more at once, and what was heard is what the avatar tells', async () => {
  const line = await there({ latencyMs: 300, position: () => 490 })
  const speech = line.speaks(10)
  await line.clock.advance(1_000)
  speech.stop()
  await line.clock.advance(10)
  expect(line.kinds()).toEqual(['expect', 'sound', 'clear'])
  expect(line.hushes()).toBe(1)
  await line.clock.advance(300)
  await speech.over
  // 490 ms, less what the browser had buffered: two words.
  expect(speech.heard()).toBe(words(2))
  const next = line.speaks(2)
  await line.clock.advance(2_000)
  await next.over
  expect(next.heard()).toBe(words(2))
  expect(line.own).toEqual([])
  expect(line.noted()).toEqual(['asked', 'here'])
})

test('of a worker that lies about its position no more is believed than can have been', async () => {
  const line = await there({ position: () => 3_600_000 })
  const speech = line.speaks(10)
  await line.clock.advance(700)
  speech.stop()
  await line.clock.advance(400)
  await speech.over
  expect(speech.heard().split(' ').length).toBeLessThanOrEqual(3)
})

test.each([
  ['tells nothing after a clear', { tellsEnd: false }],
  ['sends no number', { position: () => undefined }],
])('one that %s does not hold the conversation up', async (_, manners) => {
  const line = await there(manners)
  const speech = line.speaks(10)
  await line.clock.advance(1_000)
  speech.stop()
  await line.clock.advance(300)
  expect(speech.tookMs()).toBeLessThanOrEqual(1_300)
  const heard = speech.heard().split(' ').length
  expect(heard).toBeGreaterThanOrEqual(2)
  expect(heard).toBeLessThanOrEqual(4)
})

test('the agent begins by itself when nobody comes in 5 s, and a late avatar speaks from the next speech on', async () => {
  const line = openAvatarLine({ comesAfterMs: 5_500 })
  line.avatar.call()
  let waitedMs: number | undefined
  void line.avatar.settled(new AbortController().signal).then(() => {
    waitedMs = line.clock.now()
  })
  const fromMs = line.clock.now()
  await line.clock.advance(5_000)
  expect((waitedMs ?? 0) - fromMs).toBe(5_000)
  const greeting = line.speaks(10)
  await line.clock.advance(2_500)
  await greeting.over
  expect(greeting.heard()).toBe(words(10))
  expect(line.own).toHaveLength(100)
  expect(line.sentMs()).toBe(0)
  const next = line.speaks(3)
  await line.clock.advance(2_000)
  await next.over
  expect(line.own).toHaveLength(100)
  expect(line.sentMs()).toBe(600)
  expect(line.noted()).toEqual(['asked', 'late', 'here'])
})

test.each([
  ['never comes', { comesAfterMs: undefined }, ['asked', 'late']],
  ['is refused', { refuses: new Error('AVATAR_URL answered 500') }, ['asked', 'refused: AVATAR_URL answered 500']],
])('where the worker %s the agent speaks by itself', async (_, manners, noted) => {
  const line = openAvatarLine(manners)
  line.avatar.call()
  await line.clock.advance(5_000)
  await line.avatar.settled(new AbortController().signal)
  const speech = line.speaks(3)
  await line.clock.advance(1_500)
  expect(speech.heard()).toBe(words(3))
  expect(line.own).toHaveLength(30)
  expect(line.noted()).toEqual(noted)
})

test('one that leaves in the middle is spoken on for at once, from its last mark', async () => {
  const line = await there()
  const speech = line.speaks(15)
  await line.clock.advance(1_500)
  line.tell({ kind: 'gone', why: 'it left the room' })
  await line.clock.advance(20)
  expect(line.own.length).toBeGreaterThan(0)
  await line.clock.advance(3_000)
  await speech.over
  expect(speech.heard()).toBe(words(15))
  // What no mark confirmed is said again: less than half a second of it was heard already.
  expect(line.own.length * 20).toBeGreaterThanOrEqual(3_000 - 1_500)
  expect(line.own.length * 20).toBeLessThanOrEqual(3_000 - 1_500 + 620)
  expect(line.noted()).toEqual(['asked', 'here', 'gone: it left the room'])
})

test('one that is silent from the beginning is put out after 3 s, and all is said by the agent itself', async () => {
  const line = await there({ tellsStart: false, sounds: false, tellsEnd: false })
  const speech = line.speaks(10)
  await line.clock.advance(2_990)
  expect(speech.heard()).toBe('')
  expect(line.own).toEqual([])
  await line.clock.advance(50)
  expect(line.own.length).toBeGreaterThan(0)
  await line.clock.advance(3_000)
  await speech.over
  expect(speech.heard()).toBe(words(10))
  expect(line.own).toHaveLength(100)
  expect(line.kinds().at(-1)).toBe('remove')
  expect(line.noted().at(-1)).toBe('stalled: it did not begin to speak')
  // It is not believed again, though it comes again by itself.
  line.tell({ kind: 'here' })
  const next = line.speaks(2)
  await line.clock.advance(1_000)
  await next.over
  expect(line.own).toHaveLength(120)
})

test('one that falls silent in the middle is put out, and the agent goes on', async () => {
  const line = await there()
  const speech = line.speaks(50)
  await line.clock.advance(2_000)
  line.die()
  line.tell({ kind: 'sounding', isSounding: false })
  await line.clock.advance(3_600)
  expect(line.noted().at(-1)).toBe('stalled: it fell silent while it should speak')
  expect(line.own.length).toBeGreaterThan(0)
  await line.clock.advance(10_000)
  await speech.over
  expect(speech.heard()).toBe(words(50))
})

test('an end that is told too soon is not believed: the next speech does not begin over it', async () => {
  const line = await there({ tellsEnd: false })
  const speech = line.speaks(10)
  await line.clock.advance(500)
  line.tell({ kind: 'finished', positionMs: 2_000, isInterrupted: false })
  await line.clock.advance(1_400)
  // All was sent, and it tells again, while some of it is still to be played.
  expect(line.kinds().at(-1)).toBe('end')
  line.tell({ kind: 'finished', positionMs: 2_000, isInterrupted: false })
  await line.clock.advance(150)
  expect(speech.tookMs()).toBeUndefined()
  await line.clock.advance(1_000)
  expect(speech.tookMs()).toBeGreaterThanOrEqual(2_000)
  expect(speech.heard()).toBe(words(10))
  expect(line.noted()).toEqual([
    ...['asked', 'here', 'odd: it told of an end that was not due'],
    'odd: it told that it has spoken sooner than it can have',
  ])
})

test('an end that is told twice ends no later speech', async () => {
  const line = await there()
  const first = line.speaks(2)
  await line.clock.advance(1_000)
  await first.over
  const next = line.speaks(5)
  await line.clock.advance(300)
  line.tell({ kind: 'finished', positionMs: 400, isInterrupted: false })
  line.tell({ kind: 'finished', positionMs: 400, isInterrupted: true })
  expect(next.tookMs()).toBeUndefined()
  await line.clock.advance(1_500)
  await next.over
  expect(next.tookMs()).toBeGreaterThanOrEqual(1_000)
  expect(next.heard()).toBe(words(5))
  expect(line.own).toEqual([])
})

test('one that speaks and never tells that it is at the end speaks on, by the clock', async () => {
  const line = await there({ tellsEnd: false })
  const first = line.speaks(5)
  await line.clock.advance(1_500)
  expect(first.heard()).toBe(words(5))
  expect(first.tookMs()).toBeLessThan(1_400)
  await line.clock.advance(4_000)
  const next = line.speaks(5)
  await line.clock.advance(1_500)
  expect(next.heard()).toBe(words(5))
  expect(line.own).toEqual([])
  expect(line.noted()).toEqual(['asked', 'here', 'odd: it does not tell when it has spoken'])
})

test('one that tells no start is timed by what the room hears of it', async () => {
  const line = await there({ tellsStart: false, tellsEnd: false })
  const speech = line.speaks(5)
  await line.clock.advance(3_000)
  await speech.over
  expect(speech.heard()).toBe(words(5))
  expect(speech.tookMs()).toBeGreaterThanOrEqual(1_000 + 120 + PATH_MS)
})

test('one that stops by itself is given the rest once more, and then put out', async () => {
  const line = await there({ tellsEnd: false })
  const speech = line.speaks(20)
  await line.clock.advance(3_900)
  line.tell({ kind: 'finished', positionMs: 500, isInterrupted: true })
  await line.clock.advance(3_000)
  line.tell({ kind: 'finished', positionMs: 0, isInterrupted: true })
  await line.clock.advance(5_000)
  await speech.over
  expect(speech.heard()).toBe(words(20))
  expect(line.noted()).toContain('odd: it stopped by itself')
})

test('what it fails to take is said by the agent', async () => {
  const line = await there()
  const speech = line.speaks(10)
  await line.clock.advance(400)
  line.tell({ kind: 'failed', why: 'RPC: the recipient is gone' })
  await line.clock.advance(4_000)
  await speech.over
  expect(speech.heard()).toBe(words(10))
  expect(line.kinds().at(-1)).toBe('remove')
  expect(line.noted().at(-1)).toBe('stalled: RPC: the recipient is gone')
})

test('a voice that is turned down goes on without a gap, and one that is held is cleared and goes on from its last word', async () => {
  const line = await there()
  const speech = line.speaks(10)
  await line.clock.advance(500)
  line.line.voice('ducked')
  await line.clock.advance(200)
  line.line.voice('full')
  await line.clock.advance(100)
  expect(line.kinds()).toEqual(['expect', 'sound'])
  line.line.voice('held')
  await line.clock.advance(600)
  expect(line.kinds()).toEqual(['expect', 'sound', 'clear'])
  line.line.voice('full')
  await line.clock.advance(3_000)
  await speech.over
  expect(line.kinds()).toEqual(['expect', 'sound', 'clear', 'sound', 'end'])
  expect(speech.heard()).toBe(words(10))
})

test('what sounds behind the agent takes its own way, and its end clears nothing of the avatar', async () => {
  const line = await there()
  line.line.background?.choose({ background: new Int16Array(24_000).fill(300) })
  await line.clock.advance(500)
  expect(line.own.length).toBeGreaterThan(20)
  expect(line.sentMs()).toBe(0)
  const before = line.own.length
  const speech = line.speaks(5)
  await line.clock.advance(900)
  expect(line.own.length - before).toBeLessThanOrEqual(1)
  expect(line.kinds()).not.toContain('clear')
  expect(line.hushes()).toBe(0)
  await line.clock.advance(1_000)
  await speech.over
  expect(speech.heard()).toBe(words(5))
})

test('a worker that left with the person is asked to come again with them, a few times', async () => {
  const line = await there()
  for (let time = 1; time <= 8; time++) {
    line.tell({ kind: 'gone', why: 'it left the room' })
    line.avatar.call()
    line.avatar.call()
    await line.clock.advance(600)
  }
  expect(line.starts()).toBe(5)
  expect(line.avatar.isHere()).toBe(false)
  const speech = line.speaks(2)
  await line.clock.advance(1_000)
  await speech.over
  expect(line.own).toHaveLength(20)
})

test('an avatar that an earlier server has left behind goes, and the one that was asked for comes', async () => {
  const line = openAvatarLine({ comesAfterMs: 300 })
  line.avatar.call()
  line.avatar.take({ kind: 'gone', why: 'it left the room' })
  await line.clock.advance(600)
  expect(line.avatar.isHere()).toBe(true)
  expect(line.kinds()).toEqual(['expect'])
})

test('where the page hears the person first, the avatar stops too, and goes on from its last heard word', async () => {
  const line = await there()
  const speech = line.speaks(10)
  await line.clock.advance(1_000)
  line.line.spokenOver()
  await line.clock.advance(10)
  expect(line.kinds()).toEqual(['expect', 'sound', 'clear'])
  await line.clock.advance(5_000)
  await speech.over
  expect(speech.heard()).toBe(words(10))
  expect(line.hushes()).toBe(0)
})
