import { expect, test } from 'vitest'
import type { Speech } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { JobError, type JobProblem } from '../../../src/jobs/job-error.ts'
import { localVoice } from '../../../src/providers/local/local-voice.ts'
import type { Voice } from '../../../src/providers/local/voice.ts'

const MS_A_LETTER = 50
const never = new AbortController().signal

/** Says a letter in 50 ms, and remembers what it was asked. `fails`: how the first jobs fail. */
function fakeVoice(fails: readonly JobProblem[] = []) {
  const asked: { readonly text: string; readonly rateHz: number; readonly signal: AbortSignal }[] = []
  const failing = [...fails]
  const say: Voice['say'] = async (text, rateHz, signal) => {
    signal.throwIfAborted()
    asked.push({ text, rateHz, signal })
    const problem = failing.shift()
    if (problem) throw new JobError(problem, `it ${problem}`)
    const endMs = text.length * MS_A_LETTER
    return { pcm: new Int16Array((endMs / 1_000) * rateHz).fill(1_000), words: [{ text, startMs: 0, endMs }] }
  }
  return { asked, say }
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts
}
const wordsOf = (speech: readonly Speech[]) => speech.flatMap(piece => (piece.kind === 'words' ? piece.words : []))
const lengthMs = (speech: readonly Speech[], rateHz: number): number =>
  speech.reduce((sum, piece) => sum + (piece.kind === 'audio' ? (piece.frame.pcm.length / rateHz) * 1_000 : 0), 0)

test.each([8_000, 24_000] as const)(
  'pieces are spoken one after the other, with their words in place, at %i Hz',
  async rateHz => {
    const { asked, say } = fakeVoice()
    const speech = await Array.fromAsync(localVoice({ say }, rateHz).speak(pieces('One,', 'two.'), never))
    expect(asked.map(({ text, rateHz: rate }) => [text, rate])).toEqual([
      ['One,', rateHz],
      ['two.', rateHz],
    ])
    expect(wordsOf(speech)).toEqual([
      { text: 'One,', startMs: 0, endMs: 200 },
      { text: 'two.', startMs: 200, endMs: 400 },
    ])
    expect(lengthMs(speech, rateHz)).toBe(400)
    const longest = Math.max(...speech.map(piece => (piece.kind === 'audio' ? piece.frame.pcm.length : 0)))
    expect(longest).toBe(rateHz / 10)
  },
)

test('signs without words are said with what comes after them, and alone they are no speech', async () => {
  const { asked, say } = fakeVoice()
  const voice = localVoice({ say }, 8_000)
  await Array.fromAsync(voice.speak(pieces('… ', 'yes.', ' —'), never))
  expect(asked.map(({ text }) => text)).toEqual(['… yes.'])
  expect(await Array.fromAsync(voice.speak(pieces('…'), never))).toEqual([])
})

test('the next piece is made while one is given, and only that one', async () => {
  const { asked, say } = fakeVoice()
  const speech = localVoice({ say }, 8_000).speak(pieces('One.', 'Two.', 'Three.'), never)
  await speech[Symbol.asyncIterator]().next()
  await Promise.resolve()
  expect(asked.map(({ text }) => text)).toEqual(['One.', 'Two.'])
})

test('who stops listening stops the piece that is being made, and nothing is thrown', async () => {
  const { asked, say } = fakeVoice()
  for await (const _ of localVoice({ say }, 8_000).speak(pieces('One.', 'Two.'), never)) break
  expect(asked.at(-1)?.signal.aborted).toBe(true)
  const hurry = new AbortController()
  const heard: Speech[] = []
  for await (const piece of localVoice({ say }, 8_000).speak(pieces('One.', 'Two.'), hurry.signal)) {
    heard.push(piece)
    hurry.abort(new Error('a barge-in'))
  }
  expect(wordsOf(heard).map(({ text }) => text)).toEqual(['One.'])
})

test('words with which the process died are said once more', async () => {
  const { asked, say } = fakeVoice(['died'])
  expect(wordsOf(await Array.fromAsync(localVoice({ say }, 8_000).speak(pieces('One.'), never)))).toHaveLength(1)
  expect(asked).toHaveLength(2)
})

test.each<[readonly JobProblem[], boolean, RegExp]>([
  [['died', 'hung'], true, /failed twice/],
  [['late'], true, /cannot keep up/],
  [['full'], true, /cannot keep up/],
  [['failed'], false, /cannot be spoken/],
  [['unfit'], true, /it unfit/],
  [['closed'], false, /it closed/],
])('what goes wrong (%j) is an error in plain words', async (problems, retryable, why) => {
  const { say } = fakeVoice(problems)
  const speaking = Array.fromAsync(localVoice({ say }, 8_000).speak(pieces('One.'), never))
  const error = await speaking.catch(thrown => thrown)
  expect(error).toBeInstanceOf(ProviderError)
  expect(error).toMatchObject({ provider: 'Local voice', retryable, message: expect.stringMatching(why) })
})

test('a text that fails is an error of whoever writes it', async () => {
  const { say } = fakeVoice()
  async function* failing(): AsyncGenerator<string> {
    yield 'One.'
    throw new Error('the model broke off')
  }
  await expect(Array.fromAsync(localVoice({ say }, 8_000).speak(failing(), never))).rejects.toThrow(
    'the model broke off',
  )
})
