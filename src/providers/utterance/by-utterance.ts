import { resampler } from '../../audio/resample.ts'
import type { CallerFrame, Clock, SpeechToText, SttInput, Transcript, VoiceActivity } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { orAborted, type Scope, scopeOf, within } from '../../conversation/scope.ts'
import type { ProviderError } from '../../errors.ts'
import { CallerSound } from './caller-sound.ts'

const MOST_TRANSCRIPTS = 1_000
/**
 * What the recogniser gets: sound before the first voiced sample, as the detector misses soft beginnings, sound after the
 * last one, and silence on both sides. Measured with a person's reading, a neural voice and four of flite's: with half a
 * second on both sides a fifth of the words that are said alone comes to nothing, and without silence the decoder begins to
 * repeat itself.
 */
const BEFORE_MS = 200
const AFTER_MS = 200
const PAD_MS = 100
/** So much less around the voice is a second try, where the first one gives nothing. */
const TIGHTER_MS = 100
/** Speech is reported at most so long after its first voiced sample. */
const REPORTED_WITHIN_MS = 1_000
/** The first interim words are worth most while the agent speaks. */
const FIRST_INTERIM_MS = 400
const INTERIM_EVERY_MS = 500
/** Interims may take this share of a recogniser for each call: who is slow gets fewer. */
const INTERIM_SHARE = 1 / 4
/** Where there was no time for an interim, it is tried again after so much more sound. */
const AGAIN_MS = 100
/** An utterance that is too long is cut at the quietest place of its end. */
const CUT_WITHIN_MS = 4_000
/** A voice that goes on for so long after a flush is a new utterance, and no late report of the old one's end. */
const GOES_ON_MS = 400

/** The sound of a whole utterance. */
export interface UtteranceSound {
  readonly pcm: Int16Array
  /** The same with less around the voice. */
  readonly tighter: Int16Array
  /** From the first voiced sample to the last one. */
  readonly voiceMs: number
}

/** What recognises an utterance at a time. */
export interface UtteranceEars {
  /** The rate of the sound that it takes. */
  readonly rateHz: number
  /** A longer utterance is made final in pieces. */
  readonly longestMs: number
  /** The longest that `final` may take. */
  readonly finalWithinMs: number
  /** The words of an utterance that goes on. Undefined where there is no time for it. */
  readonly interim?: (pcm: Int16Array, signal: AbortSignal) => Promise<string | undefined>
  /** Only the first interim is made: it shows that the caller speaks words, and where each costs money that is enough. */
  readonly interimsOnce?: boolean
  /** The words of a whole utterance, empty if there are none. */
  readonly final: (sound: UtteranceSound, signal: AbortSignal) => Promise<string>
  /** In words for whoever reads the log or the journal. */
  readonly asProviderError: (error: unknown) => ProviderError
}

/** What ears that hear whole utterances need to be those of a call. */
export interface ByUtteranceParts {
  readonly ears: UtteranceEars
  /** The rate of the caller's sound. */
  readonly rateHz: number
  /** Says where utterances begin and end. Silence is not recognised at all. */
  readonly voiceActivity: VoiceActivity
}

/** An utterance that goes on. */
interface Utterance {
  readonly fromMs: number
  /** It begins with a voice of its own, and is no rest of one that went on. */
  readonly isNew: boolean
  /** Up to where the last interim heard it. */
  interimToMs: number
  /** No interim before this time of the Clock. */
  notBeforeMs: number
  /** The interim that is made. */
  interim: Scope | undefined
}

/**
 * Speech-to-text of recognisers that hear an utterance when it is over, for one call. The utterance so far is recognised
 * again and again while it goes on, where they do that, and a last time at `flush` or where the voice ends.
 */
