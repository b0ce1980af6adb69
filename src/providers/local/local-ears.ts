import type { Clock, SpeechToText, VoiceActivity } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import { JobError } from '../../jobs/job-error.ts'
import { byUtterance, type UtteranceSound } from '../utterance/by-utterance.ts'
import { type Ears, FINAL_WAITS_MS } from './ears.ts'
import { MOONSHINE_HZ } from './moonshine.ts'
import { plainWords } from './plain-words.ts'

const PROVIDER = 'Local ears'
/** Less voice than this is a click, */
const LEAST_VOICE_MS = 100
/** and nothing in more than this is no lost word, but noise. In less, the decoder is asked once more with less around the voice. */
const SHORT_MS = 3_000
/** A longer utterance is made final in pieces: the decoder takes a twentieth of the time of the sound. */
const LONGEST_MS = 15_000
/** The wait for its turn, and what the longest utterance takes on a busy machine. */
const FINAL_WITHIN_MS = FINAL_WAITS_MS + 2_000
/** A process that died may have died of this call's sound: it is asked once more. */
const MOST_DEATHS = 1

export interface LocalEarsParts {
  readonly ears: Ears
  /** The rate of the caller's sound. */
  readonly rateHz: number
  /** Says where utterances begin and end. Silence is not recognised at all. */
  readonly voiceActivity: VoiceActivity
}

/**
 * Speech-to-text on this machine, for one call. The utterance so far is recognised again and again while it goes on, as the
 * machine has time, and a last time at `flush` or where the voice ends. Throws ProviderError when the machine cannot keep up
 * or the process of the ears fails.
 */
export function localEars({ ears, rateHz, voiceActivity }: LocalEarsParts, clock: Clock): SpeechToText {
  let deaths = 0

  /** Asks again after the first death in this call. */
  async function recognize(
    pcm: Int16Array,
    kind: 'interim' | 'final',
    signal: AbortSignal,
  ): Promise<string | undefined> {
    while (true) {
      try {
        const text = await ears.recognize(pcm, kind, signal)
        return text === undefined ? undefined : plainWords(text)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof JobError && (error.kind === 'died' || error.kind === 'hung'))) throw error
        deaths++
        if (deaths > MOST_DEATHS) throw error
        if (kind === 'interim') return undefined
      }
    }
  }

  async function final({ pcm, tighter, voiceMs }: UtteranceSound, signal: AbortSignal): Promise<string> {
    if (voiceMs < LEAST_VOICE_MS) return ''
    const text = await recognize(pcm, 'final', signal)
    return text || voiceMs > SHORT_MS ? (text ?? '') : ((await recognize(tighter, 'final', signal)) ?? '')
  }

  const utteranceEars = {
    ...{ rateHz: MOONSHINE_HZ, longestMs: LONGEST_MS, finalWithinMs: FINAL_WITHIN_MS },
    ...{ final, asProviderError },
    interim: (pcm: Int16Array, signal: AbortSignal) => recognize(pcm, 'interim', signal),
  }
  return { by: 'local', ...byUtterance({ ears: utteranceEars, rateHz, voiceActivity }, clock) }
}

/** In words for whoever reads the log or the journal. */
function asProviderError(error: unknown): ProviderError {
  const failed = (why: string, retryable: boolean): ProviderError =>
    new ProviderError(PROVIDER, why, { retryable, cause: error })
  if (!(error instanceof JobError)) return failed(error instanceof Error ? error.message : String(error), true)
  switch (error.kind) {
    case 'full':
    case 'late':
      return failed('this machine cannot keep up: an utterance waited too long for its turn to be recognised', true)
    case 'died':
    case 'hung':
      return failed(`the process that recognises speech failed twice in this call: ${error.message}`, true)
    case 'failed':
      return failed(`an utterance could not be recognised: ${error.message}`, true)
    case 'unfit':
      // A machine that had no memory for it may have some a moment later.
      return failed(error.message, true)
    case 'closed':
      return failed(error.message, false)
  }
}
