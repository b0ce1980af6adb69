import type { Clock, SttInput } from '../conversation/ports.ts'
import type { AnnouncedUtterance } from '../sandbox/deepgram/scripted-transcripts.ts'
import { silence, voiceLike } from './sounds.ts'

const WORD_MS = 250
const FRAME_MS = 20

/** Each word of a text takes 250 ms. */
export function utteranceOf(text: string): AnnouncedUtterance & { readonly ms: number } {
  const words = text.split(' ').map((word, i) => ({ text: word, startMs: i * WORD_MS, endMs: (i + 1) * WORD_MS }))
  return { words, voicedFromMs: 0, ms: words.length * WORD_MS }
}

/** What a caller does, one after the other. */
export type Said =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'silence'; readonly ms: number }
  /** No sound comes at all, as from a line that is on hold. */
  | { readonly kind: 'nothing'; readonly ms: number }
  | { readonly kind: 'flush' }

export interface SaidParts {
  readonly clock: Clock
  readonly rateHz: number
  /** Told of each utterance before it is spoken. */
  readonly announce: (utterance: AnnouncedUtterance) => void
  readonly signal: AbortSignal
  /** Called before each frame. */
  readonly step: () => void
  readonly frameMs?: number
}

/** The caller's sound, frame after frame as time passes. Ends with the last thing said, or on abort. */
export async function* said(all: Iterable<Said>, parts: SaidParts): AsyncGenerator<SttInput, void, undefined> {
  const { clock, rateHz, announce, signal, step, frameMs = FRAME_MS } = parts
  let seed = 0

  async function* sound(pcm: Int16Array): AsyncGenerator<SttInput> {
    const samples = (frameMs * rateHz) / 1_000
    for (let at = 0; at < pcm.length; at += samples) {
      step()
      if (!(await slept(clock, frameMs, signal))) return
      const frame = pcm.subarray(at, at + samples)
      yield { pcm: frame, rateHz, atMs: clock.now() - (frame.length / rateHz) * 1_000 }
    }
  }

  for (const one of all) {
    if (signal.aborted) return
    switch (one.kind) {
      case 'words': {
        const utterance = utteranceOf(one.text)
        announce(utterance)
        yield* sound(voiceLike(utterance.ms, rateHz, ++seed))
        break
      }
      case 'silence':
        yield* sound(silence(one.ms, rateHz))
        break
      case 'nothing':
        step()
        await slept(clock, one.ms, signal)
        break
      case 'flush':
        step()
        yield 'flush'
    }
  }
}

/** False on abort. */
const slept = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  )
