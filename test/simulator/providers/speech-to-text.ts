import type { SpeechToText, SttInput, Transcript, Word } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { ProviderError } from '../../../src/errors.ts'
import { untilAborted } from '../../fakes/scripted.ts'
import { type CallerMedia, PIECE_MS } from '../caller-media.ts'
import type { Chance } from '../chance.ts'
import type { Ledger } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

export interface SttTraits {
  readonly interimMs: number
  readonly finalMs: number
  readonly mostFinalMs: number
  /** The silence after which it ends the utterance; never if undefined. */
  readonly endsAfterMs: number | undefined
  /** Makes words final on a flush. */
  readonly obeysFlush: boolean
  readonly losesInterims: number
  readonly losesFinals: number
  readonly doublesFinals: number
  /** The probability that an interim comes after the final that replaces it. */
  readonly reorders: number
  readonly mishears: number
  /** Reports silence and ends of utterances without words. */
  readonly reportsSilence: boolean
  readonly judgesEnd: boolean
  /** By how many ms the times of its words are off; undefined where it tells none. */
  readonly timesOffMs: number | undefined
  /** The probability that a session fails at once or later, falls silent, or ends by itself. */
  readonly fails: number
}

export const anySpeechToText = (chance: Chance): SttTraits => {
  const isBad = chance.happens(0.25)
  return {
    interimMs: chance.between(60, 250),
    finalMs: chance.between(60, 350),
    mostFinalMs: isBad ? 3_500 : 700,
    endsAfterMs: chance.happens(0.7) ? chance.pick([300, 500, 1_000]) : undefined,
    obeysFlush: chance.happens(0.9),
    losesInterims: isBad ? 0.3 : 0,
    losesFinals: isBad ? 0.05 : 0,
    doublesFinals: isBad ? 0.1 : 0,
    reorders: isBad ? 0.1 : 0,
    mishears: chance.happens(0.3) ? 0.1 : 0,
    reportsSilence: chance.happens(0.3),
    judgesEnd: chance.happens(0.3),
    timesOffMs: chance.branch('times').happens(0.7) ? chance.branch('how far off').between(-80, 80) : undefined,
    fails: chance.happens(0.1) ? 0.5 : 0,
  }
}

/** The time after which the adapter notices that the service has fallen silent. */
const STALLED_MS = 10_000
type Fault = 'none' | 'refuses' | 'breaks' | 'falls silent' | 'ends'

interface SttParts {
  readonly traits: SttTraits
  readonly clock: SimulatedClock
  readonly media: () => CallerMedia
  readonly ledger: Ledger
  readonly chance: Chance
}

/** Transcribes the words in the pieces that arrive, with delays and mistakes. */
export function speechToText(parts: SttParts): SpeechToText {
  const { traits, clock, ledger, chance } = parts
  return {
    async *transcribe(input, signal): AsyncGenerator<Transcript> {
      const bad = { refuses: 1, breaks: 2, 'falls silent': 1, ends: 1 }
      const fault = chance.happens(traits.fails) ? chance.weighted<Fault>(bad, 'none') : 'none'
      const retryable = chance.happens(0.9)
      if (fault !== 'none') ledger.count(`speech-to-text: session ${fault}`)
      if (fault === 'refuses') throw new ProviderError('speech-to-text', 'refused', { retryable })
      ledger.opened('speech-to-text')
      const transcripts = new Queue<Transcript>(1_000)
      const stop = (): void => transcripts.close()
      signal.addEventListener('abort', stop, { once: true })
      const faultMs = clock.now() + chance.between(0, 30_000)
      const isSilenced = (): boolean => fault === 'falls silent' && clock.now() >= faultMs
      const cancelFault =
        fault === 'none'
          ? () => undefined
          : clock.at(faultMs + (fault === 'falls silent' ? STALLED_MS : 0), () => {
              if (fault === 'ends') transcripts.close()
              else transcripts.fail(new ProviderError('speech-to-text', fault, { retryable }))
            })
      listen(parts, input, transcripts, isSilenced, signal).catch(error => ledger.broken.push(String(error)))
      try {
        yield* transcripts
        signal.throwIfAborted()
      } finally {
        cancelFault()
        transcripts.close()
        signal.removeEventListener('abort', stop)
        ledger.closed('speech-to-text')
      }
    },
  }
}

