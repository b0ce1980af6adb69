import { expect, test } from 'vitest'
import { readSettings } from '../src/config.ts'
import { serversUsed } from '../src/open-providers.ts'
import { openProviderAccess } from '../src/stand-ins.ts'

const servers = {
  TWILIO_AUTH_TOKEN: 'secret',
  OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
  OPENAI_MODEL: 'qwen3:8b',
  DEEPGRAM_BASE_URL: 'ws://user:pass@ears.example:8080',
  CARTESIA_BASE_URL: 'http://voice.example',
  CARTESIA_API_KEY: 'voice-key',
}

test('servers without keys are reached as they are named, and no sandbox is started', async () => {
  const { access, close } = await openProviderAccess(readSettings(servers), new AbortController().signal)
  await close()
  expect(access).toEqual({
    deepgram: { apiKey: 'none', baseUrl: 'ws://user:pass@ears.example:8080' },
    openai: { apiKey: 'none', baseUrl: 'http://127.0.0.1:11434/v1' },
    cartesia: { apiKey: 'voice-key', baseUrl: 'http://voice.example' },
  })
})

test('the log tells which server is used for what, without passwords', async () => {
  const settings = readSettings({ ...servers, CARTESIA_VOICE_ID: 'voice-1' })
  const { access } = await openProviderAccess(settings, new AbortController().signal)
  expect(serversUsed(settings, access)).toEqual({
    speechToText: 'nova-3 at ws://ears.example:8080',
    model: 'qwen3:8b at http://127.0.0.1:11434/v1',
    voice: 'voice-1 at http://voice.example',
  })
  expect(serversUsed({ ...settings, standIns: ['OpenAI'] }, access).model).toBe(
    "the sandbox's stand-in at http://127.0.0.1:11434/v1",
  )
})
