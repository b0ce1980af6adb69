import { expect, test } from 'vitest'
import type { Speech, TextToSpeech } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { trimmed } from '../../src/providers/trimmed.ts'
import { joined, silence, tone } from '../sandbox/caller/sounds.ts'

const audio = (...parts: readonly Int16Array[]): Speech => ({
  kind: 'audio',
  frame: { pcm: joined(...parts), rateHz: 8_000 },
})
const words = (...spans: readonly (readonly [string, number, number])[]): Speech => ({
  kind: 'words',
  words: spans.map(([text, startMs, endMs]) => ({ text, startMs, endMs })),
})

/** These pieces of speech after trimming. */
async function spoken(...pieces: readonly Speech[]): Promise<readonly Speech[]> {
  const voice: TextToSpeech = {
    async *speak() {
      yield* pieces
    },
  }
  const text = new Queue<string>(1)
  return Array.fromAsync(trimmed(voice).speak(text, new AbortController().signal))
}
const lengthMs = (speech: readonly Speech[]): number =>
  speech.reduce((sum, piece) => sum + (piece.kind === 'audio' ? piece.frame.pcm.length / 8 : 0), 0)

test('only silence before the first sound is removed', async () => {
  const made = await spoken(audio(silence(200), tone(100)), audio(silence(300), tone(50)))
  expect(lengthMs(made)).toBe(450)
})

test('silence that fills several pieces is removed too', async () => {
  expect(lengthMs(await spoken(audio(silence(100)), audio(silence(150)), audio(silence(30), tone(100))))).toBe(100)
})

test('word times are shifted by what was cut, and none is before the sound', async () => {
  const made = await spoken(
    words(['Hello', 50, 400]),
    audio(silence(200), tone(300)),
    words(['there', 400, 600]),
    audio(tone(100)),
  )
  expect(made.filter(({ kind }) => kind === 'words')).toEqual([words(['Hello', 0, 200]), words(['there', 200, 400])])
})

test('a speech without sound has no words either', async () => {
  expect(await spoken(words(['Hello', 0, 100]), audio(silence(300)))).toEqual([])
})

test('a speech without leading silence is unchanged', async () => {
  const pieces = [audio(tone(100)), words(['Hello', 0, 100])]
  expect(await spoken(...pieces)).toEqual(pieces)
})
