import { systemClock } from '../../../src/clock.ts'
import { summed, type WordErrors, wordErrorRate, wordErrors } from '../../../src/compare/word-errors.ts'
import type { VoiceActivity } from '../../../src/conversation/ports.ts'
import type { Ears } from '../../../src/providers/local/ears.ts'
import { openSilero, type Silero } from '../../../src/providers/silero.ts'
import { hear } from './hearing.ts'
import type { SpokenSet } from './spoken-sets.ts'

/** What the ears made of a set. */
export interface HeardSet {
  readonly set: SpokenSet
  readonly errors: WordErrors
  /** The share of wrong words, 0 to above 1. */
  readonly rate: number
  /** Of each utterance: the time of its recognition by its sound's, and in ms. */
  readonly realTimeFactors: readonly number[]
  readonly tookMs: readonly number[]
  /** The sound that was recognised, with the silence around it. */
  readonly soundMs: number
  readonly sentences: readonly { readonly say: string; readonly heard: string }[]
}

/** The server's detector of voices, for sound that comes faster than it is spoken. */
export const openQuickSilero = (): Promise<Silero> =>
  openSilero({ ...systemClock, sleep: () => new Promise(resolve => setImmediate(resolve)) })

/** Lets the ears hear a set, one sentence after the other. */
export async function heardSet(
  set: SpokenSet,
  ears: Ears,
  voiceActivity: VoiceActivity,
  signal: AbortSignal,
): Promise<HeardSet> {
  const errors: WordErrors[] = []
  const sentences: { say: string; heard: string }[] = []
  const finals: { soundMs: number; tookMs: number }[] = []
  for (const { say, line } of set.sentences) {
    const hearing = await hear(line, ears, voiceActivity, systemClock, signal)
    sentences.push({ say, heard: hearing.text })
    errors.push(wordErrors(say, hearing.text))
    finals.push(...hearing.finals)
  }
  const all = summed(errors)
  return {
    set,
    errors: all,
    rate: wordErrorRate(all),
    realTimeFactors: finals.map(({ soundMs, tookMs }) => tookMs / soundMs),
    tookMs: finals.map(({ tookMs }) => tookMs),
    soundMs: finals.reduce((sum, { soundMs }) => sum + soundMs, 0),
    sentences,
  }
}
