import type { Clock, TextToSpeech, VoiceRateHz } from './conversation/ports.ts'
import { type CachedPhrases, openCachedPhrases } from './providers/cached-phrases.ts'

export interface PhrasesParts {
  readonly clock: Clock
  readonly folder: string
  /** Names the voice at this rate: another one has other sounds. */
  readonly voiceId: (rateHz: VoiceRateHz) => string
  readonly texts: readonly string[]
  /** The voice that renders them. */
  readonly voiceAt: (rateHz: VoiceRateHz) => TextToSpeech
  readonly onError: (error: unknown) => void
}

const RENDER_AGAIN_MS = 5_000

/** The sentences that must not fail, as sound at the rate of each kind of line that is used. */
export function phrasesAtRates({ clock, folder, voiceId, texts, voiceAt, onError }: PhrasesParts) {
  const opened = new Map<VoiceRateHz, CachedPhrases>()
  return {
    /** Reads what is on the disk at this rate. Until then nothing is cached at it. */
    async open(rateHz: VoiceRateHz): Promise<void> {
      opened.set(rateHz, await openCachedPhrases(folder, voiceId(rateHz), texts))
    },
    isOpen: (rateHz: VoiceRateHz): boolean => opened.has(rateHz),
    /** The phrases that have no sound yet at this rate. */
    missing: (rateHz: VoiceRateHz): readonly string[] => opened.get(rateHz)?.missing() ?? texts,
    /** Renders until each has its sound. Without its phrases a voice that fails would be a silent one. */
    async render(rateHz: VoiceRateHz, signal: AbortSignal): Promise<void> {
      for (let phrases = opened.get(rateHz); phrases && phrases.missing().length > 0; ) {
        await phrases.render(voiceAt(rateHz), signal).catch(onError)
        if (phrases.missing().length > 0) await clock.sleep(RENDER_AGAIN_MS, signal)
      }
    },
    over: (rateHz: VoiceRateHz, voice: TextToSpeech): TextToSpeech => opened.get(rateHz)?.over(voice) ?? voice,
  }
}
