import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import type { Delta, LanguageModel, Prompt } from '../../src/conversation/ports.ts'
import { systemNetwork } from '../../src/network.ts'
import { keyOf } from '../../src/replay/recorded-answers.ts'
import { replayedModel } from '../../src/replay/replayed-model.ts'
import { openWhatIfParts } from '../../src/what-if/parts.ts'
import { runSettings } from '../../src/what-if/run-settings.ts'

const secret = (of: string): string => `secret-${of}-that-only-this-server-knows`
const SECRETS = [
  ...['OPENAI_API_KEY', 'DEEPGRAM_API_KEY', 'AZURE_SPEECH_API_KEY', 'GEMINI_API_KEY', 'TWILIO_AUTH_TOKEN'],
  ...['RECORDS_SECRET', 'S3_SECRET_ACCESS_KEY'],
]
const SETTINGS = readSettings({
  ...Object.fromEntries(SECRETS.map(name => [name, secret(name)])),
  ...{ STT: 'openai,deepgram', LLM: 'openai', TTS: 'openai,azure', AZURE_SPEECH_REGION: 'westeurope' },
  ...{ S3_BUCKET: 'calls', S3_ENDPOINT: 'https://s3.example.com', S3_REGION: 'eu', S3_ACCESS_KEY_ID: 'id' },
})

test('the process of a run has no secret of the server, but for the key of a model that may be asked', () => {
  const told = (by: 'sandbox' | 'live provider') => JSON.stringify(runSettings(SETTINGS, by))
  const known = (text: string) => SECRETS.filter(name => text.includes(secret(name)))
  expect(known(JSON.stringify(SETTINGS))).toEqual(SECRETS)
  expect(known(told('sandbox'))).toEqual([])
  expect(known(told('live provider'))).toEqual(['OPENAI_API_KEY'])
})

test('a call is run again by the agent of its language alone', async () => {
  const lifetime = new AbortController()
  const settings = readSettings({ AGENT: 'receptionist', LANGUAGE: 'de' })
  const { parts, close } = await openWhatIfParts(settings, systemClock, systemNetwork, lifetime.signal)
  onTestFinished(close)
  expect(parts.agentOf('receptionist', 'de')?.language.code).toBe('de')
  expect(parts.agentOf('receptionist', 'en')).toBeUndefined()
})

const prompt = (text: string): Prompt => ({ instructions: '', history: [{ role: 'caller', text }], tools: [] })

test('a live provider is opened at the first question that was never asked, and once', async () => {
  let opened = 0
  const model: LanguageModel = {
    async *reply() {
      yield { kind: 'text', text: 'Yes.' }
    },
  }
  const { signal } = new AbortController()
  const replayed = replayedModel({
    recorded: new Map([[keyOf(prompt('Hello.').history), { deltas: [], overMs: 0 }]]),
    live: async () => {
      opened++
      return model
    },
    ...{ clock: { ...systemClock, sleep: async () => undefined }, during: work => work, tell: () => undefined, signal },
  })
  async function ask(text: string): Promise<readonly Delta[]> {
    return Array.fromAsync(replayed.reply(prompt(text), signal))
  }
  expect(await ask('Hello.')).toEqual([])
  expect(opened).toBe(0)
  expect(await ask('And now?')).toEqual([{ kind: 'text', text: 'Yes.' }])
  await ask('And then?')
  expect(opened).toBe(1)
})
