import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import type { TextToSpeech } from '../src/conversation/ports.ts'
import { english } from '../src/languages/english.ts'
import { phrasesInLanguages, soundOf } from '../src/phrases.ts'
import { FakeClock } from './fakes/clock.ts'

const named = (env: Readonly<Record<string, string>>, rateHz: 8000 | 24000 = 8_000): string =>
  soundOf(readSettings({ CARTESIA_API_KEY: 'k', OPENAI_API_KEY: 'k', AWS_ACCESS_KEY_ID: 'k', ...env }), rateHz)

test('the sound of a voice is named after all that it depends on', () => {
  const polly = { TTS: 'polly', AWS_SECRET_ACCESS_KEY: 's' }
  const names = [
    named({}),
    named({}, 24_000),
    named({ CARTESIA_VOICE_ID: 'other' }),
    named({ CARTESIA_API_KEY: '' }),
    named({ TTS: 'local' }),
    named({ TTS: 'openai' }),
    named({ TTS: 'openai', OPENAI_TTS_MODEL: 'tts-1' }),
    named({ TTS: 'openai', OPENAI_VOICE_ID: 'cedar' }),
    named(polly),
    named({ ...polly, POLLY_ENGINE: 'standard' }),
  ]
  expect(new Set(names).size).toBe(names.length)
})

test('an agent that speaks at a speed or in a manner of its own has sounds of its own', () => {
  const settings = readSettings({ CARTESIA_API_KEY: 'k' })
  const own = [undefined, { speed: 0.9 }, { manner: 'calm' }, { speed: 0.9, manner: 'calm' }] as const
  expect(new Set(own.map(how => soundOf(settings, 8_000, how))).size).toBe(own.length)
  expect(soundOf(settings, 8_000, {})).toBe(named({ CARTESIA_API_KEY: 'k' }))
})

test('it has no key, and is the same with another one', () => {
  expect(named({ TTS: 'openai', OPENAI_API_KEY: 'sk-secret' })).toBe(named({ TTS: 'openai' }))
  expect(named({ TTS: 'openai', OPENAI_API_KEY: 'sk-secret' })).not.toContain('secret')
})

test('sound that nobody has used for 90 days is deleted, that in use stays however old it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const now = new Date('2026-11-28T10:00:00Z')
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 24 * 3_600_000)
  const phrasesOf = (voiceId: string) =>
    phrasesInLanguages([{ language: english }], {
      clock: new FakeClock(),
      settings: readSettings({ DATA_DIR: folder, CARTESIA_API_KEY: 'k', CARTESIA_VOICE_ID: voiceId }),
      ...{ wordsIn: () => ['Good bye.'], onError: () => undefined },
      voiceAt: () => scriptedVoice,
    })
  const [before, other, current] = [phrasesOf('before'), phrasesOf('other'), phrasesOf('current')]
  const files = async (): Promise<readonly string[]> => (await readdir(join(folder, 'phrases'))).toSorted()
  for (const phrases of [before, other, current]) {
    await phrases.open(8_000)
    await phrases.render(8_000, new AbortController().signal)
  }
  const all = await files()
  expect(all).toHaveLength(6)
  for (const name of all) await utimes(join(folder, 'phrases', name), daysAgo(200), daysAgo(200))
  await other.purge.run(daysAgo(80))
  expect(await files()).toHaveLength(2)
  await current.open(8_000)
  expect(current.missing(8_000)).toEqual([])
  expect(await current.purge.run(now)).toBe(0)
  // What is no phrase is left alone.
  await writeFile(join(folder, 'phrases', 'a-note.txt'), 'x')
  await utimes(join(folder, 'phrases', 'a-note.txt'), daysAgo(200), daysAgo(200))
  expect(await current.purge.run(new Date(now.getTime() + 100 * 24 * 3_600_000))).toBe(2)
  expect(await files()).toContain('a-note.txt')
})

const scriptedVoice: TextToSpeech = {
  async *speak(text) {
    for await (const _piece of text) yield { kind: 'audio', frame: { pcm: new Int16Array(800).fill(1), rateHz: 8_000 } }
  },
}