export function byUtterance(
  { ears, rateHz, voiceActivity }: ByUtteranceParts,
  clock: Clock,
): Pick<SpeechToText, 'transcribe' | 'finalWithinMs'> & { readonly finalWithinMs: number } {
  const { finalWithinMs } = ears

  async function* transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<Transcript> {
    const scope = scopeOf(signal)
    const transcripts = new Queue<Transcript>(MOST_TRANSCRIPTS)
    const sound = new CallerSound(ears.rateHz)
    const raised = resampler(rateHz, ears.rateHz)
    /** So much sound was given. */
    let givenMs = 0
    let isVoiced = false
    let flushedMs = 0
    let utterance: Utterance | undefined
    /** Finals come in the order of their utterances. */
    let finals = Promise.resolve()
    let pending = 0
    /** Utterances with a voice of their own whose words are not final yet. */
    let unheard = 0
    /** Words whose speaker had begun to speak again before they came: they become final with those after them. */
    let held = ''
    const withHeld = (text: string): string => [held, text].filter(part => part !== '').join(' ')
    const fail = (error: unknown): void => scope.abort(ears.asProviderError(error))

    function begin(fromMs: number, isNew = false): void {
      if (isNew) unheard++
      utterance = { fromMs, isNew, interimToMs: fromMs, notBeforeMs: 0, interim: undefined }
    }

    /** Makes the utterance final up to a time, and forgets its sound. */
    function finish(toMs: number): void {
      if (!utterance) return
      const { fromMs, isNew, interim } = utterance
      utterance = undefined
      interim?.abort(new Error('it becomes final'))
      const heard = {
        pcm: sound.between(fromMs, toMs, PAD_MS),
        tighter: sound.between(fromMs + TIGHTER_MS, toMs - TIGHTER_MS, PAD_MS),
        voiceMs: toMs - fromMs - BEFORE_MS - AFTER_MS,
      }
      const untilMs = Math.round(givenMs - Math.max(0, sound.endMs - toMs))
      sound.forget(toMs)
      pending++
      const words = (own: AbortSignal): Promise<string> => ears.final(heard, own)
      // Its time begins when the one before it is final: that one's wait is not its own.
      const inTime = (): Promise<string> =>
        within(finalWithinMs, 'the recognition of an utterance', clock, words, scope.signal)
      finals = finals.then(inTime).then(text => {
        pending--
        if (isNew) unheard--
        const words = withHeld(text)
        // Who waits for the words of a turn must not take these for all of them.
        held = unheard > 0 ? words : ''
        if (unheard === 0) transcripts.push({ text: words, final: true, ended: false, untilMs })
        else if (words !== '') transcripts.push({ text: words, final: false, ended: false })
      }, fail)
    }

    async function makeInterim(going: Utterance, interim: NonNullable<UtteranceEars['interim']>): Promise<void> {
      const own = scopeOf(scope.signal)
      going.interim = own
      const toMs = sound.endMs
      const beganMs = clock.now()
      try {
        const text = await interim(sound.between(going.fromMs, toMs, PAD_MS), own.signal)
        if (utterance !== going) return
        going.interimToMs = text === undefined ? toMs - INTERIM_EVERY_MS + AGAIN_MS : toMs
        going.notBeforeMs = clock.now() + (clock.now() - beganMs) * (1 / INTERIM_SHARE - 1)
        if (text) transcripts.push({ text: withHeld(text), final: false, ended: false })
      } catch (error) {
        if (!own.signal.aborted) fail(error)
      } finally {
        own.release()
        going.interim = undefined
      }
    }

    function hear({ pcm, atMs }: CallerFrame): void {
      sound.add(raised(pcm), atMs)
      givenMs += (pcm.length / rateHz) * 1_000
      const { endMs } = sound
      if (!utterance && isVoiced && endMs - flushedMs > GOES_ON_MS) begin(flushedMs)
      if (!utterance) return sound.forget(endMs - REPORTED_WITHIN_MS)
      const { fromMs, interimToMs, notBeforeMs, interim } = utterance
      if (endMs - fromMs >= ears.longestMs) {
        const cutMs = sound.quietest(endMs - CUT_WITHIN_MS, endMs)
        finish(cutMs)
        return begin(cutMs)
      }
      const isFirst = interimToMs === fromMs
      const isEnough = endMs - interimToMs >= (isFirst ? BEFORE_MS + FIRST_INTERIM_MS : INTERIM_EVERY_MS)
      const isWanted = isFirst || !ears.interimsOnce
      if (ears.interim && isWanted && isEnough && clock.now() >= notBeforeMs && !interim && pending === 0)
        void makeInterim(utterance, ears.interim)
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
            if (!utterance) begin(event.firstVoicedMs - BEFORE_MS, true)
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

  return { finalWithinMs, transcribe }
}
