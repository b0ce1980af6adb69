import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import {
  askSecret,
  type SecretCheck,
  type SecretNumber,
  type SecretOutcome,
  type SecretParts,
} from '../../../src/conversation/secret/ask-secret.ts'
import { ofLength } from '../../../src/conversation/secret/secret-entry.ts'
import { english } from '../../../src/languages/english.ts'
import { FakeChannel } from '../../fakes/channel.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeSpeechToText } from '../../fakes/speech-to-text.ts'
import { FakeVoice, spokenMs } from '../../fakes/text-to-speech.ts'

export const words = {
  ask: 'Your PIN?',
  wrong: 'Not right. Again?',
  refused: 'Not right either. Bye.',
  locked: 'Not now. Bye.',
}
export const PIN: SecretNumber = { ...ofLength(4, 8), ask: words.ask, wrong: words.wrong, silenceMs: 10_000 }
export const RIGHT: SecretCheck = { kind: 'right' }
export const WRONG: SecretCheck = { kind: 'wrong' }
export const LOCKED: SecretCheck = { kind: 'locked', words: words.locked }
export const FIRST_AUDIO_MS = 100
export const saidMs = (text: string): number => FIRST_AUDIO_MS + spokenMs(text)

function open(changed: Partial<SecretParts> = {}) {
  const clock = new FakeClock()
  const channel = new FakeChannel(clock)
  const speechToText = new FakeSpeechToText()
  const voice = new FakeVoice(clock)
  const server = new AbortController()
  const tried: string[] = []
  const check = async ([digits = '']: readonly string[]): Promise<SecretCheck> => {
    tried.push(digits)
    return digits === '4271' ? RIGHT : WRONG
  }
  const startMs = clock.now()
  const state: { asked?: SecretOutcome; atMs?: number } = {}
  const over = askSecret(
    {
      ...{ clock, channel, speechToText, voice, words: { refused: words.refused }, language: english, check },
      ...{ numbers: [PIN], before: async () => RIGHT },
      ...changed,
    },
    server.signal,
  ).then(asked => {
    state.asked = asked
    state.atMs = clock.now() - startMs
  })
  const pass = (ms: number): Promise<void> => clock.advance(ms)
  return {
    ...{ clock, channel, speechToText, voice, server, tried, state, over, pass },
    said: () => channel.played.map(({ heard }) => heard),
    key: async (keys: string): Promise<void> => {
      for (const digit of keys) channel.person.push({ kind: 'digit', digit })
      await pass(0)
    },
    word: async (text: string, final = false): Promise<void> => {
      speechToText.words.push({ text, final, ended: final })
      await pass(0)
    },
  }
}

/** Asks in virtual time. Afterwards nothing may be left running. */
export async function asking(
  changed: Partial<SecretParts>,
  scenario: (asking: ReturnType<typeof open>) => Promise<void>,
): Promise<void> {
  const some = open(changed)
  await some.pass(0)
  await scenario(some)
  await some.over
  const { clock, channel, speechToText, voice, server } = some
  expect({
    sleepers: clock.pending,
    listeners: getEventListeners(server.signal, 'abort').length,
    inbound: channel.person.open,
    playing: channel.playing,
    speechToText: speechToText.words.open + speechToText.reading,
    speaking: voice.speaking,
  }).toEqual({ sleepers: 0, listeners: 0, inbound: 0, playing: 0, speechToText: 0, speaking: 0 })
}
