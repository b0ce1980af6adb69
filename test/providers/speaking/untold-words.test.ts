import { expect, test } from 'vitest'
import type { Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { withUntoldWords } from '../../../src/providers/speaking/untold-words.ts'
import { FakeClock } from '../../fakes/clock.ts'

const PER_MS = 8
const loud = (ms: number): Speech => ({
  kind: 'audio',
  frame: { pcm: new Int16Array(ms * PER_MS).fill(8_000), rateHz: 8_000 },
})
const quiet = (ms: number): Speech => ({ kind: 'audio', frame: { pcm: new Int16Array(ms * PER_MS), rateHz: 8_000 } })

/** What a voice makes of these pieces of text, when it makes these pieces of sound for each. */
async function spoken(pieces: readonly string[], each: readonly Speech[], stop = new AbortController()) {
  const voice: TextToSpeech = {
    by: 'somebody',
    async *speak(text) {
      for await (const piece of text) {
        for (const made of each) yield made
        if (piece === 'Stop.') stop.abort(new Error('interrupted'))
      }
    },
  }
  async function* text(): AsyncGenerator<string> {
    yield* pieces
  }
  const made = await Array.fromAsync(withUntoldWords(voice, new FakeClock()).speak(text(), stop.signal))
  return {
    sounds: made.filter(({ kind }) => kind === 'audio').length,
    words: made.flatMap(one => (one.kind === 'words' ? one.words : [])),
    last: made.at(-1)?.kind,
  }
}

test('the words of a speech that tells none lie in its sound, in their order', async () => {
  const { sounds, words, last } = await spoken(['2 + 2 = 4, she said.', 'Is that so?'], [quiet(100), loud(1_000)])
  expect(sounds).toBe(4)
  expect(last).toBe('words')
  expect(words.map(({ text }) => text).join(' ')).toBe('2 + 2 = 4, she said. Is that so?')
  expect(words[0]?.startMs).toBeGreaterThanOrEqual(100)
  expect(words.at(-1)?.endMs).toBeLessThanOrEqual(2_200)
  expect(words.every(({ startMs, endMs }, i) => startMs <= endMs && startMs >= (words[i - 1]?.endMs ?? 0))).toBe(true)
})

test('a voice that tells words is left as it is, also where it tells them late', async () => {
  const told: Speech = { kind: 'words', words: [{ text: 'Yes.', startMs: 0, endMs: 400 }] }
  expect((await spoken(['Yes.'], [loud(500), told])).words).toEqual(told.words)
  const empty: Speech = { kind: 'words', words: [] }
  expect((await spoken(['Yes.'], [empty, loud(500)])).words.map(({ text }) => text)).toEqual(['Yes.'])
})

test('a speech without a sound has no words, and one that is stopped gets none', async () => {
  expect((await spoken([], [loud(500)])).words).toEqual([])
  expect((await spoken(['Stop.'], [loud(500)])).words).toEqual([])
})

test('a voice that has broken off says no more words than may have been heard by then', async () => {
  const { words } = await spoken(['We are open from nine to five on all days of the week but Sunday.'], [loud(500)])
  expect(words).toEqual([])
})
