import { expect, test } from 'vitest'
import type { Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { wholeSpeech } from '../../../src/providers/speaking/whole-speech.ts'

const sound = (ms: number): Speech => ({ kind: 'audio', frame: { pcm: new Int16Array(ms * 8), rateHz: 8_000 } })
const wordsTo = (endMs: number): Speech => ({ kind: 'words', words: [{ text: 'late', startMs: endMs - 300, endMs }] })

/** What comes of these pieces of speech, and the error after them. */
async function spoken(signal: AbortSignal, ...pieces: readonly Speech[]) {
  const voice: TextToSpeech = {
    by: 'somebody',
    async *speak() {
      yield* pieces
    },
  }
  const whole = wholeSpeech(voice, 'Somebody')
  const made: Speech[] = []
  let error: unknown
  try {
    for await (const piece of whole.speak(new Queue<string>(1), signal)) made.push(piece)
  } catch (cause) {
    error = cause
  }
  return { made, error, by: whole.by }
}
const never = new AbortController().signal

test('a speech whose sound ends long before its words fails, after all of it was passed on', async () => {
  const { made, error, by } = await spoken(never, wordsTo(4_000), sound(1_500))
  expect(made).toEqual([wordsTo(4_000), sound(1_500)])
  expect(error).toMatchObject({ provider: 'Somebody', retryable: true, message: expect.stringContaining('2500 ms') })
  expect(by).toBe('somebody')
})

test('times that are a little off, more sound than words, and no words at all are no failure', async () => {
  for (const pieces of [[wordsTo(2_400), sound(1_500)], [wordsTo(500), sound(1_500)], [sound(1_500)], []])
    expect((await spoken(never, ...pieces)).error).toBeUndefined()
})

test('a speech that was broken off is not judged', async () => {
  expect((await spoken(AbortSignal.abort(), wordsTo(9_000), sound(100))).error).toBeUndefined()
})
