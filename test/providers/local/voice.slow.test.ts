import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { systemClock } from '../../../src/clock.ts'
import { openLocalSpeech } from '../../../src/providers/local/open-local-speech.ts'
import { openVoice } from '../../../src/providers/local/voice.ts'

const { signal } = new AbortController()
const KEPT_BY_SANDBOX = fileURLToPath(new URL('../../../node_modules/.cache/flite', import.meta.url))

test('a process of its own speaks at the rate of each line, and keeps nothing of it', async () => {
  const voice = openVoice({ clock: systemClock, log: { warn: () => undefined } })
  onTestFinished(() => voice.close())
  const kept = (): readonly string[] => (existsSync(KEPT_BY_SANDBOX) ? readdirSync(KEPT_BY_SANDBOX) : [])
  const before = new Set(kept())
  const text = 'Your doctor rings on Friday, at half past nine.'
  const [phone, room] = await Promise.all([voice.say(text, 8_000, signal), voice.say(text, 24_000, signal)])
  expect(phone.words.map(word => word.text)).toEqual(text.split(' '))
  expect(room.words).toEqual(phone.words)
  for (const [{ pcm, words }, rateHz] of [
    [phone, 8_000],
    [room, 24_000],
  ] as const) {
    expect(loudnessDb(pcm)).toBeGreaterThan(-30)
    expect(words.at(-1)?.endMs).toBeLessThanOrEqual((pcm.length / rateHz) * 1_000)
    expect((pcm.length / rateHz) * 1_000).toBeGreaterThan(2_300)
  }
  expect(kept().filter(name => !before.has(name))).toEqual([])
})

test('a server that speaks by itself waits until its voice is loaded', async () => {
  const log = { warn: () => undefined }
  const wants = { ears: 'no', voice: true, modelsDir: '/nowhere' } as const
  const speech = await openLocalSpeech(wants, { clock: systemClock, log }, signal)
  onTestFinished(() => speech.close())
  expect(speech.notReady()).toEqual(['the voice of this machine: being loaded'])
  await speech.voice?.warm(signal)
  await expect.poll(speech.notReady).toEqual([])
})
