import { expect, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import { serversUsed, sightSentTo } from '../src/open-providers.ts'
import type { Ears } from '../src/providers/local/ears.ts'
import { openProviderAccess, standInNotice } from '../src/stand-ins.ts'

const servers = {
  TWILIO_AUTH_TOKEN: 'secret',
  OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
  OPENAI_MODEL: 'qwen3:8b',
  DEEPGRAM_BASE_URL: 'ws://user:pass@ears.example:8080',
  CARTESIA_BASE_URL: 'http://voice.example',
  CARTESIA_API_KEY: 'voice-key',
  GEMINI_BASE_URL: 'http://eyes.example',
}

test('servers without keys are reached as they are named, and no sandbox is started', async () => {
  const { access, close } = await openProviderAccess(readSettings(servers), new AbortController().signal)
  await close()
  expect(access).toEqual({ gemini: { apiKey: 'none', baseUrl: 'http://eyes.example' } })
  const { STT, LLM, TTS } = readSettings(servers).providers
  expect([...STT, ...LLM, ...TTS].map(({ values: { apiKey, baseUrl } }) => ({ apiKey, baseUrl }))).toEqual([
    { apiKey: 'none', baseUrl: 'ws://user:pass@ears.example:8080' },
    { apiKey: 'none', baseUrl: 'http://127.0.0.1:11434/v1' },
    { apiKey: 'voice-key', baseUrl: 'http://voice.example' },
  ])
})

test('the log tells which server is used for what, without passwords', async () => {
  const settings = readSettings({ ...servers, CARTESIA_VOICE_ID: 'voice-1' })
  const { access } = await openProviderAccess(settings, new AbortController().signal)
  expect(serversUsed(settings, access)).toEqual({
    speechToText: 'nova-3 at ws://ears.example:8080',
    model: 'qwen3:8b at http://127.0.0.1:11434/v1',
    voice: 'voice-1 at http://voice.example',
    sight: 'gemini-2.5-flash at http://eyes.example',
  })
  expect(serversUsed(readSettings({}), SANDBOX).model).toBe("the sandbox's stand-in at http://127.0.0.1:2")
  const two = readSettings({ ...servers, STT: 'deepgram,local' })
  expect(serversUsed(two, access).speechToText).toBe('nova-3 at ws://ears.example:8080, then the local ears')
})

test('who shares a screen is told to whom its pictures are sent', async () => {
  const settings = readSettings({ ...servers, GEMINI_MODEL: 'eyes-1' })
  const gemini = (baseUrl: string) => ({ gemini: { apiKey: 'key', baseUrl } })
  expect(sightSentTo(settings, gemini('http://eyes.example:99/x'))).toEqual({ sentTo: 'eyes.example', model: 'eyes-1' })
  expect(sightSentTo(settings, gemini('https://generativelanguage.googleapis.com'))?.sentTo).toBe('Google (Gemini)')
  expect(sightSentTo({ ...settings, standIns: ['Gemini'] }, gemini('http://127.0.0.1:5'))?.sentTo).toBe(
    'the sandbox on this machine',
  )
  expect(sightSentTo(settings, { gemini: undefined })).toBeUndefined()
})

test('production without Gemini has no access to it', async () => {
  const production = {
    ...servers,
    ...{ NODE_ENV: 'production', PUBLIC_URL: 'https://voice.example', GEMINI_BASE_URL: '' },
    RECORDS_SECRET: 'a-secret-that-only-this-server-knows',
  }
  const settings = readSettings(production)
  const { access, close } = await openProviderAccess(settings, new AbortController().signal)
  await close()
  expect(access.gemini).toBeUndefined()
  expect(serversUsed(settings, access).sight).toBe('none')
})

const ears: Ears = { recognize: async () => '', warm: async () => undefined, close: async () => undefined }
const at = (baseUrl: string) => ({ apiKey: 'sandbox', baseUrl })
const SANDBOX = {
  deepgram: at('http://127.0.0.1:1'),
  openai: at('http://127.0.0.1:2'),
  cartesia: at('http://127.0.0.1:3'),
}

test('the log tells what this machine does by itself', () => {
  const used = (env: Record<string, string>, local?: { readonly ears: Ears }) => {
    const { speechToText, voice } = serversUsed(readSettings(env), SANDBOX, local)
    return [speechToText, voice]
  }
  const standIn = (port: number): string => `the sandbox's stand-in at http://127.0.0.1:${port}`
  expect(used({})).toEqual([standIn(1), standIn(3)])
  expect(used({}, { ears })).toEqual([`the local ears, and for scripted callers ${standIn(1)}`, standIn(3)])
  expect(used({ STT: 'local', TTS: 'local' }, { ears })).toEqual(['the local ears', 'the local voice flite-slt'])
})

const URL_OF_SERVER = 'http://127.0.0.1:8080'
const notice = (env: Record<string, string>, hasEars: boolean, softphoneUrl?: string): string =>
  standInNotice(readSettings(env), SANDBOX, URL_OF_SERVER, { hasEars, softphoneUrl }) ?? ''

test('the notice says where to talk to it, and offers the model of the ears in one line where it is missing', () => {
  const without = notice({}, false, 'http://127.0.0.1:8090/')
  expect(without).toContain('Talk to it: http://127.0.0.1:8090/\n')
  expect(without).toContain(
    'Your own voice is not understood yet: npm run models fetches the ears (28 MB, MIT), then start again.\n',
  )
  expect(notice({}, true)).toContain('Your own voice is understood by the ears of this machine')
  expect(notice({}, true)).not.toContain('Talk to it')
})

test('where what hears was chosen, nothing is said of the model', () => {
  for (const env of [{ STT: 'local' }, { DEEPGRAM_API_KEY: 'k' }])
    expect(notice(env, false)).not.toContain('Your own voice')
})
