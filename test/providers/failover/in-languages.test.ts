import { expect, test } from 'vitest'
import { agentIn } from '../../../src/agents/agents.ts'
import type { SpeechToText, TextToSpeech } from '../../../src/conversation/ports.ts'
import { openedFor } from '../../../src/open-providers.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import { languageModelOf, speechToTextOf, textToSpeechOf } from '../../../src/providers/failover/chain.ts'
import * as several from '../../../src/providers/failover/several.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeModel } from '../../fakes/model.ts'

const inLanguage = (LANGUAGE: 'en' | 'de' | 'es') => agentIn({ AGENT: 'receptionist', LANGUAGE })
const AGENTS = [await inLanguage('en'), await inLanguage('de'), await inLanguage('es')] as const

/** Two of each kind, the first of which fails, and in which languages each was opened. */
function opened() {
  const clock = new FakeClock()
  const asked: string[] = []
  const shared = { clock, breakers: openBreakers(clock), hedging: undefined, several }
  const ears = (name: string): SpeechToText => ({
    async *transcribe() {
      if (name === 'first') throw new Error('broken')
      yield { text: 'hallo', final: true, ended: true }
    },
  })
  const voice = (name: string): TextToSpeech => ({
    async *speak(text) {
      for await (const _ of text) if (name === 'first') throw new Error('broken')
      yield { kind: 'audio', frame: { pcm: new Int16Array(800).fill(9_000), rateHz: 8_000 } }
    },
  })
  const link = <P>(name: string, provider: P) => ({ name, title: name, provider })
  const earsOf = (name: string) =>
    link(name, {
      forCall({ language }: { readonly language: string }) {
        asked.push(`ears ${name} ${language}`)
        return ears(name)
      },
    })
  const voiceOf = (name: string) =>
    link(name, {
      forCall({ language }: { readonly language: string }) {
        asked.push(`voice ${name} ${language}`)
        return voice(name)
      },
    })
  const open = (agents: Parameters<typeof openedFor>[3]) =>
    openedFor(
      {
        ...{ callId: 'CA1', traceparent: undefined, language: 'en', rateHz: 8_000 },
        ...{ signal: new AbortController().signal, note: () => undefined, used: () => undefined },
      },
      8_000,
      new AbortController().signal,
      agents,
      {
        speechToTextFor: async call => speechToTextOf([earsOf('first'), earsOf('second')], call, shared),
        voiceFor: call => textToSpeechOf([voiceOf('first'), voiceOf('second')], call, shared),
        modelFor: call => languageModelOf([link('mind', { forCall: () => new FakeModel(clock) })], call, shared),
        inPersonFor: () => undefined,
      },
    )
  return { open, asked, clock }
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}
async function* silence() {
  yield { pcm: new Int16Array(160), rateHz: 8_000, atMs: 0 }
}

test('where one provider fails, the next one is opened in the language that is spoken', async () => {
  const { open, asked, clock } = opened()
  const { spokenAs } = await open(AGENTS)
  const german = spokenAs?.(AGENTS[0].name, 'de')
  if (!german) throw new Error('there is no German')
  const { signal } = new AbortController()
  asked.length = 0
  const hearing = german.speechToText.transcribe(silence(), signal)[Symbol.asyncIterator]()
  const heard = hearing.next()
  const sounds: string[] = []
  const speaking = (async () => {
    for await (const { kind } of german.voice.speak(pieces('Guten Tag.'), signal)) sounds.push(kind)
  })()
  await clock.advance(3_000)
  expect((await heard).value).toMatchObject({ text: 'hallo' })
  await speaking
  expect(sounds).toContain('audio')
  expect(asked).toEqual(expect.arrayContaining(['ears second de', 'voice first de', 'voice second de']))
  expect(asked.filter(what => !what.endsWith(' de'))).toEqual([])
  expect(spokenAs?.(AGENTS[0].name, 'fr')).toBeUndefined()
})

test('a line of one language opens what it did before, and nothing of another language is opened ahead', async () => {
  const alone = opened()
  expect((await alone.open([AGENTS[0]])).spokenAs).toBeUndefined()
  const several = opened()
  await several.open(AGENTS)
  expect(several.asked.filter(what => what.startsWith('voice'))).toEqual(
    alone.asked.filter(what => what.startsWith('voice')),
  )
})
