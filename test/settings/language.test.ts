import { expect, test } from 'vitest'
import { readSettings, SettingsError } from '../../src/config.ts'

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readSettings(env)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

test('the language is English unless it is chosen', () => {
  expect(readSettings({}).LANGUAGE).toBe('en')
  expect(readSettings({ LANGUAGE: 'de' }).LANGUAGE).toBe('de')
})

test('a line may speak several languages, and begins in the first', () => {
  expect(readSettings({ LANGUAGE: 'de, en,es' })).toMatchObject({ LANGUAGE: 'de', LANGUAGES: ['de', 'en', 'es'] })
  expect(readSettings({ LANGUAGE: 'es' }).LANGUAGES).toEqual(['es'])
})

test.each(['en,fr', 'en,en', 'en,', ','])('LANGUAGE=%s is refused in one line', LANGUAGE => {
  const problem = `LANGUAGE: must be one or several of en, de, es, each once (it is "${LANGUAGE}")`
  expect(problemsOf({ LANGUAGE })).toEqual([problem])
})

test('a provider that does not know one of the languages is refused', () => {
  expect(problemsOf({ LANGUAGE: 'en,de', STT: 'local' })).toEqual([
    'LANGUAGE: Local ears (STT=local) knows en alone (it is "en,de")',
  ])
  expect(problemsOf({ LANGUAGE: 'en,es', TTS: 'local' })).toEqual([
    'LANGUAGE: Local voice (TTS=local) knows en alone (it is "en,es")',
  ])
})

test('a language without words of its own is refused', () => {
  expect(problemsOf({ LANGUAGE: 'fr' }).join()).toMatch(/^LANGUAGE: .*en.*de.*es.*\(it is "fr"\)$/)
})

test.each([
  [{ STT: 'local' }, 'LANGUAGE: Local ears (STT=local) knows en alone (it is "de")'],
  [{ STT: 'deepgram,local' }, 'LANGUAGE: Local ears (STT=local) knows en alone (it is "de")'],
  [{ TTS: 'local' }, 'LANGUAGE: Local voice (TTS=local) knows en alone (it is "de")'],
  [{ DEEPGRAM_MODEL: 'flux-general-en' }, 'LANGUAGE: Deepgram (STT=deepgram) knows en alone (it is "de")'],
])('%j cannot serve German, which is said at the start', (env, problem) => {
  expect(problemsOf({ ...env, LANGUAGE: 'de' } as Readonly<Record<string, string>>)).toEqual([problem])
  expect(problemsOf(env as Readonly<Record<string, string>>)).toEqual([])
})

test('without a key and a choice, only scripted callers are heard in other languages: the local ears know English', () => {
  expect(readSettings({}).hearsByCall).toBe(true)
  expect(readSettings({ LANGUAGE: 'es' }).hearsByCall).toBe(false)
  expect(readSettings({ LANGUAGE: 'en,es' }).hearsByCall).toBe(false)
})
