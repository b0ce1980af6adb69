import { boundedTranscript } from '../bounded-transcript.ts'
import type { Language } from '../language.ts'
import type { Channel, Clock, SpeechToText, SttInput, TextToSpeech, Transcript } from '../ports.ts'
import { Queue } from '../queue.ts'
import { quietFor } from '../quiet.ts'
import { fillWhile } from '../reply/filler.ts'
import { sayAloud } from '../reply/say-aloud.ts'
import { orAborted, scopeOf } from '../scope.ts'
import { isShredsOf } from '../turn/overlap.ts'
import { afterTry, digitsOf, dueMs, NO_ENTRY, type NumberForm, numberIn, withKey, withSpoken } from './secret-entry.ts'

/** One number of a secret, and what is said for it. */
export interface SecretNumber extends NumberForm {
  readonly ask: string
  readonly wrong: string
  /** So long without a digit the question is asked again, and once more it is given up. */
  readonly silenceMs: number
}

/** What is said besides the questions. */
export interface SecretWords {
  /** Said, and heard to its end, before the first question. */
  readonly notice?: string | undefined
  readonly refused: string
  /** Said while `check` takes its time. */
  readonly waiting?: string
}

/**
 * What became of a try. `wrong`: with a reason for the caller, before they are asked again. `locked`: it was wrong, or was not
 * looked at, and no other try is allowed for now.
 */
export type SecretCheck =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly why?: string }
  | { readonly kind: 'locked'; readonly words: string }

export interface SecretParts {
  readonly clock: Clock
  /** Others can go on reading its inbound afterwards. */
  readonly channel: Channel
  /** Undefined where nothing may be said, but keyed alone. */
  readonly speechToText: SpeechToText | undefined
  readonly voice: TextToSpeech
  /** Asked one after the other. */
  readonly numbers: readonly [SecretNumber, ...SecretNumber[]]
  readonly words: SecretWords
  readonly language: Language
  /** Looked at before the first question. */
  readonly before?: () => Promise<SecretCheck>
  readonly check: (digits: readonly string[], signal: AbortSignal) => Promise<SecretCheck>
  /** Whether these words say that the caller does not want to give it. Default: none do. */
  readonly declines?: (text: string) => boolean
  /** Who says nothing twice is asked no more. Default: it is a wrong try. */
  readonly endsInSilence?: true
}

/** How it ended. Holds nothing of what was keyed or said. */
export interface SecretOutcome {
  readonly end: 'right' | 'refused' | 'declined' | 'silent' | 'locked' | 'gone' | 'lost' | 'stopped' | 'failed'
  readonly why: string
  readonly wrongTries: number
  /** How much sound went to speech-to-text. */
  readonly listenedMs: number
  /** How many speech-to-text sessions failed. */
  readonly sttFailures: number
}

/** So many wrong tries are allowed besides one for each number. */
const MORE_TRIES = 2
const WAITING_AFTER_MS = 1_000
const MOST_AHEAD = 50
/** The agent's own words may be heard so long after they were said. */
const ECHO_MS = 1_500
const MOST_FRAMES = 500
/** After so many failed speech-to-text sessions the caller can only key the number. */
const MOST_STT_FAILURES = 3
const STT_RETRY_MS = 500

/**
 * Asks the caller for one or several numbers that nobody else is to know, keyed or spoken, and passes them to `check` alone.
 * Never rejects: an abort of `signal` ends it with "stopped", a voice or a check that fails with "failed".
 */
