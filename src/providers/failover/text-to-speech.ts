import type { Delivery } from '../../conversation/delivery.ts'
import type { Speech, TextToSpeech } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { hasWords } from '../../conversation/reply/has-words.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { type Candidate, Choice, type FailoverParts } from './candidate.ts'
import { HeldText } from './held-text.ts'
import { SoundedText } from './sounded-text.ts'
import { SpokenSoFar } from './spoken-so-far.ts'

type Voice = Candidate<TextToSpeech>

/** While another voice can speak, a voice has less time than its adapter gives it: a caller waits. */
const FIRST_MS = 1_500
const NEXT_MS = 1_200
/** The next voice needs so long for its first sound: it is asked before the line has played all. */
const AHEAD_MS = 400

/**
 * One voice of several: where one fails, the next goes on with the word after the last sound that was passed on. A call
 * stays with the one that worked.
 */
export function failoverTextToSpeech(candidates: readonly Voice[], parts: FailoverParts): TextToSpeech {
  const choice = new Choice('TTS', candidates, parts)
  // Its connection is there before it is needed.
  void choice.open(choice.other(new Set()) ?? choice.current)
  return {
    get by() {
      return choice.current.name
    },
    async *speak(text, signal, _, how) {
      const held = new HeldText(text)
      const spoken = new SpokenSoFar(parts.clock)
      const tried = new Set<Voice>()
      let failure: unknown
      try {
        while (true) {
          const stage = spoken.passedMs > 0 ? 'mid-reply' : 'connecting'
          const voice = choice.next(tried, stage, failure)
          if (!voice) throw failure
          tried.add(voice)
          try {
            yield* spokenBy(voice, { choice, parts, held, spoken, tried, how }, signal)
            return
          } catch (error) {
            if (signal.aborted) throw error
            choice.failed(voice, error)
            failure = error
          }
        }
      } finally {
        held.close()
      }
    },
  }
}

interface Speaking {
  readonly choice: Choice<TextToSpeech>
  readonly parts: FailoverParts
  readonly held: HeldText
  readonly spoken: SpokenSoFar
  readonly tried: ReadonlySet<Voice>
  readonly how: Delivery | undefined
}

/** What was held back must be passed on now. */
const RELEASE: unique symbol = Symbol('release')

/** The rest of a speech by one voice. Rejects with its error, or when it makes no sound of words for too long. */
async function* spokenBy(
  voice: Voice,
  { choice, parts, held, spoken, tried, how }: Speaking,
  signal: AbortSignal,
): AsyncGenerator<Speech, void, undefined> {
  const { clock, used } = parts
  const scope = scopeOf(signal)
  const { piece, letter, words: untold } = spoken.ended(held.taken)
  const before = held.taken.length
  let at = piece
  let isGivenWords = false
  let isAllGiven = false
  /** The voice wants more text. Some want it before they have spoken what they have. */
  let isAsking = true
  const sounded = new SoundedText()
  /** Since when sound is owed: text has words, and nothing came after it. */
  let owedSinceMs: number | undefined

  async function* rest(): AsyncGenerator<string> {
    for await (const text of held.from(piece, letter)) {
      // The call has counted this text already, for the voice before.
      if (at++ < before) used?.({ kind: 'tts-characters', characters: text.length, by: voice.name })
      sounded.give(text)
      isGivenWords ||= hasWords(text)
      if (isGivenWords) owedSinceMs ??= clock.now()
      isAsking = false
      yield text
      isAsking = true
    }
    isAllGiven = true
    if (isGivenWords) owedSinceMs = clock.now()
  }

  /** Until more text is there, a voice that has spoken what it was given has nothing to say. */
  const owes = (): boolean => isAllGiven || !isAsking || sounded.isShort

  async function watch(): Promise<never> {
    const dueMs = (): number => {
      if (owedSinceMs === undefined) return clock.now() + NEXT_MS
      if (spoken.passedMs === 0) return owedSinceMs + FIRST_MS
      return Math.max(owedSinceMs + NEXT_MS, spoken.playedOutMs - AHEAD_MS)
    }
    await quietFor(0, clock, scope.signal, dueMs)
    throw new ProviderError(voice.title, 'its sound does not go on', { retryable: true })
  }

  /** Resolves when the next of it is there, or when what is held back may wait no longer. */
  async function soonest<T>(next: Promise<T>): Promise<T | typeof RELEASE> {
    const { heldUntilMs } = spoken
    if (heldUntilMs === undefined) return Promise.race([next, stalled])
    const wait = scopeOf(scope.signal)
    const due = clock.sleep(heldUntilMs - clock.now(), wait.signal).then((): typeof RELEASE => RELEASE)
    due.catch(() => undefined)
    return Promise.race([next, stalled, due]).finally(() => wait.abort(new Error('it came')))
  }

  if (untold.length > 0) yield { kind: 'words', words: untold }
  spoken.begin()
  const opened = await choice.open(voice)
  // With nobody to go to, its own limits are all that there are.
  const stalled = choice.other(tried) ? watch() : new Promise<never>(() => undefined)
  stalled.catch(() => undefined)
  const made = opened.speak(rest(), scope.signal, undefined, how)[Symbol.asyncIterator]()
  try {
    let next = made.next()
    while (true) {
      const come = await soonest(next)
      if (come === RELEASE) {
        yield* spoken.release()
        continue
      }
      if (come.done) break
      sounded.take(come.value)
      owedSinceMs = owes() ? clock.now() : undefined
      yield* spoken.take(come.value)
      next = made.next()
    }
    signal.throwIfAborted()
    const failed = (why: string): ProviderError => new ProviderError(voice.title, why, { retryable: true })
    if (isGivenWords && sounded.soundedMs === 0) throw failed('it made no sound of words')
    // Some end in good order where their server has died. How long words sound is a guess, and worth another voice alone.
    if (!isAllGiven || (isGivenWords && sounded.isShort && choice.other(tried)))
      throw failed('its sound ended before the text')
    yield* spoken.end()
    choice.worked(voice)
  } finally {
    scope.abort(new Error('the speech is over'))
    Promise.resolve(made.return?.()).catch(() => undefined)
  }
}
