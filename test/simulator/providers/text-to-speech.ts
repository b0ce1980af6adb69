import type { Speech, TextToSpeech, Word } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { withUntoldWords } from '../../../src/providers/speaking/untold-words.ts'
import { untilAborted } from '../../fakes/scripted.ts'
import type { Chance } from '../chance.ts'
import { codedSound, FRAME_SAMPLES, LEAST_LAST_SAMPLES } from '../coded-sound.ts'
import type { Ledger, MadeSpeech } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

const RATE_HZ = 8_000
const SAMPLES_PER_MS = RATE_HZ / 1_000

export interface VoiceTraits {
  readonly firstMs: number
  readonly mostFirstMs: number
  /** How many times faster than real time it generates sound. */
  readonly speed: number
  readonly msPerLetter: number
  readonly fails: number
  /** When its words are reported: with their sound, before it, after it, or not at all. */
  readonly words: 'with' | 'before' | 'late' | 'some missing' | 'none'
  /** The agent's own sentences are cached and never fail. */
  readonly cachesPhrases: boolean
  /** How long it takes to stop after an abort. */
  readonly stopsAfterMs: number
}

const WORDS = { with: 6, before: 3, late: 2, 'some missing': 1, none: 0.3 }

export const anyVoice = (chance: Chance): VoiceTraits => ({
  firstMs: chance.between(50, 300),
  mostFirstMs: chance.happens(0.2) ? 2_300 : 600,
  speed: chance.happens(0.1) ? chance.between(0.6, 1.2) : chance.between(2, 20),
  msPerLetter: chance.whole(45, 80),
  fails: chance.happens(0.2) ? chance.pick([0.05, 0.3, 1]) : 0,
  words: chance.weighted<VoiceTraits['words']>(WORDS, 'with'),
  cachesPhrases: chance.happens(0.9),
  stopsAfterMs: chance.happens(0.2) ? chance.between(0, 40) : 0,
})

type Fault = 'none' | 'fails at once' | 'fails in the middle' | 'stalls' | 'says nothing'
const FAULTS = { 'fails at once': 2, 'fails in the middle': 2, stalls: 2, 'says nothing': 1 }
const STALLED_MS = 2_500
const PIECES_MS = [20, 37.5, 100, 256, 400] as const

export interface VoiceParts {
  readonly traits: VoiceTraits
  readonly clock: SimulatedClock
  readonly ledger: Ledger
  readonly chance: Chance
  /** Sentences whose sound is cached. */
  readonly phrases: ReadonlySet<string>
}

/** A voice as the product has it: what it does not tell of its words is reckoned, and is what counts as heard. */
export function voice(parts: VoiceParts): TextToSpeech {
  const { ledger, clock } = parts
  const told = withUntoldWords(voiceAlone(parts), clock)
  return {
    async *speak(text, signal): AsyncGenerator<Speech> {
      const number = ledger.speeches.length
      for await (const made of told.speak(text, signal)) {
        const speech = ledger.speeches[number]
        if (made.kind === 'words' && speech?.reported.length === 0) speech.reported.push(...made.words)
        yield made
      }
    },
  }
}

/** Its sound encodes the number of the speech and the place in it every 20 ms: see coded-sound.ts. */
function voiceAlone(parts: VoiceParts): TextToSpeech {
  const { traits, clock, ledger, chance, phrases } = parts
  return {
    async *speak(text, signal): AsyncGenerator<Speech> {
      ledger.opened('voice')
      const speech = ledger.newSpeech()
      let fault: Fault = chance.happens(traits.fails) ? chance.weighted<Fault>(FAULTS, 'none') : 'none'
      let isFirst = true
      try {
        for await (const piece of untilAborted(text, signal)) {
          const isCached = traits.cachesPhrases && phrases.has(piece)
          if (isCached) fault = 'none'
          if (isFirst && fault !== 'none') ledger.count(`voice: ${fault}`)
          if (isFirst && !isCached) await clock.sleep(chance.tailed(traits.firstMs, traits.mostFirstMs), signal)
          isFirst = false
          if (fault === 'fails at once') throw new ProviderError('voice', 'simulated', { retryable: true })
          if (fault === 'says nothing') continue
          for await (const made of soundOf(piece, speech, parts)) {
            yield made
            if (made.kind === 'words' || isCached) continue
            await clock.sleep(made.frame.pcm.length / SAMPLES_PER_MS / traits.speed, signal)
            if (fault === 'stalls' && chance.happens(0.3)) {
              await clock.sleep(STALLED_MS, signal)
              throw new ProviderError('voice', `nothing came for ${STALLED_MS} ms`, { retryable: true })
            }
            if (fault === 'fails in the middle' && chance.happens(0.3))
              throw new ProviderError('voice', 'simulated, in the middle', { retryable: true })
          }
        }
        signal.throwIfAborted()
      } finally {
        if (signal.aborted && traits.stopsAfterMs > 0)
          await clock.sleep(traits.stopsAfterMs, new AbortController().signal)
        ledger.closed('voice')
      }
    },
  }
}

/** The sound of one text, in pieces of random length, and its words. */
async function* soundOf(text: string, speech: MadeSpeech, { traits, chance }: VoiceParts): AsyncGenerator<Speech> {
  const words: Word[] = []
  let atMs = speech.samples / SAMPLES_PER_MS + chance.whole(0, 60)
  for (const word of text.split(/\s+/).filter(chunk => chunk !== '')) {
    const endMs = atMs + (word.length + 1) * traits.msPerLetter
    words.push({ text: word, startMs: atMs, endMs })
    atMs = endMs
  }
  speech.words.push(...words)
  const isReported = (): boolean => traits.words !== 'some missing' || chance.happens(0.8)
  const reported = traits.words === 'none' ? [] : words.filter(isReported)
  // After a failure no more words are reported, so words in sound that was already sent may stay unknown.
  const report = (chunk: readonly Word[]): readonly Speech[] => {
    speech.reported.push(...chunk)
    return chunk.length > 0 ? [{ kind: 'words', words: chunk }] : []
  }
  // A speech ends where its last frame can still be read. Frames run across the borders of pieces.
  const wanted = Math.round((atMs + chance.whole(0, 100)) * SAMPLES_PER_MS)
  const over = wanted % FRAME_SAMPLES
  const end = over === 0 || over >= LEAST_LAST_SAMPLES ? wanted : wanted - over + LEAST_LAST_SAMPLES
  if (traits.words === 'before') yield* report(reported)
  const pieceMs = chance.pick(PIECES_MS)
  let left = reported
  while (speech.samples < end) {
    const from = speech.samples
    speech.samples = Math.min(end, from + Math.round(pieceMs * SAMPLES_PER_MS))
    yield { kind: 'audio', frame: { pcm: codedSound(speech.number, from, speech.samples), rateHz: RATE_HZ } }
    if (traits.words === 'before' || traits.words === 'late') continue
    const now = left.filter(word => word.startMs * SAMPLES_PER_MS < speech.samples)
    left = left.slice(now.length)
    yield* report(now)
  }
  if (traits.words === 'late') yield* report(reported)
}
