import type { Clock, ReplyPart, Speech, TextToSpeech } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { Bell } from './bell.ts'
import { PROVIDER } from './events.ts'
import type { ResponseSound } from './response-sound.ts'
import { lettersIn, WordClock } from './word-clock.ts'

/** More sound was owed and nothing has come for so long: the service hangs. */
const STALLED_MS = 3_000
/** Sound goes so far ahead of the text that it belongs to at most: a draft's first clause, and its breath. */
const SLOW_LETTER_MS = 150
const AHEAD_MS = 1_500
/** Words are told so long before they may be heard: until then more is known of where they are. */
const WORDS_AHEAD_MS = 1_000
/** Of a text whose sound broke off. Each has a letter at least. */
const MOST_PIECES = 3_000
/** Numbers and signs have fewer letters than the words that are said for them. */
const ALL_OF_IT = 0.8

/** The sounds of responses that nobody has spoken yet. */
export interface Sounds {
  /** Whether it has sound, or may have some. */
  has(of: ReplyPart): boolean
  /** Each is taken once. */
  take(of: ReplyPart): ResponseSound | undefined
}

/**
 * What the model has answered is heard in its own sound; phrases, fillers and questions, which no model may change, are
 * spoken by the `other` voice, and so is an answer that came without sound, and the rest of one whose sound broke off.
 */
export function realtimeVoice(sounds: Sounds, other: TextToSpeech, clock: Clock): TextToSpeech {
  return {
    get by() {
      return other.by
    },
    async *speak(text, signal, of) {
      const pieces = text[Symbol.asyncIterator]()
      const first = await pieces.next()
      if (first.done) return
      const sound = of && sounds.take(of)
      const all = prepended(first.value, pieces)
      if (!sound?.isSpoken) return yield* other.speak(all, signal, of)
      const rest = yield* spoken(sound, all, clock, signal)
      if (rest) yield* later(other.speak(rest.text, signal), rest.fromMs)
    },
    keeps: (piece, of) => (of !== undefined && sounds.has(of)) || (other.keeps?.(piece, of) ?? false),
  }
}

async function* prepended(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** The same speech, so much later. */
async function* later(speech: AsyncIterable<Speech>, byMs: number): AsyncGenerator<Speech> {
  for await (const made of speech) {
    if (made.kind === 'audio') yield made
    else {
      const words = made.words.map(({ text, startMs, endMs }) => ({
        text,
        startMs: startMs + byMs,
        endMs: endMs + byMs,
      }))
      yield { kind: 'words', words }
    }
  }
}

/** What of a speech has no sound, and how long the sound before it is. */
interface Rest {
  readonly text: AsyncIterable<string>
  readonly fromMs: number
}

/** Passes the sound on as its text comes, and cuts it where the text ends. Returns what is left where the sound breaks off. */
async function* spoken(
  sound: ResponseSound,
  pieces: AsyncIterable<string>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Speech, Rest | undefined> {
  const { rateHz } = sound
  const scope = scopeOf(signal)
  const bell = new Bell()
  const words = new WordClock(rateHz)
  const ready: Int16Array[] = []
  let taken = 0
  let givenMs = 0
  let firstGivenAtMs: number | undefined
  let isTextOver = false
  let textError: { readonly error: unknown } | undefined
  /** Since when sound is owed; nobody owes any to whoever waits for text. */
  let owedSinceMs: number | undefined = clock.now()
  let stalled: ProviderError | undefined
  /** The text goes there once the sound has broken off. */
  let rest: Queue<string> | undefined

  async function read(): Promise<void> {
    for await (const piece of pieces) {
      if (signal.aborted || (scope.signal.aborted && !rest)) return
      if (rest) rest.push(piece)
      else words.addText(piece)
      bell.ring()
    }
  }

  async function watch(): Promise<void> {
    await quietFor(STALLED_MS, clock, scope.signal, () => owedSinceMs ?? clock.now())
    stalled = new ProviderError(PROVIDER, `no sound came for ${STALLED_MS} ms`, { retryable: true })
    bell.ring()
  }

  /** Where the sound must end: what was left out of the reply is not heard. */
  function mostMs(): number {
    if (!isTextOver) return words.letters * SLOW_LETTER_MS + AHEAD_MS
    const isAll = words.letters >= lettersIn(sound.transcript) * ALL_OF_IT
    return isAll ? Number.POSITIVE_INFINITY : words.endMs(saidLetters())
  }

  /** Once all of the sound is there: the letters that it says. */
  function saidLetters(): number | undefined {
    if (sound.state.kind !== 'whole') return undefined
    const all = lettersIn(sound.transcript)
    return isTextOver && words.letters >= all * ALL_OF_IT ? words.letters : Math.max(all, words.letters)
  }

  function take(): void {
    for (const pcm of sound.from(taken)) {
      taken++
      words.addSound(pcm)
      ready.push(pcm)
      owedSinceMs = clock.now()
    }
  }

  sound.onChange = () => bell.ring()
  const wake = (): void => bell.ring()
  signal.addEventListener('abort', wake, { once: true })
  read()
    .catch(error => {
      textError = { error }
      rest?.fail(error)
    })
    .finally(() => {
      isTextOver = true
      rest?.close()
      bell.ring()
    })
  watch().catch(() => undefined)
  try {
    while (!signal.aborted) {
      take()
      const limitMs = mostMs()
      for (let pcm = ready[0]; pcm && givenMs < limitMs; pcm = ready[0]) {
        const lengthMs = (pcm.length / rateHz) * 1_000
        const part = isTextOver ? pcm.subarray(0, Math.ceil(((limitMs - givenMs) / 1_000) * rateHz)) : pcm
        ready.shift()
        givenMs += lengthMs
        firstGivenAtMs ??= clock.now()
        yield { kind: 'audio', frame: { pcm: part, rateHz } }
      }
      const hasAll = sound.state.kind !== 'going' && ready.length === 0
      const isOver = isTextOver && (hasAll || givenMs >= limitMs)
      const playedMs = firstGivenAtMs === undefined ? 0 : clock.now() - firstGivenAtMs
      const isWhole = sound.state.kind === 'whole'
      const due = [
        ...words.upTo(isWhole || isOver ? givenMs : Math.min(givenMs, playedMs + WORDS_AHEAD_MS), saidLetters()),
        ...(isOver && sound.state.kind !== 'broken' ? words.rest(givenMs) : []),
      ]
      if (due.length > 0) yield { kind: 'words', words: due }
      if (textError) throw textError.error
      if (sound.state.kind === 'broken' && ready.length === 0) {
        const left = words.left()
        rest = new Queue(MOST_PIECES)
        if (left !== '') rest.push(left)
        if (isTextOver) rest.close()
        return { text: rest, fromMs: givenMs }
      }
      if (isOver) return undefined
      if (stalled) throw stalled
      const isOwed = ready.length === 0 && !hasAll && (isTextOver || givenMs < words.usualMs)
      owedSinceMs = isOwed ? (owedSinceMs ?? clock.now()) : undefined
      await bell.rung()
    }
    return undefined
  } finally {
    signal.removeEventListener('abort', wake)
    scope.abort(new Error('the speech is over'))
    sound.onChange = () => undefined
    sound.release()
  }
}
