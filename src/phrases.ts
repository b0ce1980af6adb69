import type { Settings } from './config.ts'
import type { Language } from './conversation/language.ts'
import type { Clock, TextToSpeech, VoiceRateHz } from './conversation/ports.ts'
import { speakable } from './conversation/reply/speakable.ts'
import { type CachedPhrases, deleteUnusedPhrases, openCachedPhrases } from './providers/cached-phrases.ts'
import { entryOf } from './providers/catalogue/catalogue.ts'

export interface PhrasesParts {
  readonly clock: Clock
  readonly settings: Pick<Settings, 'DATA_DIR' | 'voiceId' | 'providers'>
  readonly language: Language
  /** As the agent says them. */
  readonly words: readonly string[]
  /** The voice that renders them. */
  readonly voiceAt: (rateHz: VoiceRateHz) => TextToSpeech
  readonly onError: (error: unknown) => void
}

const RENDER_AGAIN_MS = 5_000
/** A voice that comes back within this time is not rendered again. */
const KEPT_UNUSED_MS = 90 * 24 * 3_600_000

/** Names the sound of the voice that is chosen, at this rate: another voice, model or server has another one. */
export function soundOf({ providers, voiceId }: Pick<Settings, 'providers' | 'voiceId'>, rateHz: VoiceRateHz): string {
  const [speaker] = providers.TTS
  const specs = Object.entries(entryOf('TTS', speaker?.name ?? '')?.settings ?? {})
  const texts = specs.flatMap(([role, { kind }]) => (kind === 'text' ? (speaker?.values[role] ?? []) : []))
  // These two were there before the others, and need no other name.
  const isUsual = speaker?.name === 'cartesia' || speaker?.name === 'local'
  const voice = isUsual ? voiceId : [speaker?.name, ...texts].join(' ')
  return `${voice} ${rateHz} Hz${speaker?.isStoodIn ? ' sandbox' : ''}`
}

/** The sentences that must not fail, as sound at the rate of each kind of line that is used. */
export function phrasesAtRates({ clock, settings, language, words, voiceAt, onError }: PhrasesParts) {
  const folder = `${settings.DATA_DIR}/phrases`
  const texts = words.map(text => speakable(text, language))
  const opened = new Map<VoiceRateHz, Promise<CachedPhrases>>()
  const ready = new Map<VoiceRateHz, CachedPhrases>()
  const rendering = new Map<VoiceRateHz, Promise<void>>()

  /** Reads what is on the disk at this rate. Until then nothing is cached at it. */
  function open(rateHz: VoiceRateHz): Promise<CachedPhrases> {
    const opening = opened.get(rateHz) ?? openCachedPhrases(folder, soundOf(settings, rateHz), texts)
    opened.set(rateHz, opening)
    return opening.then(phrases => {
      ready.set(rateHz, phrases)
      return phrases
    })
  }

  /** Renders until each has its sound. Without its phrases a voice that fails would be a silent one. */
  async function render(rateHz: VoiceRateHz, signal: AbortSignal): Promise<void> {
    const phrases = await open(rateHz)
    while (phrases.missing().length > 0) {
      await phrases.render(voiceAt(rateHz), signal).catch(onError)
      if (phrases.missing().length > 0) await clock.sleep(RENDER_AGAIN_MS, signal)
    }
  }

  return {
    open,
    render,
    /** Opens them, and renders in the background what is missing: until then it is made as it is said. */
    async prepare(rateHz: VoiceRateHz, signal: AbortSignal): Promise<void> {
      await open(rateHz)
      if (!rendering.has(rateHz))
        rendering.set(
          rateHz,
          render(rateHz, signal).catch(() => undefined),
        )
    },
    /** As one of the purges. What is in use here is marked so first, for the servers that share the folder. */
    purge: {
      what: 'sounds of phrases that nobody says any more',
      async run(at: Date): Promise<number> {
        for (const phrases of ready.values()) await phrases.touch(at)
        return deleteUnusedPhrases(folder, new Date(at.getTime() - KEPT_UNUSED_MS))
      },
    },
    /** The phrases that have no sound yet at this rate. */
    missing: (rateHz: VoiceRateHz): readonly string[] => ready.get(rateHz)?.missing() ?? texts,
    over: (rateHz: VoiceRateHz, voice: TextToSpeech): TextToSpeech => ready.get(rateHz)?.over(voice) ?? voice,
  }
}
