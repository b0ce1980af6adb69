import type { Speech, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import { hasWords } from '../../conversation/reply/has-words.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { JobError } from '../../jobs/job-error.ts'
import type { Voice, VoiceAnswer } from './voice.ts'

const PROVIDER = 'Local voice'
/** Sound is given on in pieces of this length, as a vendor sends it. */
const PIECE_MS = 100
/** The process that died may have died of these words: they are said once more. */
const MOST_TRIES = 2

/**
 * The voice of this machine: each piece of the text is spoken by itself, and the next one while this one sounds. Throws
 * ProviderError when the machine cannot keep up or the process of the voice fails.
 */
export function localVoice(voice: Pick<Voice, 'say'>, rateHz: VoiceRateHz): TextToSpeech {
  async function said(text: string, speed: number | undefined, signal: AbortSignal): Promise<VoiceAnswer> {
    for (let tries = 1; ; tries++) {
      try {
        return await voice.say(text, rateHz, signal, speed)
      } catch (error) {
        signal.throwIfAborted()
        const isLost = error instanceof JobError && (error.kind === 'died' || error.kind === 'hung')
        if (!isLost || tries >= MOST_TRIES) throw asProviderError(error)
      }
    }
  }

  return {
    by: 'local',
    async *speak(text, signal, _, how) {
      const scope = scopeOf(signal)
      const pieces = text[Symbol.asyncIterator]()

      /** Undefined when the text is over. Of signs alone there is no sound: they go with what comes after them. */
      async function next(): Promise<VoiceAnswer | undefined> {
        let piece = ''
        while (!hasWords(piece)) {
          const read = await pieces.next()
          if (read.done) return undefined
          piece += read.value
        }
        return said(piece, how?.speed, scope.signal)
      }

      let startMs = 0
      let coming = next()
      try {
        while (true) {
          const made = await coming
          if (!made || signal.aborted) return
          coming = next()
          // Whoever listens may leave before it is there.
          coming.catch(() => undefined)
          for (const speech of speechOf(made, rateHz, startMs)) yield speech
          startMs += (made.pcm.length / rateHz) * 1_000
        }
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        scope.abort(new Error('the speech is over'))
        Promise.resolve(pieces.return?.()).catch(() => undefined)
      }
    },
  }
}

function* speechOf({ pcm, words }: VoiceAnswer, rateHz: VoiceRateHz, fromMs: number): Generator<Speech> {
  yield {
    kind: 'words',
    words: words.map(word => ({ text: word.text, startMs: fromMs + word.startMs, endMs: fromMs + word.endMs })),
  }
  const piece = (PIECE_MS / 1_000) * rateHz
  for (let at = 0; at < pcm.length; at += piece)
    yield { kind: 'audio', frame: { pcm: pcm.subarray(at, at + piece), rateHz } }
}

/** In words for whoever reads the log or the journal. */
function asProviderError(error: unknown): ProviderError {
  const failed = (why: string, retryable: boolean): ProviderError =>
    new ProviderError(PROVIDER, why, { retryable, cause: error })
  if (!(error instanceof JobError)) return failed(error instanceof Error ? error.message : String(error), true)
  switch (error.kind) {
    case 'full':
    case 'late':
      return failed('this machine cannot keep up: words waited too long for their turn to be spoken', true)
    case 'died':
    case 'hung':
      return failed(`the process that speaks failed twice: ${error.message}`, true)
    case 'failed':
      return failed(`these words cannot be spoken: ${error.message}`, false)
    case 'unfit':
      // A machine that had no memory for it may have some a moment later.
      return failed(error.message, true)
    case 'closed':
      return failed(error.message, false)
  }
}
