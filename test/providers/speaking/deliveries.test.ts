import { once } from 'node:events'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../../src/clock.ts'
import type { Delivery } from '../../../src/conversation/delivery.ts'
import type { Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { openSpeech } from '../../../src/flite/speak.ts'
import { type Network, systemNetwork } from '../../../src/network.ts'
import { aura } from '../../../src/providers/aura/aura.ts'
import { ssmlOf } from '../../../src/providers/azure/ssml.ts'
import { cartesia } from '../../../src/providers/cartesia.ts'
import { cartesiaOverHttp } from '../../../src/providers/cartesia-http.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { elevenLabs } from '../../../src/providers/elevenlabs/elevenlabs.ts'
import { localVoice } from '../../../src/providers/local/local-voice.ts'
import { openAiVoice } from '../../../src/providers/openai-voice/openai-voice.ts'
import { polly } from '../../../src/providers/polly/polly.ts'
import { openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import { openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'
import { openPollyStandIn } from '../../../src/sandbox/polly/stand-in.ts'
import type { StandIn, StandInOptions } from '../../../src/sandbox/stand-in.ts'

const SLOW: Delivery = { speed: 0.75 }
const KEY = { apiKey: 'key', rateHz: 8_000, language: 'en' } as const

const flite = openFlite()
afterAll(() => flite.close())

async function standIn(open: (options: StandInOptions, by: typeof flite) => Promise<StandIn>): Promise<string> {
  const profile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
  const opened = await open({ port: 0, profile, seed: 1, clock: systemClock, faults: [] }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

function lifetime(): AbortSignal {
  const call = new AbortController()
  onTestFinished(() => call.abort())
  return call.signal
}

async function* text(): AsyncGenerator<string> {
  yield 'The garden is open today & tomorrow.'
}
const said = (voice: TextToSpeech, how?: Delivery): Promise<readonly Speech[]> =>
  Array.fromAsync(voice.speak(text(), new AbortController().signal, undefined, how))
async function lengthMs(voice: TextToSpeech, how?: Delivery): Promise<number> {
  const speech = await said(voice, how)
  const lastWord = speech.flatMap(one => (one.kind === 'words' ? one.words : [])).at(-1)
  const ms = speech.reduce((sum, one) => sum + (one.kind === 'audio' ? one.frame.pcm.length / 8 : 0), 0)
  // The words have their times by the sound as it is.
  expect(Math.abs((lastWord?.endMs ?? 0) - ms)).toBeLessThan(600)
  return ms
}

/** By fetch, with what each request had. */
function watched(network: Network = systemNetwork) {
  const bodies: Readonly<Record<string, unknown>>[] = []
  const fetch: Network['fetch'] = (url, init) => {
    bodies.push(JSON.parse(String(init?.body)))
    return network.fetch(url, init)
  }
  return { bodies, network: { ...network, fetch } }
}

const voices: Readonly<Record<string, () => Promise<TextToSpeech>>> = {
  Cartesia: async () =>
    cartesia({ ...KEY, baseUrl: await standIn(openCartesiaStandIn), voiceId: 'v' }, systemClock, lifetime()),
  Aura: async () => {
    const settings = { ...KEY, baseUrl: await standIn(openAuraStandIn), voiceId: 'aura-2-thalia-en' }
    return aura(settings, systemClock, lifetime(), systemNetwork)
  },
  Polly: async () => {
    const baseUrl = await standIn(openPollyStandIn)
    const access = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-central-1', baseUrl }
    return polly({ ...KEY, ...access, voiceId: 'Joanna', engine: 'neural' }, systemClock)
  },
  'the local voice': async () => {
    const speak = openSpeech()
    const say = async (words: string, rateHz: number, _signal: AbortSignal, speed?: number) => {
      const { pcm, rateHz: madeHz, words: timed } = speak(words, 'slt', speed)
      return { pcm: pcm.filter((_, index) => index % (madeHz / rateHz) === 0), words: timed }
    }
    return localVoice({ say }, 8_000)
  },
}

test.each(Object.keys(voices))('%s speaks a third longer at three quarters of its speed', async name => {
  const voice = (await voices[name]?.()) as TextToSpeech
  const usual = await lengthMs(voice)
  const slow = await lengthMs(voice, SLOW)
  expect(slow / usual).toBeGreaterThan(1.2)
  expect(slow / usual).toBeLessThan(1.5)
  expect(await lengthMs(voice)).toBe(usual)
})

test('ElevenLabs is told the speed with the first message of a context, within what it takes, and else nothing', async () => {
  const messages = new Queue<Readonly<Record<string, unknown>>>(100)
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  server.on('connection', socket => {
    onTestFinished(() => socket.terminate())
    socket.on('message', data => {
      const message = JSON.parse(String(data))
      messages.push(message)
      const sound = { contextId: message.context_id, audio: Buffer.alloc(160, 1).toString('base64') }
      if (message.flush) socket.send(JSON.stringify(sound))
      if (message.close_context) socket.send(JSON.stringify({ isFinal: true, contextId: message.context_id }))
    })
  })
  const address = server.address()
  const baseUrl = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const settings = { ...KEY, baseUrl, voiceId: 'EXAVITQu4vr4xnSDxMaL', model: 'eleven_flash_v2_5' }
  const voice = elevenLabs(settings, systemClock, lifetime(), systemNetwork)
  for (const how of [{ speed: 1.4 }, { manner: 'calm' }, { speed: 0.7 }] as const) await said(voice, how)
  const sent: unknown[] = []
  for await (const message of messages) if (sent.push(message.voice_settings) === 9) break
  expect(sent.filter(Boolean)).toEqual([{ speed: 1.2 }, { speed: 0.7 }])
  expect([sent[0], sent[6]]).toEqual([{ speed: 1.2 }, { speed: 0.7 }])
  const real = elevenLabs(
    { ...settings, baseUrl: await standIn(openElevenLabsStandIn) },
    systemClock,
    lifetime(),
    systemNetwork,
  )
  expect(await lengthMs(real, SLOW)).toBeGreaterThan(1_000)
})

test.each([
  ['gpt-4o-mini-tts', { speed: 0.8 }, { instructions: 'Speak at 80 % of your usual speed.' }],
  [
    'gpt-4o-mini-tts',
    { manner: 'calm', speed: 1.2 },
    { instructions: 'Speak in a calm tone. Speak at 120 % of your usual speed.' },
  ],
  ['tts-1', { speed: 0.8, manner: 'calm' }, { speed: 0.8 }],
  ['tts-1', { manner: 'calm' }, {}],
  ['gpt-4o-mini-tts', {}, {}],
] as const)('OpenAI’s %s is told %j as it understands it', async (model, how, told) => {
  const { bodies, network } = watched()
  const baseUrl = await standIn(openOpenAiVoiceStandIn)
  await said(openAiVoice({ ...KEY, baseUrl, model, voiceId: 'alloy' }, systemClock, network), how)
  const { speed, instructions } = bodies[0] ?? {}
  expect({ ...(speed !== undefined && { speed }), ...(instructions !== undefined && { instructions }) }).toEqual(told)
})

test('Cartesia is told speed and manner with each piece of a speech, and where sentences are rendered ahead', async () => {
  const { bodies, network } = watched()
  const settings = { ...KEY, baseUrl: await standIn(openCartesiaStandIn), voiceId: 'v' }
  await said(cartesiaOverHttp(settings, systemClock, network), { speed: 0.9, manner: 'sympathetic' })
  await said(cartesiaOverHttp(settings, systemClock, network), {})
  expect(bodies.map(body => body.generation_config)).toEqual([{ speed: 0.9, emotion: 'sympathetic' }, undefined])
})

test('Azure is told the speed as a change, and nothing where it is the usual one', () => {
  const of = (speed?: number) => ssmlOf({ text: 'A & B', voiceId: 'de-DE-KatjaNeural', locale: 'de-DE', speed })
  expect(of(0.85)).toContain("<prosody rate='-15%'>A &amp; B</prosody></voice>")
  expect(of(1.2)).toContain("<prosody rate='+20%'>")
  expect(of(1)).not.toContain('prosody')
  expect(of()).not.toContain('prosody')
})

test('which voice can do what is known of each provider, by its model', async () => {
  const delivers = async (name: keyof typeof TTS, values: object) => {
    const open = (await TTS[name].load()) as (given: object, parts: object) => { readonly delivers?: readonly string[] }
    return open({ ...KEY, baseUrl: 'http://127.0.0.1:1', voiceId: 'v', model: '', ...values }, { local: { voice: {} } })
      .delivers
  }
  expect(await delivers('cartesia', {})).toEqual(['speed', 'manner'])
  expect(await delivers('openai', { model: 'gpt-4o-mini-tts' })).toEqual(['speed', 'manner'])
  expect(await delivers('openai', { model: 'kokoro' })).toEqual(['speed'])
  expect(await delivers('deepgram', { voiceId: 'aura-2-thalia-en' })).toEqual(['speed'])
  expect(await delivers('deepgram', { voiceId: 'aura-asteria-en' })).toEqual([])
  expect(await delivers('polly', { model: 'generative' })).toEqual([])
  expect(await delivers('polly', { model: 'neural' })).toEqual(['speed'])
  expect(await delivers('local', {})).toEqual(['speed'])
})
