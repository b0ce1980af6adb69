import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { decodeWav, type Wav } from '../../audio/wav.ts'
import type { Flite, Spoken } from '../cartesia/flite.ts'
import { VOICED_AMPLITUDE } from '../ringing/mulaw-loudness.ts'
import { voicedRange } from '../ringing/voiced-spans.ts'
import type { Script, SpokenWord, Utterance } from './fixture.ts'
import { throughTheLine, trimmed } from './line-sound.ts'

const CUE = { after: 'agent-stopped', ms: 600 } as const
const HANG_UP = { after: 'agent-stopped', ms: 1200, withStop: true } as const
const FROM = '+15550100042'

/** A script of the caller's own recordings. Each needs its words in a .txt of the same name next to it. */
export async function scriptOfWavs(paths: readonly string[], random: () => number): Promise<Script> {
  const utterances: Utterance[] = []
  for (const path of paths) {
    const say = await wordsBeside(path)
    const spoken = trimmed(await readSpeech(path))
    utterances.push(utteranceOf(say, spreadWords(say, spoken.pcm), spoken, random))
  }
  return scriptOf(paths.map(path => basename(path, '.wav')).join('-'), 'recorded', utterances)
}

/** A script of typed sentences, spoken by one of flite's voices. */
export async function scriptOfTexts(
  texts: readonly string[],
  voice: string,
  flite: Flite,
  random: () => number,
  signal: AbortSignal,
): Promise<Script> {
  const utterances: Utterance[] = []
  for (const text of texts) {
    const spoken = trimmed(await flite.synthesize(text, voice, signal))
    utterances.push(utteranceOf(text, spoken.words, spoken, random))
  }
  return scriptOf('text', voice, utterances)
}

function scriptOf(name: string, voice: string, utterances: readonly Utterance[]): Script {
  return { name, about: '', from: FROM, voice, utterances, hangUp: HANG_UP, expect: {} }
}

function utteranceOf(say: string, words: readonly SpokenWord[], { pcm }: Spoken, random: () => number): Utterance {
  return { kind: 'speech', say, words, pcm: throughTheLine(pcm, random), cue: CUE }
}

async function wordsBeside(path: string): Promise<string> {
  const textPath = path.replace(/\.wav$/i, '.txt')
  try {
    return (await readFile(textPath, 'utf8')).trim()
  } catch (cause) {
    const why = 'the stand-in Deepgram detects speech but cannot recognize words'
    throw new Error(`${path} needs its words in ${textPath} (empty for a noise): ${why}`, { cause })
  }
}

async function readSpeech(path: string): Promise<Spoken> {
  try {
    const wav = decodeWav(await readFile(path))
    const pcm = mono(wav)
    if (!pcm.some(sample => Math.abs(sample) > VOICED_AMPLITUDE)) throw new Error('nothing in it is as loud as a voice')
    return { pcm, rateHz: wav.rateHz, words: [] }
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function mono({ pcm, channels }: Wav): Int16Array {
  if (channels === 1) return pcm
  return Int16Array.from({ length: Math.floor(pcm.length / channels) }, (_, i) => {
    const instant = pcm.subarray(i * channels, (i + 1) * channels)
    return Math.round(instant.reduce((sum, sample) => sum + sample, 0) / channels)
  })
}

/** Spreads words without times evenly over the voiced part. */
export function spreadWords(text: string, pcm: Int16Array): readonly SpokenWord[] {
  const words = text.split(/\s+/).filter(word => word !== '')
  const { startMs, endMs } = voicedRange(encodeMulaw(pcm))
  const eachMs = (endMs - startMs) / words.length
  return words.map((word, i) => ({
    text: word,
    startMs: Math.floor(startMs + i * eachMs),
    endMs: Math.floor(startMs + (i + 1) * eachMs),
  }))
}