/** Other words of the caller's than of an echo, so that it is known whose they were. */
export const misheard = (isEcho: boolean): string => (isEcho ? 'anything' : 'something')

const LETTER_MS = 60
const MOST_WORD_MS = 500

/** The text, and when its words were said. */
function worded(words: readonly Word[], { timesOffMs }: SttTraits): Pick<Transcript, 'text' | 'words'> {
  const text = words.map(word => word.text).join(' ')
  if (timesOffMs === undefined) return { text }
  const moved = (ms: number): number => Math.max(0, ms + timesOffMs)
  return { text, words: words.map(word => ({ ...word, startMs: moved(word.startMs), endMs: moved(word.endMs) })) }
}

/** Reads the input to its end and reports transcripts when they are due. */
async function listen(
  { traits, clock, media, ledger, chance }: SttParts,
  input: AsyncIterable<SttInput>,
  transcripts: Queue<Transcript>,
  isSilenced: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  let words: Word[] = []
  let givenMs = 0
  let quietMs = 0
  let lastDueMs = 0
  let hasEnded = true
  const report = (transcript: Transcript, delayMs: number, inOrder = true): void => {
    const dueMs = clock.now() + delayMs
    if (inOrder) lastDueMs = Math.max(lastDueMs, dueMs)
    const likely = chance.between(0, 1)
    const full = traits.judgesEnd && transcript.text !== '' ? { ...transcript, endOfTurn: likely } : transcript
    clock.at(inOrder ? lastDueMs : dueMs, () => {
      if (!isSilenced()) transcripts.push(full)
    })
  }
  const reportFinal = (ended: boolean): void => {
    const said = worded(words, traits)
    const { text } = said
    words = []
    if (chance.happens(traits.losesFinals)) return ledger.count('finals lost')
    const isLate = chance.happens(0.1)
    const delayMs = isLate ? chance.between(traits.finalMs, traits.mostFinalMs) : traits.finalMs
    if (delayMs > 1_000) ledger.count('finals over a second late')
    report({ ...said, final: true, ended }, delayMs)
    if (text !== '' && chance.happens(traits.doublesFinals)) {
      ledger.count('finals doubled')
      report({ ...said, final: true, ended }, delayMs + chance.between(0, 200))
    }
  }
  ledger.opened('audio being transcribed')
  try {
    for await (const item of untilAborted(input, signal)) {
      if (item === 'flush') {
        if (traits.obeysFlush && (words.length > 0 || traits.reportsSilence)) reportFinal(chance.happens(0.3))
        continue
      }
      const { words: said, isEcho, fromMs } = media().read(item)
      givenMs += (item.pcm.length / item.rateHz) * 1_000
      const heard = said.map(({ text, endMs: saidMs }): Word => {
        const endMs = Math.max(0, givenMs - (fromMs + PIECE_MS - saidMs))
        const own = chance.happens(traits.mishears) ? misheard(isEcho) : text
        return { text: own, startMs: Math.max(0, endMs - Math.min(MOST_WORD_MS, text.length * LETTER_MS)), endMs }
      })
      words.push(...heard)
      quietMs = heard.length > 0 ? 0 : quietMs + PIECE_MS
      if (heard.length > 0) {
        hasEnded = false
        const interimWords: Transcript = { ...worded(words, traits), final: false, ended: false }
        if (chance.happens(traits.losesInterims)) ledger.count('interims lost')
        else if (chance.happens(traits.reorders)) {
          ledger.count('interims out of order')
          report(interimWords, traits.interimMs + chance.between(0, 600), false)
        } else report(interimWords, traits.interimMs)
      }
      if (traits.endsAfterMs !== undefined && quietMs >= traits.endsAfterMs && !hasEnded) {
        hasEnded = true
        if (words.length > 0 || traits.reportsSilence) reportFinal(true)
        else if (chance.happens(0.5)) report({ text: '', final: true, ended: true }, traits.finalMs)
      }
    }
  } finally {
    ledger.closed('audio being transcribed')
  }
}
