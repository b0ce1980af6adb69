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
  // The model hears by itself; Deepgram's stand-in speaks.
  [{ LLM: 'openai-realtime', TTS: 'deepgram' }, ''],
])('with %j calls are heard by: %s', (env, heardBy) => {
  const { hearsByCall, providers } = readSettings(env)
  expect(hearsByCall ? 'by-call' : providers.STT.map(({ name }) => name).join()).toBe(heardBy)
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

test.each(['STT', 'LLM', 'TTS'])('%s names who is there, in the order in which they are tried', name => {
  expect(problemsOf({ [name]: 'elsewhere' })).toEqual([expect.stringContaining(`${name}: there is no elsewhere, but `)])
  expect(problemsOf({ [name]: ' , ' })).toEqual([expect.stringContaining(`${name}: names nobody`)])
})

test('two providers of a port are kept in their order, each once', () => {
  expect(readSettings({ STT: 'local, deepgram' }).providers.STT.map(({ name }) => name)).toEqual(['local', 'deepgram'])
  expect(problemsOf({ TTS: 'local,cartesia,local' })).toEqual(['TTS: names local twice'])
})

test('what is wrong with the settings of a provider is said where it was chosen', () => {
  const wrong = { DEEPGRAM_MODEL: 'nova-9', CARTESIA_BASE_URL: 'ftp://user:pass@voice' }
  expect(problemsOf(wrong)).toEqual([
    'DEEPGRAM_MODEL: must be one of nova-3, flux-general-en (it is "nova-9")',
    'CARTESIA_BASE_URL: must be a URL with wss: or ws: or https: or http: (it is not shown)',
  ])
  expect(problemsOf({ ...wrong, STT: 'local', TTS: 'local' })).toEqual([])
})

test('a server that wants no key is at its usual address, and nobody stands in for it', () => {
  const { providers, standIns } = readSettings({ STT: 'whisper' })
  expect(providers.STT).toMatchObject([{ isStoodIn: false, values: { baseUrl: 'http://127.0.0.1:8000/v1' } }])
  expect(standIns).not.toContain('Whisper')
  expect(readSettings({ STT: 'deepgram,whisper' }).providers.STT.map(({ isStoodIn }) => isStoodIn)).toEqual([
    true,
    false,
  ])
  expect(problemsOf({ ...without('DEEPGRAM_API_KEY'), STT: 'whisper' })).toEqual([])
})
