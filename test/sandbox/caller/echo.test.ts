import { expect, test } from 'vitest'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { decodeMulaw } from '../../../src/audio/mulaw.ts'
import { openEcho } from '../../../src/sandbox/caller/echo.ts'
import type { EchoPath } from '../../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { mulaw, silence, tone } from './sounds.ts'

const SLOT = 160
const QUIET = mulaw(silence(20))

/** What the caller's telephone sends while they say `said` and hear `heard`, slot by slot. */
function through(path: EchoPath, said: Uint8Array, heard: Uint8Array): Int16Array {
  const echo = openEcho(path)
  const sent = Uint8Array.from({ length: heard.length }, () => 0xff)
  for (let at = 0; at < heard.length; at += SLOT)
    sent.set(echo(said.subarray(at, at + SLOT), heard.subarray(at, at + SLOT)), at)
  return decodeMulaw(sent)
}

/** Noise of all frequencies, so that no reflection cancels it. */
function hiss(ms: number): Int16Array {
  const random = seeded(1)
  return Int16Array.from({ length: ms * 8 }, () => Math.round((random() - 0.5) * 16_000))
}

const samples = (ms: number): number => ms * 8

test('the agent’s voice comes back after the delay and softer', () => {
  const heard = mulaw(hiss(400), silence(600))
  const sent = through({ delayMs: 150, levelDb: -14 }, mulaw(silence(1_000)), heard)
  expect(loudnessDb(sent.subarray(0, samples(150)))).toBe(Number.NEGATIVE_INFINITY)
  const back = loudnessDb(sent.subarray(samples(200), samples(540)))
  expect(Math.abs(back - (loudnessDb(hiss(400)) - 14))).toBeLessThan(3)
  expect(loudnessDb(sent.subarray(samples(600)))).toBeLessThan(-60)
})

test('the caller is heard through the echo', () => {
  const sent = through({ delayMs: 0, levelDb: -20 }, mulaw(tone(400, 300)), mulaw(tone(400, 900)))
  expect(Math.abs(loudnessDb(sent) - loudnessDb(tone(400, 300)))).toBeLessThan(1)
  expect(sent).not.toEqual(decodeMulaw(mulaw(tone(400, 300))))
})

test('without an echo the frame itself is sent, and the given frames are never changed', () => {
  const echo = openEcho({ delayMs: 20, levelDb: -10 })
  const said = mulaw(tone(20, 300))
  const before = Uint8Array.from(said)
  expect(echo(said, QUIET)).toBe(said)
  echo(said, mulaw(tone(20)))
  expect(echo(said, QUIET)).not.toEqual(before)
  expect(said).toEqual(before)
})

test('two voices that are too loud together are clipped', () => {
  const loud = Int16Array.from({ length: samples(100) }, () => 32_000)
  const sent = through({ delayMs: 0, levelDb: 0 }, mulaw(loud), mulaw(loud))
  expect(Math.min(...sent.subarray(samples(60)))).toBeGreaterThan(31_000)
})
