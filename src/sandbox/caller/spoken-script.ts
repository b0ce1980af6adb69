import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import decodeAnyWav from '@audio/decode-wav'
import { encodeMulaw } from '../../audio/mulaw.ts'
import type { Flite, Spoken } from '../../flite/flite.ts'
import { VOICED_AMPLITUDE } from '../ringing/mulaw-loudness.ts'
import { voicedRange } from '../ringing/voiced-spans.ts'
import type { Cue, Script, SpokenWord, Utterance } from './fixture.ts'
import { throughTheLine, trimmed } from './line-sound.ts'

const CUE = { after: 'agent-stopped', ms: 600 } as const
const OVER_THE_AGENT = { after: 'agent-started', ms: 1200 } as const
const HANG_UP = { after: 'agent-stopped', ms: 1200, withStop: true } as const
const FROM = '+15550100042'

/** A script of the caller's own recordings. Each needs its words in a .txt of the same name next to it. */
export async function scriptOfWavs(paths: readonly string[], random: () => number): Promise<Script> {
  const utterances: Utterance[] = []
  for (const path of paths) {
    const say = await wordsBeside(path)
    const spoken = trimmed(await readSpeech(path))
    utterances.push(utteranceOf(say, spreadWords(say, spoken.pcm), spoken, CUE, random))
  }
  return scriptOf(paths.map(path => basename(path, '.wav')).join('-'), 'recorded', utterances)
}

/**
 * A script of typed sentences, spoken by one of flite's voices. One that begins with dots (`...no, three`) is said over the agent,
 * 1.2 s after it has begun to speak.
 */
export async function scriptOfTexts(
  texts: readonly string[],
  voice: string,
  flite: Flite,
  random: () => number,
  signal: AbortSignal,
): Promise<Script> {
  const utterances: Utterance[] = []
  for (const text of texts) {
    const say = text.replace(/^\s*(?:\.{3}|…)\s*(?=\S)/, '')
    const spoken = trimmed(await flite.synthesize(say, voice, signal))
    utterances.push(utteranceOf(say, spoken.words, spoken, say === text ? CUE : OVER_THE_AGENT, random))
  }
  return scriptOf('text', voice, utterances)
}

function scriptOf(name: string, voice: string, utterances: readonly Utterance[]): Script {
  return { name, about: '', from: FROM, voice, utterances, hangUp: HANG_UP, expect: {} }
}

function utteranceOf(
  say: string,
  words: readonly SpokenWord[],
  { pcm }: Spoken,
  cue: Cue,
  random: () => number,
): Utterance {
  return { kind: 'speech', say, words, pcm: throughTheLine(pcm, random), cue }
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

/** Any rate, number of channels and depth, as PCM, floating point, G.711 or ADPCM. */
async function readSpeech(path: string): Promise<Spoken> {
  try {
    const { channelData, sampleRate: rateHz } = decodeAnyWav(await readFile(path))
    if (channelData.length === 0 || rateHz === 0) throw new Error('there is no sound in it that can be read')
    const pcm = mono(channelData)
    if (!pcm.some(sample => Math.abs(sample) > VOICED_AMPLITUDE)) throw new Error('nothing in it is as loud as a voice')
    return { pcm, rateHz, words: [] }
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** The mean of the channels, whose samples are from -1 to 1. */
function mono(channels: readonly Float32Array[]): Int16Array {
  return Int16Array.from({ length: channels[0]?.length ?? 0 }, (_, i) => {
    const mean = channels.reduce((sum, channel) => sum + (channel[i] ?? 0), 0) / channels.length
    return Math.round(Math.max(-1, Math.min(1, mean)) * 32_767)
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
