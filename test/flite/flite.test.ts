import { afterAll, expect, test } from 'vitest'
import { loudnessDb } from '../../src/audio/loudness.ts'
import { FLITE_VOICES, openFlite } from '../../src/flite/flite.ts'

const TEXT = 'Hello — there, I’d like a table for 4 on Friday at 7:30.'
const flite = openFlite()
const { signal } = new AbortController()
afterAll(() => flite.close())

test.each(FLITE_VOICES)('%s speaks loud enough, at the rate of its voice', async voice => {
  const { pcm, rateHz } = await flite.synthesize(TEXT, voice, signal)
  expect(rateHz).toBe(voice === 'kal' ? 8_000 : 16_000)
  expect(pcm.length / rateHz).toBeGreaterThan(3)
  expect(loudnessDb(pcm)).toBeGreaterThan(-30)
})

test.each(FLITE_VOICES)(
  'the words of %s follow each other inside the sound, and end with its last voiced sample',
  async voice => {
    const { pcm, rateHz, words } = await flite.synthesize(TEXT, voice, signal)
    const edges = words.flatMap(({ startMs, endMs }) => [startMs, endMs])
    expect(words.map(({ text }) => text)).toEqual(TEXT.split(' '))
    expect(edges).toEqual(edges.toSorted((a, b) => a - b))
    expect(edges.at(-1)).toBeLessThanOrEqual((pcm.length * 1_000) / rateHz)
    const lastVoicedMs = (pcm.findLastIndex(sample => Math.abs(sample) > 330) * 1_000) / rateHz
    expect(Math.abs((edges.at(-1) ?? 0) - lastVoicedMs)).toBeLessThan(80)
  },
)

test('a comma’s pause belongs to no word', async () => {
  const { pcm, rateHz, words } = await flite.synthesize('Well, yes.', 'slt', signal)
  const [first, second] = words
  const pause = pcm.subarray(((first?.endMs ?? 0) * rateHz) / 1_000, ((second?.startMs ?? 0) * rateHz) / 1_000)
  expect(pause.length).toBeGreaterThan(rateHz / 20)
  expect(loudnessDb(pause)).toBeLessThan(loudnessDb(pcm) - 10)
})

test('the same text is spoken once, also when it is asked for twice at a time', async () => {
  const [one, two] = await Promise.all([
    flite.synthesize('Once.', 'slt', signal),
    flite.synthesize('Once.', 'slt', signal),
  ])
  expect(one).toBe(two)
  expect(await flite.synthesize('Once.', 'slt', signal)).toBe(one)
  expect(await flite.synthesize('Once.', 'rms', signal)).not.toBe(one)
})

test('an unknown voice is refused with the names of those there are', async () => {
  await expect(flite.synthesize('Hi.', 'bob', signal)).rejects.toThrow(
    'no voice "bob"; it has kal, kal16, awb, rms, slt',
  )
})

test('a text too long is refused', async () => {
  await expect(flite.synthesize('a'.repeat(5_001), 'slt', signal)).rejects.toThrow('5001 characters')
})

test('an abort ends the wait with its reason, and others are still served', async () => {
  const hurry = new AbortController()
  const waiting = flite.synthesize('Nobody waits for this.', 'slt', hurry.signal)
  hurry.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(flite.synthesize('Somebody waits for this.', 'slt', signal)).resolves.toHaveProperty('rateHz', 16_000)
})

test('closing rejects what waits, and nothing is spoken after', async () => {
  const other = openFlite()
  const waiting = other.synthesize('Too late.', 'slt', signal)
  const refused = expect(waiting).rejects.toThrow('flite is closed')
  await other.close()
  await refused
  await expect(other.synthesize('Too late.', 'slt', signal)).rejects.toThrow('flite is closed')
})
