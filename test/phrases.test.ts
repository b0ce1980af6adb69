import { expect, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import { soundOf } from '../src/phrases.ts'

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

test('it has no key, and is the same with another one', () => {
  expect(named({ TTS: 'openai', OPENAI_API_KEY: 'sk-secret' })).toBe(named({ TTS: 'openai' }))
  expect(named({ TTS: 'openai', OPENAI_API_KEY: 'sk-secret' })).not.toContain('secret')
})
