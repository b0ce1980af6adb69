import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { PRODUCTION, problemsOf } from './settings-problems.ts'

const without = (...names: readonly (keyof typeof PRODUCTION)[]) =>
  Object.fromEntries(Object.entries(PRODUCTION).filter(([name]) => !names.some(some => some === name)))

test.each([
  [{}, 'by-call'],
  [{ DEEPGRAM_API_KEY: 'k' }, 'deepgram'],
  [{ DEEPGRAM_BASE_URL: 'ws://ears' }, 'deepgram'],
  [{ STT: 'deepgram' }, 'deepgram'],
  [{ STT: 'local' }, 'local'],
  [{ STT: 'local', DEEPGRAM_API_KEY: 'k' }, 'local'],
])('with %j calls are heard by: %s', (env, STT) => {
  expect(readSettings(env).STT).toBe(STT)
})

test('what this machine does by itself needs no stand-in', () => {
  expect(readSettings({ STT: 'local' }).standIns).toEqual(['Twilio', 'OpenAI', 'Cartesia', 'Gemini'])
  expect(readSettings({ TTS: 'local' }).standIns).toEqual(['Twilio', 'Deepgram', 'OpenAI', 'Gemini'])
})

test('production wants no key for what this machine does by itself, and says that it can', () => {
  const local = { ...without('DEEPGRAM_API_KEY', 'CARTESIA_API_KEY'), STT: 'local', TTS: 'local' }
  expect(readSettings(local)).toMatchObject({ standIns: [], ringsByHand: false })
  expect(problemsOf(without('DEEPGRAM_API_KEY', 'OPENAI_API_KEY', 'CARTESIA_API_KEY'))).toEqual([
    "DEEPGRAM_API_KEY: is missing, and production does not use Deepgram's stand-in; STT=local needs no key",
    "OPENAI_API_KEY: is missing, and production does not use OpenAI's stand-in",
    "CARTESIA_API_KEY: is missing, and production does not use Cartesia's stand-in; TTS=local needs no key",
  ])
})

test('the address of a vendor that is not used wants no key', () => {
  const vendor = { DEEPGRAM_BASE_URL: 'wss://api.eu.deepgram.com' }
  expect(problemsOf(vendor)).toHaveLength(1)
  expect(problemsOf({ ...vendor, STT: 'local' })).toEqual([])
})

test('records and prices are told what really hears and speaks', () => {
  expect(readSettings({ STT: 'local', TTS: 'local' })).toMatchObject({
    models: { speechToText: 'moonshine-tiny', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' },
    voiceId: 'flite-slt',
  })
  expect(readSettings({ CARTESIA_VOICE_ID: 'v' })).toMatchObject({ models: { speechToText: 'nova-3' }, voiceId: 'v' })
})

test('models are in DATA_DIR, if nothing else is said', () => {
  expect(readSettings({ DATA_DIR: '/data' }).MODELS_DIR).toBe('/data/models')
  expect(readSettings({ DATA_DIR: '/data', MODELS_DIR: '/models' }).MODELS_DIR).toBe('/models')
})

test('people ring by hand where no token of Twilio is given, not even the one of the sandbox', () => {
  expect(readSettings({}).ringsByHand).toBe(true)
  expect(readSettings({ TWILIO_AUTH_TOKEN: 'sandbox-auth-token' }).ringsByHand).toBe(false)
})

test.each(['STT', 'TTS'])('%s has no other values', name => {
  expect(problemsOf({ [name]: 'elsewhere' })).toEqual([expect.stringContaining(`${name}: `)])
})
