import { loudnessDb } from '../../audio/loudness.ts'
import { decodeMulaw, encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Spoken } from '../../flite/flite.ts'
import { VOICED_AMPLITUDE } from '../ringing/mulaw-loudness.ts'
import { voicedSpans } from '../ringing/voiced-spans.ts'
import { LINE_RATE_HZ, type SpokenWord } from './fixture.ts'

const SPEECH_DB = -20
const NOISE_DB = -60
const EDGE_MS = 60
const SAMPLES_PER_MS = LINE_RATE_HZ / 1000

/** Resamples speech to 8 kHz and cuts the silence at both ends to 60 ms; the word times are shifted to match. */
export function trimmed({ pcm, rateHz, words }: Spoken): Spoken {
  const line = rateHz === LINE_RATE_HZ ? pcm : resample(pcm, rateHz, LINE_RATE_HZ)
  // A click before the voice is too short for a span, so it is cut with the silence.
  const spans = voicedSpans(encodeMulaw(line))
  const at = (ms: number): number => Math.min(line.length, Math.max(0, Math.round(ms * SAMPLES_PER_MS)))
  const from = at((spans[0]?.startMs ?? 0) - EDGE_MS)
  const to = at((spans.at(-1)?.endMs ?? line.length) + EDGE_MS)
  const cutMs = from / SAMPLES_PER_MS
  const lengthMs = Math.floor((to - from) / SAMPLES_PER_MS)
  const within = (ms: number): number => Math.min(lengthMs, Math.max(0, Math.round(ms - cutMs)))
  return {
    pcm: line.slice(from, to),
    rateHz: LINE_RATE_HZ,
    words: words.map(({ text, startMs, endMs }) => ({ text, startMs: within(startMs), endMs: within(endMs) })),
  }
}

/** Joins trimmed parts at 8 kHz, with `pausesMs[i]` of silence, from voice to voice, between part i and the next. */
export function joinedSpeech(parts: readonly Spoken[], pausesMs: readonly number[]): Spoken {
  const words: SpokenWord[] = []
  const samples: Int16Array[] = []
  let atMs = 0
  for (const [i, part] of parts.entries()) {
    const pauseMs = i === 0 ? 0 : Math.max(0, (pausesMs[i - 1] ?? 0) - 2 * EDGE_MS)
    samples.push(new Int16Array(pauseMs * SAMPLES_PER_MS), part.pcm)
    atMs += pauseMs
    for (const { text, startMs, endMs } of part.words) {
      words.push({ text, startMs: Math.round(startMs + atMs), endMs: Math.round(endMs + atMs) })
    }
    atMs += part.pcm.length / SAMPLES_PER_MS
  }
  const pcm = new Int16Array(samples.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of samples) {
    pcm.set(part, at)
    at += part.length
  }
  return { pcm, rateHz: LINE_RATE_HZ, words }
}

/**
 * Speech at 8 kHz as a telephone line carries it: at a random level around -20 dBFS, with noise at -60 dBFS, encoded to
 * G.711 and decoded. The same random numbers give the same bytes.
 */
export function throughTheLine(pcm: Int16Array, random: () => number): Int16Array {
  const targetDb = SPEECH_DB + (random() - 0.5) * 4
  const gain = 10 ** ((targetDb - loudnessDb(loudSamples(pcm))) / 20)
  const noise = 32768 * 10 ** (NOISE_DB / 20)
  const line = pcm.map(sample => clipped(sample * gain + noise * gaussian(random)))
  return decodeMulaw(encodeMulaw(line))
}

/** Leaves out pauses, so that the level is that of the voice. */
function loudSamples(pcm: Int16Array): Int16Array {
  const loud = pcm.filter(sample => Math.abs(sample) > VOICED_AMPLITUDE)
  return loud.length > 0 ? loud : Int16Array.of(32767)
}

function gaussian(random: () => number): number {
  let sum = 0
  for (let i = 0; i < 12; i++) sum += random()
  return sum - 6
}

function clipped(sample: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(sample)))
}