export async function askSecret(parts: SecretParts, signal: AbortSignal): Promise<SecretOutcome> {
  const { clock, channel, voice, numbers, words } = parts
  const mostTries = numbers.length + MORE_TRIES
  const scope = scopeOf(signal)
  let given: string[] = []
  let form = numbers[0]
  /** Keys after a "#", for the number that is asked next. */
  const ahead: string[] = []
  /** What the agent says, or has just said: on a line with an echo it is heard, too. */
  let saying = { text: '', untilMs: 0 }
  let sound = new Queue<SttInput>(MOST_FRAMES)
  let entry = NO_ENTRY
  let change = Promise.withResolvers<void>()
  let left: { readonly end: 'gone' | 'lost' | 'declined'; readonly why: string } | undefined
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
          takeKey(inbound.digit)
          break
        case 'gone':
        case 'lost':
          return leave(inbound.kind, inbound.why)
      }
    }
  }

  function leave(end: NonNullable<typeof left>['end'], why: string): void {
    left = { end, why }
    scope.abort(new Error(why))
  }

  function takeKey(key: string): void {
    const isAhead = entry.isClosed && digitsOf(entry).length < form.mostDigits
    if (!isAhead) take(withKey(entry, key, clock.now(), form))
    else if (ahead.length < MOST_AHEAD) ahead.push(key)
  }

  function takeWords(transcript: Transcript): void {
    if (clock.now() <= saying.untilMs && isShredsOf(transcript.text, saying.text, 1)) return
    if (transcript.final && parts.declines?.(transcript.text))
      return leave('declined', 'the caller does not want to give it')
    take(withSpoken(entry, transcript, clock.now(), parts.language))
  }

  async function* heard(queue: Queue<SttInput>): AsyncGenerator<SttInput> {
    for await (const item of queue) {
      if (item !== 'flush') listenedMs += (item.pcm.length / item.rateHz) * 1_000
      yield item
    }
  }

  /** Errors of a session are not kept, because a provider may quote the secret in them. */
  async function listen(ears: SpeechToText): Promise<void> {
    while (!scope.signal.aborted && sttFailures < MOST_STT_FAILURES) {
      sound = new Queue(MOST_FRAMES)
      try {
        for await (const transcript of ears.transcribe(heard(sound), scope.signal))
          takeWords(boundedTranscript(transcript).transcript)
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
    saying = { text, untilMs: Number.POSITIVE_INFINITY }
    await sayAloud(channel, voice, text, speechSignal)
    saying = { text, untilMs: clock.now() + ECHO_MS }
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

  /** Goes on to this number, with the keys that were ahead of its question. */
  function begin(next: SecretNumber): void {
    form = next
    for (const key of ahead.splice(0)) takeKey(key)
  }

  /** The number of one try, if it is one; `silence` also where there were too few digits to be a try. */
  async function nextTry(): Promise<{ readonly number: string | undefined } | 'silence'> {
    const askedMs = clock.now()
    while (true) {
      const quietMs = Math.max(askedMs, entry.changedMs ?? 0) + form.silenceMs
      const endMs = Math.min(dueMs(entry, form, given) ?? quietMs, quietMs)
      if (clock.now() >= endMs) break
      await changeUntil(endMs)
    }
    const isPart = form.judge(digitsOf(entry), given) === 'part'
    const number = numberIn(entry, form, given)
    entry = afterTry(entry)
    return isPart ? 'silence' : { number }
  }

  async function askInTurn(): Promise<'right' | 'refused' | 'silent' | 'locked'> {
    if (words.notice !== undefined && words.notice !== '') await say(words.notice, scope.signal)
    const before = parts.before && (await orAborted(parts.before(), scope.signal))
    if (before?.kind === 'locked') return endWith('locked', before.words)
    let question = form.ask
    while (true) {
      await sayUnlessAnswered(question)
      let tried = await nextTry()
      if (tried === 'silence') {
        await sayUnlessAnswered(form.ask)
        tried = await nextTry()
      }
      if (tried === 'silence' && parts.endsInSilence) return 'silent'
      const number = tried === 'silence' ? undefined : tried.number
      if (number !== undefined) given.push(number)
      const next = numbers[given.length]
      if (number !== undefined && next) {
        begin(next)
        question = form.ask
        continue
      }
      const check: SecretCheck = number === undefined ? { kind: 'wrong' } : await checked(given)
      if (check.kind === 'right') return 'right'
      wrongTries++
      if (wrongTries >= mostTries) return endWith('refused', words.refused)
      if (check.kind === 'locked') return endWith('locked', check.words)
      if (number !== undefined) given = []
      begin(number === undefined ? form : numbers[0])
      question = check.why === undefined ? form.wrong : `${check.why} ${form.ask}`
    }
  }

  async function checked(digits: readonly string[]): Promise<SecretCheck> {
    const checking = parts.check(digits, scope.signal)
    const waiting = words.waiting === undefined ? [] : [{ afterMs: WAITING_AFTER_MS, text: words.waiting }]
    await fillWhile(checking, waiting, text => say(text, scope.signal), clock, scope.signal)
    return orAborted(checking, scope.signal)
  }

  async function endWith<End extends 'refused' | 'locked'>(end: End, text: string): Promise<End> {
    await say(text, scope.signal)
    return end
  }

  function failed(error: unknown): Pick<SecretOutcome, 'end' | 'why'> {
    if (left) return left
    if (signal.aborted) return { end: 'stopped', why: String(signal.reason) }
    return { end: 'failed', why: String(error) }
  }

  const inbound = takeInbound().catch(error => scope.abort(error))
  // It rejects only on abort: failed sessions are counted instead.
  const listening = parts.speechToText && listen(parts.speechToText).catch(() => undefined)
  const outcome = await askInTurn()
    .then(end => ({ end, why: 'agent' }), failed)
    .finally(() => scope.abort(new Error('the asking is over')))
  given = []
  sound.close()
  await Promise.all([inbound, listening])
  return { ...outcome, wrongTries, listenedMs, sttFailures }
}
