import { boundedTranscript } from '../bounded-transcript.ts'
import type { Language } from '../language.ts'
import type { Channel, Clock, SpeechToText, SttInput, TextToSpeech } from '../ports.ts'
import { Queue } from '../queue.ts'
import { quietFor } from '../quiet.ts'
import { sayAloud } from '../reply/say-aloud.ts'
import { orAborted, scopeOf } from '../scope.ts'
import { afterTry, digitsOf, dueMs, isTry, NO_ENTRY, withKey, withSpoken } from './secret-entry.ts'

/** What is said while a secret is asked. */
export interface SecretWords {
  /** Said, and heard to its end, before the question. */
  readonly notice?: string
  readonly ask: string
  readonly wrong: string
  readonly refused: string
  /** Said when no try is allowed for now. */
  readonly locked: string
}

export interface SecretParts {
  readonly clock: Clock
  /** Others can go on reading its inbound afterwards. */
  readonly channel: Channel
  readonly speechToText: SpeechToText
  readonly voice: TextToSpeech
  readonly words: SecretWords
  readonly language: Language
  readonly isLocked: () => Promise<boolean>
  /** `locked`: it was wrong, or was not looked at, and no other try is allowed for now. */
  readonly check: (digits: string) => Promise<'right' | 'wrong' | 'locked'>
}

/** How it ended. Holds nothing of what was keyed or said. */
export interface SecretOutcome {
  readonly end: 'right' | 'refused' | 'locked' | 'gone' | 'lost' | 'stopped' | 'failed'
  readonly why: string
  readonly wrongTries: number
  /** How much sound went to speech-to-text. */
  readonly listenedMs: number
  /** How many speech-to-text sessions failed. */
  readonly sttFailures: number
}

const MOST_TRIES = 3
const SILENCE_MS = 10_000
const MOST_FRAMES = 500
/** After so many failed speech-to-text sessions the caller can only key the number. */
const MOST_STT_FAILURES = 3
const STT_RETRY_MS = 500

/**
 * Asks the caller for a number that only they know, keyed or spoken, and passes it to `check` alone. Never rejects:
 * an abort of `signal` ends it with "stopped", a voice or a check that fails with "failed".
 */
export async function askSecret(parts: SecretParts, signal: AbortSignal): Promise<SecretOutcome> {
  const { clock, channel, voice, words } = parts
  const scope = scopeOf(signal)
  let sound = new Queue<SttInput>(MOST_FRAMES)
  let entry = NO_ENTRY
  let change = Promise.withResolvers<void>()
  let left: { readonly end: 'gone' | 'lost'; readonly why: string } | undefined
  let wrongTries = 0
  let listenedMs = 0
  let sttFailures = 0

  function take(next: typeof entry): void {
    entry = next
    change.resolve()
    change = Promise.withResolvers()
  }

  async function takeInbound(): Promise<void> {
    for await (const inbound of channel.inbound(scope.signal)) {
      switch (inbound.kind) {
        case 'audio':
          sound.push(inbound.frame)
          break
        case 'digit':
          take(withKey(entry, inbound.digit, clock.now()))
          break
        case 'gone':
        case 'lost':
          left = { end: inbound.kind, why: inbound.why }
          return scope.abort(new Error(inbound.why))
      }
    }
  }

  async function* given(queue: Queue<SttInput>): AsyncGenerator<SttInput> {
    for await (const item of queue) {
      if (item !== 'flush') listenedMs += (item.pcm.length / item.rateHz) * 1_000
      yield item
    }
  }

  /** Errors of a session are not kept, because a provider may quote the secret in them. */
  async function listen(): Promise<void> {
    while (!scope.signal.aborted && sttFailures < MOST_STT_FAILURES) {
      sound = new Queue(MOST_FRAMES)
      try {
        for await (const transcript of parts.speechToText.transcribe(given(sound), scope.signal))
          take(withSpoken(entry, boundedTranscript(transcript).transcript, clock.now(), parts.language))
      } catch {
        scope.signal.throwIfAborted()
      } finally {
        sound.close()
      }
      if (scope.signal.aborted) return
      sttFailures++
      await clock.sleep(sttFailures * STT_RETRY_MS, scope.signal)
    }
  }

  /** Resolves at that time, or when a digit or a word comes before it. */
  async function changeUntil(atMs: number): Promise<void> {
    const waiting = scopeOf(scope.signal)
    try {
      await Promise.race([
        orAborted(change.promise, waiting.signal),
        quietFor(atMs - clock.now(), clock, waiting.signal),
      ])
    } finally {
      waiting.abort(new Error('looked again'))
    }
  }

  async function say(text: string, speechSignal: AbortSignal): Promise<void> {
    await sayAloud(channel, voice, text, speechSignal)
    scope.signal.throwIfAborted()
  }

  /** The first digit silences the agent. */
  async function sayUnlessAnswered(text: string): Promise<void> {
    const speech = scopeOf(scope.signal)
    async function watch(): Promise<void> {
      while (entry.changedMs === undefined) await orAborted(change.promise, speech.signal)
      speech.abort(new Error('the caller answers'))
    }
    const watched = watch().catch(() => undefined)
    try {
      if (entry.changedMs === undefined) await say(text, speech.signal)
    } finally {
      speech.abort(new Error('it is said'))
      await watched
    }
  }

  /** The digits of one try. Nothing after silence, or when there were too few to be a try. */
  async function nextTry(): Promise<string | undefined> {
    const askedMs = clock.now()
    while (true) {
      const quietMs = Math.max(askedMs, entry.changedMs ?? 0) + SILENCE_MS
      const endMs = Math.min(dueMs(entry) ?? quietMs, quietMs)
      if (clock.now() >= endMs) break
      await changeUntil(endMs)
    }
    const digits = isTry(entry) ? digitsOf(entry) : undefined
    entry = afterTry(entry)
    return digits
  }

  async function askInTurn(): Promise<'right' | 'refused' | 'locked'> {
    if (words.notice !== undefined) await say(words.notice, scope.signal)
    if (await orAborted(parts.isLocked(), scope.signal)) return endWith('locked')
    await sayUnlessAnswered(words.ask)
    while (true) {
      let digits = await nextTry()
      if (digits === undefined) {
        await sayUnlessAnswered(words.ask)
        digits = await nextTry()
      }
      const check = digits === undefined ? 'wrong' : await orAborted(parts.check(digits), scope.signal)
      if (check === 'right') return 'right'
      wrongTries++
      if (wrongTries >= MOST_TRIES) return endWith('refused')
      if (check === 'locked') return endWith('locked')
      await sayUnlessAnswered(words.wrong)
    }
  }

  async function endWith(end: 'refused' | 'locked'): Promise<typeof end> {
    await say(words[end], scope.signal)
    return end
  }

  function failed(error: unknown): Pick<SecretOutcome, 'end' | 'why'> {
    if (left) return left
    if (signal.aborted) return { end: 'stopped', why: String(signal.reason) }
    return { end: 'failed', why: String(error) }
  }

  const inbound = takeInbound().catch(error => scope.abort(error))
  // It rejects only on abort: failed sessions are counted instead.
  const listening = listen().catch(() => undefined)
  const outcome = await askInTurn()
    .then(end => ({ end, why: 'agent' }), failed)
    .finally(() => scope.abort(new Error('the asking is over')))
  sound.close()
  await Promise.all([inbound, listening])
  return { ...outcome, wrongTries, listenedMs, sttFailures }
}
