import { expect, test } from 'vitest'
import type { CallerFrame, SpeechToText } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeVoice } from '../../fakes/text-to-speech.ts'
import { asking, words } from './asking.ts'

test.each([0, 50, 700, 5_000])('a caller who hangs up after %d ms ends it at once', ms =>
  asking({}, async ({ pass, channel, state }) => {
    await pass(ms)
    channel.person.push({ kind: 'gone', why: 'hung up' })
    await pass(0)
    expect(state.asked).toMatchObject({ end: 'gone', why: 'hung up' })
  }),
)

test('a caller who hangs up, or a line that breaks, during the check ends it', () =>
  asking({ check: () => new Promise(() => undefined) }, async ({ pass, key, channel, state }) => {
    await key('4271#')
    channel.person.push({ kind: 'lost', why: 'no media' })
    await pass(0)
    expect(state.asked).toMatchObject({ end: 'lost', why: 'no media' })
  }))

test.each([0, 200, 5_000])('a server that stops after %d ms ends it at once', ms =>
  asking({}, async ({ pass, server, state }) => {
    await pass(ms)
    server.abort(new Error('the server is closing'))
    await pass(0)
    expect(state.asked?.end).toBe('stopped')
  }),
)

test('a check that fails ends it with "failed"', () =>
  asking({ check: () => Promise.reject(new Error('the database is away')) }, async ({ key, state }) => {
    await key('4271#')
    expect(state.asked).toMatchObject({ end: 'failed', why: 'Error: the database is away' })
  }))

test('a voice that fails, or makes no sound, ends it', async () => {
  const clock = new FakeClock()
  const voice = new FakeVoice(clock)
  voice.failures.push(new ProviderError('voice', 'away', { retryable: true }))
  await asking({ voice, clock }, async ({ state }) => {
    await clock.advance(200)
    expect(state.asked).toMatchObject({ end: 'failed', why: 'ProviderError: voice: away' })
  })
  voice.mute.add(words.ask)
  await asking({ voice, clock }, async ({ state }) => {
    await clock.advance(200)
    expect(state.asked).toMatchObject({ end: 'failed' })
  })
})

test('a failed speech-to-text session is opened again; after the last one keys still work', () =>
  asking({}, async ({ speechToText, pass, key, state }) => {
    await pass(1_000)
    for (let failure = 1; failure <= 4; failure++) {
      speechToText.words.fail(new Error('the caller said four two'))
      await pass(failure * 500)
    }
    expect(speechToText.sessions).toBe(3)
    await key('4271#')
    expect(state.asked).toMatchObject({ end: 'right', sttFailures: 3 })
    expect(JSON.stringify(state.asked)).not.toContain('four')
  }))

test('speech-to-text gets the caller’s sound, and only until it is over', () =>
  asking({}, async ({ speechToText, channel, pass, key, state }) => {
    const frame: CallerFrame = { pcm: new Int16Array(160), rateHz: 8_000, atMs: 0 }
    for (let i = 0; i < 10; i++) channel.person.push({ kind: 'audio', frame })
    await pass(0)
    await key('4271#')
    channel.person.push({ kind: 'audio', frame })
    await pass(100)
    expect(speechToText.frames).toBe(10)
    expect(state.asked).toMatchObject({ listenedMs: 200 })
  }))

test('it is not over before its speech-to-text session is closed', () => {
  const clock = new FakeClock()
  let isOpen = false
  const speechToText: SpeechToText = {
    async *transcribe(_input, signal) {
      isOpen = true
      await clock.sleep(1e9, signal).catch(() => undefined)
      await clock.sleep(300, new AbortController().signal)
      isOpen = false
    },
  }
  return asking({ clock, speechToText }, async ({ key, state }) => {
    await clock.advance(0)
    expect(isOpen).toBe(true)
    await key('4271#')
    await clock.advance(299)
    expect([isOpen, state.asked]).toEqual([true, undefined])
    await clock.advance(1)
    expect([isOpen, state.asked?.end]).toEqual([false, 'right'])
  })
})
