import type { Clock, SpeechToText, SttInput, Transcript } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { wordedText } from '../../conversation/turn/utterance.ts'
import { ProviderError } from '../../errors.ts'
import { type Candidate, Choice, type FailoverParts, messageOf, type Stage } from './candidate.ts'
import { KeptSound } from './kept-sound.ts'
import { lastWords, withoutRepeated } from './repeated-words.ts'
import { beginStt, REPLAY_SPEED, type SttTry } from './stt-try.ts'

type Ears = Candidate<SpeechToText>

const MOST_TRANSCRIPTS = 1_000
/** After a pause of the caller, ears that say nothing for so long may be deaf. */
const DEAF_MS = 900
/** The same for ears that have told words while they were spoken, and do not any more. */
const DEAF_VOICED_MS = 2_000
/** So much voice should bring words; a cough is less. */
const LEAST_VOICED_MS = 300
/** A second opinion that says nothing either ends after this. */
const OPINION_MS = 4_000
/** After so many in vain, what is heard is noise. */
const MOST_OPINIONS = 3

/**
 * One pair of ears of several. Where one fails, the next is given all sound without final words, and goes on: no word is
 * lost, and none is told twice. Ears that fall silent while somebody speaks are not believed: a second pair is asked, and
 * takes over if it hears words. A call stays with the one that worked.
 */
export function failoverSpeechToText(candidates: readonly Ears[], parts: FailoverParts): SpeechToText {
  const choice = new Choice('STT', candidates, parts)
  return {
    get by() {
      return choice.current.name
    },
    /** The longest of all: any of them may have to hear the caller. */
    get finalWithinMs() {
      const opened = candidates.map(candidate => choice.open(candidate))
      return Math.max(0, ...opened.map(one => (one instanceof Promise ? 0 : (one.finalWithinMs ?? 0))))
    },
    async *transcribe(input, signal) {
      const scope = scopeOf(signal)
      const out = new Queue<Transcript>(MOST_TRANSCRIPTS)
      const end = (): void => out.close()
      const session = new Session(choice, parts, out, scope.signal)
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
      session.take(input)
      try {
        yield* out
      } finally {
        signal.removeEventListener('abort', end)
        scope.abort(new Error('the session is over'))
        await session.over()
      }
    },
  }
}

interface Hearing {
  readonly ears: Ears
  readonly stt: SttTry
  /** How much sound it had been given when it became the one that hears; until then somebody else was paid for it, too. */
  besideMs: number | undefined
}

/** One session of a call, whoever hears it. */
class Session {
  readonly #choice: Choice<SpeechToText>
  readonly #parts: FailoverParts
  readonly #clock: Clock
  readonly #out: Queue<Transcript>
  readonly #signal: AbortSignal
  readonly #kept = new KeptSound()
  readonly #begun: Hearing[] = []
  #tried = new Set<Ears>()
  #active: Hearing
  /** Whether another is asked what it hears. */
  #opinion: Hearing | undefined
  #opinions = 0
  #hasHeard = false
  #hasInterims = false
  #interim = ''
  /** The last final words, where nobody said until when their sound goes. */
  #told: readonly string[] = []
  /** Words of `told` may be heard again. */
  #mayRepeat = false
  /** Voice since the last transcript. */
  #voicedMs = 0
  #suspicion: AbortController | undefined

