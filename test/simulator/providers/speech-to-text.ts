import type { SpeechToText, SttInput, Transcript } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { ProviderError } from '../../../src/errors.ts'
import { untilAborted } from '../../fakes/scripted.ts'
import { type CallerMedia, PIECE_MS } from '../caller-media.ts'
import type { Chance } from '../chance.ts'
import type { Ledger } from '../ledger.ts'
import type { VirtualClock } from '../virtual-clock.ts'

export interface SttTraits {
  readonly interimMs: number
  readonly finalMs: number
  readonly mostFinalMs: number
  /** It takes the utterance for finished after so much silence of its own hearing; never, where nothing is given. */
  readonly endsAfterMs: number | undefined
  /** It makes words final when it is told to. */
  readonly obeysFlush: boolean
  readonly losesInterims: number
  readonly losesFinals: number
  readonly doublesFinals: number
  /** How likely an interim comes after the final that replaces it. */
  readonly reorders: number
  readonly mishears: number
  /** Tells of silence and of ends of utterances without words. */
  readonly tellsSilence: boolean
  readonly judgesEnd: boolean
  /** How likely a session fails at once, later, falls silent, or ends by itself. */
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
    tellsSilence: chance.happens(0.3),
    judgesEnd: chance.happens(0.3),
    fails: chance.happens(0.1) ? 0.5 : 0,
  }
}

/** An adapter notices so late that its provider has fallen silent. */
const STALLED_MS = 10_000
type Fault = 'none' | 'refuses' | 'breaks' | 'falls silent' | 'ends'

interface SttParts {
  readonly traits: SttTraits
  readonly clock: VirtualClock
  readonly media: () => CallerMedia
  readonly ledger: Ledger
  readonly chance: Chance
}

/** Ears that hear the words in the pieces that reach them, with delays and mistakes of their own. */
export function speechToText(parts: SttParts): SpeechToText {
  const { traits, clock, ledger, chance } = parts
  return {
    async *transcribe(input, signal): AsyncGenerator<Transcript> {
      const bad = { refuses: 1, breaks: 2, 'falls silent': 1, ends: 1 }
      const fault = chance.happens(traits.fails) ? chance.weighted<Fault>(bad, 'none') : 'none'
      const retryable = chance.happens(0.9)
      if (fault !== 'none') ledger.count(`ears: session ${fault}`)
      if (fault === 'refuses') throw new ProviderError('speech-to-text', 'refused', { retryable })
      ledger.opened('speech-to-text')
      const told = new Queue<Transcript>(1_000)
      const stop = (): void => told.close()
      signal.addEventListener('abort', stop, { once: true })
      const faultMs = clock.now() + chance.between(0, 30_000)
      const isSilenced = (): boolean => fault === 'falls silent' && clock.now() >= faultMs
      const callOff =
        fault === 'none'
          ? () => undefined
          : clock.at(faultMs + (fault === 'falls silent' ? STALLED_MS : 0), () => {
              if (fault === 'ends') told.close()
              else told.fail(new ProviderError('speech-to-text', fault, { retryable }))
            })
      listen(parts, input, told, isSilenced, signal).catch(error => ledger.broken.push(String(error)))
      try {
        yield* told
        signal.throwIfAborted()
      } finally {
        callOff()
        told.close()
        signal.removeEventListener('abort', stop)
        ledger.closed('speech-to-text')
      }
    },
  }
}

/** Hears the input to its end; what is understood is told when it is due. */
async function listen(
  { traits, clock, media, ledger, chance }: SttParts,
  input: AsyncIterable<SttInput>,
  told: Queue<Transcript>,
  isSilenced: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  let words: string[] = []
  let quietMs = 0
  let lastDueMs = 0
  let hasEnded = true
  const tell = (transcript: Transcript, delayMs: number, inOrder = true): void => {
    const dueMs = clock.now() + delayMs
    if (inOrder) lastDueMs = Math.max(lastDueMs, dueMs)
    const likely = chance.between(0, 1)
    const full = traits.judgesEnd && transcript.text !== '' ? { ...transcript, endOfTurn: likely } : transcript
    clock.at(inOrder ? lastDueMs : dueMs, () => {
      if (!isSilenced()) told.push(full)
    })
  }
  const tellFinal = (ended: boolean): void => {
    const text = words.join(' ')
    words = []
    if (chance.happens(traits.losesFinals)) return ledger.count('finals lost')
    const isLate = chance.happens(0.1)
    const delayMs = isLate ? chance.between(traits.finalMs, traits.mostFinalMs) : traits.finalMs
    if (delayMs > 1_000) ledger.count('finals over a second late')
    tell({ text, final: true, ended }, delayMs)
    if (text !== '' && chance.happens(traits.doublesFinals)) {
      ledger.count('finals doubled')
      tell({ text, final: true, ended }, delayMs + chance.between(0, 200))
    }
  }
  ledger.opened('audio being transcribed')
  try {
    for await (const item of untilAborted(input, signal)) {
      if (item === 'flush') {
        if (traits.obeysFlush && (words.length > 0 || traits.tellsSilence)) tellFinal(chance.happens(0.3))
        continue
      }
      const heard = media()
        .read(item)
        .words.map(({ text }) => (chance.happens(traits.mishears) ? 'something' : text))
      words.push(...heard)
      quietMs = heard.length > 0 ? 0 : quietMs + PIECE_MS
      if (heard.length > 0) {
        hasEnded = false
        const interimWords: Transcript = { text: words.join(' '), final: false, ended: false }
        if (chance.happens(traits.losesInterims)) ledger.count('interims lost')
        else if (chance.happens(traits.reorders)) {
          ledger.count('interims out of order')
          tell(interimWords, traits.interimMs + chance.between(0, 600), false)
        } else tell(interimWords, traits.interimMs)
      }
      if (traits.endsAfterMs !== undefined && quietMs >= traits.endsAfterMs && !hasEnded) {
        hasEnded = true
        if (words.length > 0 || traits.tellsSilence) tellFinal(true)
        else if (chance.happens(0.5)) tell({ text: '', final: true, ended: true }, traits.finalMs)
      }
    }
  } finally {
    ledger.closed('audio being transcribed')
  }
}
