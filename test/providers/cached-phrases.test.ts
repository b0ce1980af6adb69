import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Speech, TextToSpeech } from '../../src/conversation/ports.ts'
import { ProviderError } from '../../src/errors.ts'
import { openCachedPhrases } from '../../src/providers/cached-phrases.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeVoice } from '../fakes/text-to-speech.ts'

const TEXTS = ['Hello.', 'I am sorry, something went wrong.']
const failingVoice: TextToSpeech = {
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  async *speak() {
    throw new ProviderError('Somebody', 'is away', { retryable: true })
  },
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

function fakeVoice(): FakeVoice {
  const voice = new FakeVoice(new FakeClock())
  voice.firstAudioMs = 0
  return voice
}
/** A fake voice whose waits end at once. */
const instantVoice = () => {
  const voice = fakeVoice()
  const instant: TextToSpeech = {
    speak: (text, signal) => {
      const clock = { now: () => 0, wallTime: () => new Date(0), sleep: async () => undefined }
      const fake = new FakeVoice(clock)
      fake.failures.push(...voice.failures.splice(0))
      const speech = fake.speak(text, signal)
      made.push(fake)
      return speech
    },
  }
  const made: FakeVoice[] = []
  return {
    instant,
    failures: voice.failures,
    texts: () => made.flatMap(({ pieces }) => pieces.map(({ text }) => text)),
  }
}
const forever = (): AbortSignal => new AbortController().signal
async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts
}
const spoken = (voice: TextToSpeech, ...texts: readonly string[]): Promise<readonly Speech[]> =>
  Array.fromAsync(voice.speak(pieces(...texts), forever()))
const wordsOf = (speech: readonly Speech[]): string =>
  speech.flatMap(piece => (piece.kind === 'words' ? piece.words.map(word => word.text) : [])).join(' ')
const samplesOf = (speech: readonly Speech[]): number =>
  speech.reduce((sum, piece) => sum + (piece.kind === 'audio' ? piece.frame.pcm.length : 0), 0)

async function rendered() {
  const path = await folder()
  const phrases = await openCachedPhrases(path, 'anna', TEXTS)
  const { instant, texts } = instantVoice()
  await phrases.render(instant, forever())
  expect(texts()).toEqual(TEXTS)
  return { path, phrases }
}

test('every phrase is rendered once, and found again on disk', async () => {
  const { path, phrases } = await rendered()
  expect(phrases.missing()).toEqual([])
  const again = await openCachedPhrases(path, 'anna', TEXTS)
  expect(again.missing()).toEqual([])
  const { instant, texts } = instantVoice()
  await again.render(instant, forever())
  expect(texts()).toEqual([])
})

test('cached phrases do not need the voice: they have the same sound and the same words', async () => {
  const { path } = await rendered()
  const again = await openCachedPhrases(path, 'anna', TEXTS)
  const original = await spoken(instantVoice().instant, TEXTS[1] ?? '')
  const speech = await spoken(again.over(failingVoice), TEXTS[1] ?? '')
  expect(wordsOf(speech)).toBe('I am sorry, something went wrong.')
  expect(samplesOf(speech)).toBe(samplesOf(original))
  expect(speech.flatMap(piece => (piece.kind === 'words' ? piece.words : []))).toEqual(
    original.flatMap(piece => (piece.kind === 'words' ? piece.words : [])),
  )
})

test('any other text goes to the voice with all its pieces', async () => {
  const { phrases } = await rendered()
  const { instant, texts } = instantVoice()
  expect(wordsOf(await spoken(phrases.over(instant), 'We open ', 'at noon.'))).toBe('We open at noon.')
  expect(texts()).toEqual(['We open ', 'at noon.'])
  await expect(spoken(phrases.over(failingVoice), 'We open.')).rejects.toThrow('is away')
  expect(await spoken(phrases.over(failingVoice))).toEqual([])
})

test('another voice has its own phrases', async () => {
  const { path } = await rendered()
  expect((await openCachedPhrases(path, 'berta', TEXTS)).missing()).toEqual(TEXTS)
})

test('if the voice fails, the phrases rendered so far remain, and the rest is rendered later', async () => {
  const path = await folder()
  const phrases = await openCachedPhrases(path, 'anna', TEXTS)
  let speeches = 0
  const failing: TextToSpeech = {
    speak: (text, signal) =>
      speeches++ === 0 ? instantVoice().instant.speak(text, signal) : failingVoice.speak(text, signal),
  }
  await expect(phrases.render(failing, forever())).rejects.toThrow('is away')
  expect(phrases.missing()).toEqual(TEXTS.slice(1))
  await phrases.render(instantVoice().instant, forever())
  expect(phrases.missing()).toEqual([])
})

test('a phrase without sound does not count as rendered', async () => {
  const phrases = await openCachedPhrases(await folder(), 'anna', TEXTS)
  const mute: TextToSpeech = {
    async *speak() {
      yield { kind: 'words', words: [{ text: 'Hello.', startMs: 0, endMs: 100 }] }
    },
  }
  await expect(phrases.render(mute, forever())).rejects.toThrow('no sound of "Hello."')
  expect(phrases.missing()).toEqual(TEXTS)
})

test.each([
  ['is empty', async (file: string) => truncate(file, 0)],
  ['has lost its sound', async (file: string) => (file.endsWith('.wav') ? truncate(file, 44) : undefined)],
  [
    'ends in the middle of its words',
    async (file: string) => (file.endsWith('.wav') ? truncate(file, 2_000) : undefined),
  ],
  ['is gone', async (file: string) => rm(file)],
  ['is something else', async (file: string) => writeFile(file, 'hello')],
])('a file that %s counts as missing and is rendered again', async (_, spoil) => {
  const { path } = await rendered()
  for (const file of await readdir(path)) await spoil(join(path, file))
  const again = await openCachedPhrases(path, 'anna', TEXTS)
  expect(again.missing()).toEqual(TEXTS)
  const { instant, texts } = instantVoice()
  await again.render(instant, forever())
  expect(texts()).toEqual(TEXTS)
  expect((await openCachedPhrases(path, 'anna', TEXTS)).missing()).toEqual([])
})

test('if the disk fails, phrases are rendered once and used from memory', async () => {
  const path = join(await folder(), 'phrases')
  const phrases = await openCachedPhrases(path, 'anna', TEXTS)
  await rm(path, { recursive: true })
  const { instant, texts } = instantVoice()
  for (let i = 0; i < TEXTS.length; i++) await expect(phrases.render(instant, forever())).rejects.toThrow('ENOENT')
  expect(phrases.missing()).toEqual([])
  expect(texts()).toEqual(TEXTS)
  expect(wordsOf(await spoken(phrases.over(failingVoice), 'Hello.'))).toBe('Hello.')
})