  constructor(choice: Choice<SpeechToText>, parts: FailoverParts, out: Queue<Transcript>, signal: AbortSignal) {
    this.#choice = choice
    this.#parts = parts
    this.#clock = parts.clock
    this.#out = out
    this.#signal = signal
    const first = choice.next(this.#tried, 'connecting') ?? choice.current
    this.#tried.add(first)
    this.#active = this.#begin(first)
    this.#active.besideMs = 0
  }

  /** Reads the caller's sound to its end. */
  async take(input: AsyncIterable<SttInput>): Promise<void> {
    try {
      for await (const item of input) {
        if (this.#signal.aborted) return
        const before = this.#kept.voicedMs
        this.#kept.add(item)
        this.#voicedMs += Math.max(0, this.#kept.voicedMs - before)
        if (item === 'flush') this.#suspectLater()
        else if (this.#hasInterims && this.#voicedMs >= DEAF_VOICED_MS) this.#askAnother()
      }
      this.#kept.close()
    } catch (error) {
      this.#out.fail(error)
    }
  }

  /** Resolves when no session goes on. */
  async over(): Promise<void> {
    this.#suspicion?.abort()
    this.#kept.close()
    for (const hearing of this.#begun) hearing.stt.stop()
    await Promise.all(this.#begun.map(({ stt }) => stt.over))
  }

  #begin(ears: Ears): Hearing {
    const events = {
      heard: (transcript: Transcript) => this.#heard(hearing, transcript),
      ended: () => {
        if (hearing === this.#active) this.#out.close()
      },
      failed: (error: unknown) => this.#failed(hearing, error),
    }
    const stt = beginStt(() => this.#choice.open(ears), this.#kept, events, this.#clock, this.#signal)
    const hearing: Hearing = { ears, stt, besideMs: undefined }
    this.#begun.push(hearing)
    stt.over.then(() => {
      // The call itself counts what the one that hears is given.
      const extraMs = Math.max(stt.againMs, hearing.besideMs ?? stt.givenMs)
      const extra = { kind: 'stt-seconds', seconds: extraMs / 1_000, by: ears.name, again: true } as const
      if (extraMs > 0) this.#parts.used?.(extra)
      this.#begun.splice(this.#begun.indexOf(hearing), 1)
    })
    return hearing
  }

  #heard(hearing: Hearing, transcript: Transcript): void {
    const isWorded = wordedText(transcript.text) !== ''
    if (hearing === this.#opinion) {
      if (!isWorded) return
      this.#opinion = undefined
      const deaf = new ProviderError(this.#active.ears.title, 'it heard nothing of what another heard', {
        retryable: true,
      })
      this.#choice.failed(this.#active.ears, deaf)
      this.#takeOver(hearing, deaf)
    }
    if (hearing !== this.#active) return
    this.#hasHeard = true
    // Ears that are deaf may tell of silence, too.
    if (isWorded) {
      this.#voicedMs = 0
      this.#suspicion?.abort()
      this.#opinion?.stt.stop()
      this.#opinion = undefined
      this.#opinions = 0
      this.#tried = new Set([hearing.ears])
    }
    if (transcript.final) this.#final(hearing, transcript, isWorded)
    else this.#interimHeard(hearing, transcript)
  }

  #interimHeard(hearing: Hearing, transcript: Transcript): void {
    const text = this.#mayRepeat ? withoutRepeated(transcript.text, this.#told) : transcript.text
    // The first words of what is heard again are fewer than were told already.
    if (!hearing.stt.isLive && text.length < this.#interim.length) return
    this.#hasInterims = true
    this.#interim = text
    this.#out.push({ ...transcript, text, words: wordsFor(text, transcript, hearing) })
  }

  #final(hearing: Hearing, transcript: Transcript, isWorded: boolean): void {
    const text = this.#mayRepeat ? withoutRepeated(transcript.text, this.#told) : transcript.text
    const { untilMs } = transcript
    if (isWorded) {
      const { stt } = hearing
      if (untilMs !== undefined) this.#kept.finalUntil(stt.callMs(untilMs))
      else this.#kept.finalSomewhere(stt.givenUntilMs, stt.isLive ? 1 : REPLAY_SPEED)
      this.#told = untilMs === undefined ? lastWords(this.#told, text) : []
      this.#mayRepeat = false
      this.#interim = ''
      this.#choice.worked(hearing.ears)
    }
    this.#out.push({ ...transcript, text, words: wordsFor(text, transcript, hearing) })
  }

  #failed(hearing: Hearing, error: unknown): void {
    if (this.#signal.aborted) return
    this.#choice.failed(hearing.ears, error)
    this.#tried.add(hearing.ears)
    if (hearing === this.#opinion) {
      this.#opinion = undefined
      return
    }
    if (hearing !== this.#active) return
    const opinion = this.#opinion
    if (opinion) {
      this.#opinion = undefined
      return this.#takeOver(opinion, error)
    }
    const next = this.#choice.next(this.#tried, this.#stage(), error)
    if (!next) return this.#out.fail(error)
    this.#tried.add(next)
    this.#takeOver(this.#begin(next), error)
  }

  #takeOver(next: Hearing, why: unknown): void {
    this.#choice.switchTo(next.ears, this.#stage(), messageOf(why))
    this.#active.stt.stop()
    this.#active = next
    next.besideMs = next.stt.givenMs
    this.#hasHeard = false
    this.#hasInterims = false
    this.#mayRepeat = this.#told.length > 0
    this.#suspicion?.abort()
    this.#voicedMs = 0
  }

  #stage(): Stage {
    if (this.#kept.voicedMs >= LEAST_VOICED_MS) return 'mid-utterance'
    return this.#hasHeard ? 'idle' : 'connecting'
  }

  /** The caller has paused: if there was a voice, words must come. */
  #suspectLater(): void {
    this.#suspicion?.abort()
    if (this.#kept.voicedMs < LEAST_VOICED_MS) return
    const suspicion = new AbortController()
    this.#suspicion = suspicion
    const { finalWithinMs = 0 } = this.#opened()
    this.#clock.sleep(Math.max(DEAF_MS, finalWithinMs), suspicion.signal).then(
      () => this.#askAnother(),
      () => undefined,
    )
  }

  #opened(): Pick<SpeechToText, 'finalWithinMs'> {
    const opened = this.#choice.open(this.#active.ears)
    return opened instanceof Promise ? {} : opened
  }

  /** Has another one hear what the active one does not. */
  #askAnother(): void {
    if (this.#opinion || this.#signal.aborted || this.#opinions >= MOST_OPINIONS) return
    const other = this.#choice.other(new Set([...this.#tried, this.#active.ears]))
    if (!other) return
    this.#opinions++
    const opinion = this.#begin(other)
    const askedMs = this.#kept.nowMs
    this.#opinion = opinion
    const waiting = scopeOf(this.#signal)
    opinion.stt.over.then(() => waiting.abort())
    this.#clock.sleep(OPINION_MS, waiting.signal).then(
      () => {
        if (this.#opinion !== opinion) return
        this.#opinion = undefined
        opinion.stt.stop()
        // Two have found no words in it.
        this.#kept.finalUntil(askedMs)
      },
      () => undefined,
    )
  }
}

/** The words of a text, which may have lost some at its beginning, by the times of the call's sound. */
function wordsFor(text: string, { words }: Transcript, { stt }: Hearing): Transcript['words'] {
  const count = text.trim() === '' ? 0 : text.trim().split(/\s+/).length
  if (words === undefined || count === 0 || count > words.length) return undefined
  return words
    .slice(-count)
    .map(word => ({ ...word, startMs: stt.callMs(word.startMs), endMs: stt.callMs(word.endMs) }))
}
