import { withVoice } from './chosen/with-voice.ts'
import type { Settings } from './config.ts'
import type { Agent } from './conversation/agent.ts'
import type { Delivery } from './conversation/delivery.ts'
import type { Language } from './conversation/language.ts'
import type { Clock, TextToSpeech, VoiceRateHz } from './conversation/ports.ts'
import { speakable } from './conversation/reply/speakable.ts'
import { type CachedPhrases, deleteUnusedPhrases, openCachedPhrases } from './providers/cached-phrases.ts'
import { entryOf } from './providers/catalogue/catalogue.ts'

export interface PhrasesParts {
  readonly clock: Clock
  readonly settings: Pick<Settings, 'DATA_DIR' | 'voiceId' | 'providers'>
  /** How the voice speaks, if not as usual. */
  readonly delivery?: Delivery | undefined
  readonly language: Language
  /** As the agent says them. */
  readonly words: readonly string[]
  /** The voice that renders them. */
  readonly voiceAt: (rateHz: VoiceRateHz) => TextToSpeech
  readonly onError: (error: unknown) => void
}

type OwnVoice = { readonly [Part in 'voice' | 'delivery']?: Agent[Part] | undefined }

/** The same for agents that sound alike. */
export const soundsAs = ({ voice, delivery: { speed, manner } = {} }: OwnVoice): string =>
  JSON.stringify([voice, speed, manner])

const RENDER_AGAIN_MS = 5_000
/** A voice that comes back within this time is not rendered again. */
const KEPT_UNUSED_MS = 90 * 24 * 3_600_000

/** Names the sound of the voice that is chosen, at this rate: another voice, model or server has another one. */
export function soundOf(
  { providers, voiceId }: Pick<Settings, 'providers' | 'voiceId'>,
  rateHz: VoiceRateHz,
  { speed, manner }: Delivery = {},
): string {
  const [speaker] = providers.TTS
  const specs = Object.entries(entryOf('TTS', speaker?.name ?? '')?.settings ?? {})
  const texts = specs.flatMap(([role, { kind }]) => (kind === 'text' ? (speaker?.values[role] ?? []) : []))
  // These two were there before the others, and need no other name.
  const isUsual = speaker?.name === 'cartesia' || speaker?.name === 'local'
  const voice = isUsual ? voiceId : [speaker?.name, ...texts].join(' ')
  const how = `${speed === undefined ? '' : ` at ${speed}`}${manner === undefined ? '' : ` ${manner}`}`
  return `${voice} ${rateHz} Hz${how}${speaker?.isStoodIn ? ' sandbox' : ''}`
}

/** The sentences that must not fail, as sound at the rate of each kind of line that is used, in each language of the line and each voice. */
export function phrasesInLanguages(
  agents: readonly (Pick<Agent, 'language'> & OwnVoice)[],
  {
    wordsIn,
    voiceAt,
    ...parts
  }: Pick<PhrasesParts, 'clock' | 'settings' | 'onError'> & {
    /** As the agent says them. */
    readonly wordsIn: (language: string, own: OwnVoice) => readonly string[]
    readonly voiceAt: (rateHz: VoiceRateHz, language: string, own: OwnVoice) => TextToSpeech
  },
) {
  const keyOf = (code: string, own: OwnVoice): string => JSON.stringify([code, soundsAs(own)])
  const byVoice = new Map(
    agents.map(({ language, voice, delivery }) => {
      const own = { voice, delivery }
      const { code } = language
      const words = wordsIn(code, own)
      const settings = withVoice(parts.settings, voice)
      const ofAgent: PhrasesParts = {
        ...parts,
        settings,
        delivery,
        language,
        words,
        voiceAt: rate => voiceAt(rate, code, own),
      }
      return [keyOf(code, own), phrasesAtRates(ofAgent)]
    }),
  )
  const each = [...byVoice.values()]
  return {
    open: (rateHz: VoiceRateHz) => Promise.all(each.map(phrases => phrases.open(rateHz))),
    render: (rateHz: VoiceRateHz, signal: AbortSignal) =>
      Promise.all(each.map(phrases => phrases.render(rateHz, signal))).then(() => undefined),
    prepare: (rateHz: VoiceRateHz, signal: AbortSignal) =>
      Promise.all(each.map(phrases => phrases.prepare(rateHz, signal))).then(() => undefined),
    /** As one of the purges. */
    purge: {
      what: 'sounds of phrases that nobody says any more',
      async run(at: Date): Promise<number> {
        for (const phrases of each) await phrases.touch(at)
        const before = new Date(at.getTime() - KEPT_UNUSED_MS)
        const folders = new Set(each.map(({ folder }) => folder))
        const deleted = await Promise.all([...folders].map(folder => deleteUnusedPhrases(folder, before)))
        return deleted.reduce((sum, count) => sum + count, 0)
      },
    },
    missing: (rateHz: VoiceRateHz) => each.flatMap(phrases => phrases.missing(rateHz)),
    /** `own`: an agent's. */
    over: (rateHz: VoiceRateHz, language: string, own: OwnVoice, voice: TextToSpeech): TextToSpeech =>
      byVoice.get(keyOf(language, own))?.over(rateHz, voice) ?? voice,
  }
}

/** The sentences that must not fail, in one language. */
export function phrasesAtRates({ clock, settings, delivery, language, words, voiceAt, onError }: PhrasesParts) {
  const folder = `${settings.DATA_DIR}/phrases`
  const texts = words.map(text => speakable(text, language))
  const opened = new Map<VoiceRateHz, Promise<CachedPhrases>>()
  const ready = new Map<VoiceRateHz, CachedPhrases>()
  const rendering = new Map<VoiceRateHz, Promise<void>>()

  /** Reads what is on the disk at this rate. Until then nothing is cached at it. */
  function open(rateHz: VoiceRateHz): Promise<CachedPhrases> {
    const opening = opened.get(rateHz) ?? openCachedPhrases(folder, soundOf(settings, rateHz, delivery), texts)
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
    /** Marks what is in use here, for the servers that share the folder. */
    async touch(at: Date): Promise<void> {
      for (const phrases of ready.values()) await phrases.touch(at)
    },
    folder,
    /** The phrases that have no sound yet at this rate. */
    missing: (rateHz: VoiceRateHz): readonly string[] => ready.get(rateHz)?.missing() ?? texts,
    over: (rateHz: VoiceRateHz, voice: TextToSpeech): TextToSpeech => ready.get(rateHz)?.over(voice) ?? voice,
  }
}
