import { resampler } from '../../audio/resample.ts'
import type { CallerFrame, Clock, SpeechToText, SttInput, Transcript, VoiceActivity } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { orAborted, type Scope, scopeOf, within } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { JobError } from '../../jobs/job-error.ts'
import { CallerSound } from './caller-sound.ts'
import { type Ears, FINAL_WAITS_MS } from './ears.ts'
import { MOONSHINE_HZ } from './moonshine.ts'
import { plainWords } from './plain-words.ts'

const PROVIDER = 'Local ears'
const MOST_TRANSCRIPTS = 1_000
/**
 * What the model gets: sound before the first voiced sample, as the detector misses soft beginnings, sound after the last one,
 * and silence on both sides. Measured with a person's reading, a neural voice and four of flite's: with half a second on both
 * sides a fifth of the words that are said alone comes to nothing, and without silence the decoder begins to repeat itself.
 */
const BEFORE_MS = 200
const AFTER_MS = 200
const PAD_MS = 100
/** Where that gives nothing, the decoder is asked once more with so much less around the voice. */
const TIGHTER_MS = 100
/** Less voice than this is a click, */
const LEAST_VOICE_MS = 100
/** and nothing in more than this is no lost word, but noise. */
const SHORT_MS = 3_000
/** Speech is reported at most so long after its first voiced sample. */
const REPORTED_WITHIN_MS = 1_000
/** The first interim words are worth most while the agent speaks. */
const FIRST_INTERIM_MS = 400
const INTERIM_EVERY_MS = 500
/** Interims may take this share of a core for each call: who is slow gets fewer. */
const INTERIM_SHARE = 1 / 4
/** Where there was no time for an interim, it is tried again after so much more sound. */
const AGAIN_MS = 100
/** A longer utterance is made final in pieces: the decoder takes a twentieth of the time of the sound. */
const LONGEST_MS = 15_000
/** It is cut at the quietest place of its end. */
const CUT_WITHIN_MS = 4_000
/** A voice that goes on for so long after a flush is a new utterance, and no late report of the old one's end. */
const GOES_ON_MS = 400
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

/** An utterance that goes on. */
interface Utterance {
  readonly fromMs: number
  /** Up to where the last interim heard it. */
  interimToMs: number
  /** No interim before this time of the Clock. */
  notBeforeMs: number
  /** The interim that is made. */
  interim: Scope | undefined
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

  async function* transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<Transcript> {
    const scope = scopeOf(signal)
    const transcripts = new Queue<Transcript>(MOST_TRANSCRIPTS)
    const sound = new CallerSound(MOONSHINE_HZ)
    const raised = resampler(rateHz, MOONSHINE_HZ)
    let isVoiced = false
    let flushedMs = 0
    let utterance: Utterance | undefined
    /** Finals come in the order of their utterances. */
    let finals = Promise.resolve()
    let pending = 0
    const fail = (error: unknown): void => scope.abort(asProviderError(error))

    function begin(fromMs: number): void {
      utterance = { fromMs, interimToMs: fromMs, notBeforeMs: 0, interim: undefined }
    }

    /** Makes the utterance final up to a time, and forgets its sound. */
    function finish(toMs: number): void {
      if (!utterance) return
      const { fromMs, interim } = utterance
      utterance = undefined
      interim?.abort(new Error('it becomes final'))
      const pcm = sound.between(fromMs, toMs, PAD_MS)
      const tighter = sound.between(fromMs + TIGHTER_MS, toMs - TIGHTER_MS, PAD_MS)
      const voiceMs = toMs - fromMs - BEFORE_MS - AFTER_MS
      sound.forget(toMs)
      pending++
      const words = async (own: AbortSignal): Promise<string> => {
        if (voiceMs < LEAST_VOICE_MS) return ''
        const text = await recognize(pcm, 'final', own)
        return text || voiceMs > SHORT_MS ? (text ?? '') : ((await recognize(tighter, 'final', own)) ?? '')
      }
      const dueMs = clock.now() + FINAL_WITHIN_MS
      const inTime = (): Promise<string> =>
        within(Math.max(0, dueMs - clock.now()), 'the recognition of an utterance', clock, words, scope.signal)
      finals = finals.then(inTime).then(text => {
        pending--
        transcripts.push({ text, final: true, ended: false })
      }, fail)
    }

    async function makeInterim(going: Utterance): Promise<void> {
      const own = scopeOf(scope.signal)
      going.interim = own
      const toMs = sound.endMs
      const beganMs = clock.now()
      try {
        const text = await recognize(sound.between(going.fromMs, toMs, PAD_MS), 'interim', own.signal)
        if (utterance !== going) return
        going.interimToMs = text === undefined ? toMs - INTERIM_EVERY_MS + AGAIN_MS : toMs
        going.notBeforeMs = clock.now() + (clock.now() - beganMs) * (1 / INTERIM_SHARE - 1)
        if (text) transcripts.push({ text, final: false, ended: false })
      } catch (error) {
        if (!own.signal.aborted) fail(error)
      } finally {
        own.release()
        going.interim = undefined
      }
    }

    function hear({ pcm, atMs }: CallerFrame): void {
      sound.add(raised(pcm), atMs)
      const { endMs } = sound
      if (!utterance && isVoiced && endMs - flushedMs > GOES_ON_MS) begin(flushedMs)
      if (!utterance) return sound.forget(endMs - REPORTED_WITHIN_MS)
      const { fromMs, interimToMs, notBeforeMs, interim } = utterance
      if (endMs - fromMs >= LONGEST_MS) {
        const cutMs = sound.quietest(endMs - CUT_WITHIN_MS, endMs)
        finish(cutMs)
        return begin(cutMs)
      }
      const isFirst = interimToMs === fromMs
      const isEnough = endMs - interimToMs >= (isFirst ? BEFORE_MS + FIRST_INTERIM_MS : INTERIM_EVERY_MS)
      if (isEnough && clock.now() >= notBeforeMs && !interim && pending === 0) void makeInterim(utterance)
    }

    /** The detector draws the sound through here, so its events and the sound keep their order. */
    async function* heard(): AsyncGenerator<CallerFrame> {
      for await (const item of input) {
        scope.signal.throwIfAborted()
        if (item === 'flush') {
          flushedMs = sound.endMs
          finish(sound.endMs)
        } else {
          hear(item)
          yield item
        }
      }
    }

    async function listen(): Promise<void> {
      for await (const event of voiceActivity.detect(heard(), scope.signal)) {
        isVoiced = event.kind === 'speech-start'
        switch (event.kind) {
          case 'speech-start':
            if (!utterance) begin(event.firstVoicedMs - BEFORE_MS)
            break
          case 'speech-end':
            finish(Math.min(event.lastVoicedMs + AFTER_MS, sound.endMs))
        }
      }
      finish(sound.endMs)
      await finals
    }

    const end = (): void => transcripts.close()
    signal.addEventListener('abort', end, { once: true })
    const work = orAborted(listen(), scope.signal).then(
      () => transcripts.close(),
      error => transcripts.fail(error),
    )
    try {
      yield* transcripts
    } finally {
      signal.removeEventListener('abort', end)
      scope.abort(new Error('the session is over'))
      await work
    }
  }

  return { by: 'local', finalWithinMs: FINAL_WITHIN_MS, transcribe }
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
