import type { Agent } from '../agent.ts'
import type { CallJournal } from '../lines.ts'
import type { Channel, Clock, Inbound, SpeechToText, TextToSpeech } from '../ports.ts'
import { Queue } from '../queue.ts'
import { within } from '../scope.ts'
import type { HowGiven, SecretAsked, TakenSecret } from '../secret-asked.ts'
import { asksForPerson } from '../turn/requests.ts'
import type { Turn } from '../turn/turn.ts'
import { bareText, emptyUtterance, withWords } from '../turn/utterance.ts'
import { isLast } from '../turn/voice-level.ts'
import { askSecret, type SecretCheck } from './ask-secret.ts'
import { lateKeys, sharedInbound, TAIL_MS, withInbound } from './shared-inbound.ts'

/** The caller's sound is silence for the recording from `begin` until `resume`, which are times of the Clock. */
export interface Withholding {
  begin(fromMs: number): void
  resume(fromMs: number): void
}

export interface SecretInCallParts {
  readonly clock: Clock
  readonly startMs: number
  readonly channel: Channel
  readonly channelName: string
  readonly journal: CallJournal
  /** Undefined where nothing is recorded. */
  readonly withholding?: Withholding | undefined
  /** The model hears by itself: it must not hear a secret, which can be keyed or typed alone. */
  readonly inPerson?: true | undefined
}

/** Who asks. */
interface Asking {
  readonly agent: Agent
  readonly voice: TextToSpeech
  readonly speechToText: SpeechToText
}

export interface SecretInCall {
  /** The channel's, with silence in place of the caller's sound, and without keys, while a secret is given. */
  inbound(signal: AbortSignal): AsyncIterable<Inbound>
  /** Withholds from now on, or no more, as this turn wants it. */
  follow(turn: Turn): void
  /** As for AskSecret. */
  ask(asked: SecretAsked, by: Asking, signal: AbortSignal): Promise<TakenSecret>
}

const MOST_INBOUND = 500
const TAKE_LIMIT_MS = 7_500
const MOST_WHY = 200
/** After an asking that was broken off the caller may go on with the number for so long. */
const BROKEN_OFF_MS = 2_500
/** The numbers in a typed line. A line with fewer digits than that is none of the secret. */
const TYPED_NUMBERS = /\d[\d\s./()–—-]*/g
const LEAST_TYPED = 3

/** Whether the caller is giving a secret, or is about to. */
export const isSecret = (turn: Turn): boolean => 'reply' in turn && turn.reply.secret !== undefined

/** A secret that is asked in the middle of a call. */
export function secretInCall(parts: SecretInCallParts): SecretInCall {
  const { clock, startMs, channel, journal, withholding } = parts
  let given = new Queue<Inbound>(MOST_INBOUND)
  let isGiven = false
  /** The line broke while it was given: what comes before it is asked anew is the end of a number whose beginning is lost. */
  let isCutOff = false
  let fromMs = 0
  /** The sound up to this time, and keys soon after it, are the secret's. */
  let untilMs = Number.NEGATIVE_INFINITY
  let isLate = lateKeys(clock, untilMs)
  let wasGiven = false

  function follow(turn: Turn): void {
    const isWanted = isSecret(turn)
    if (isWanted === isGiven) return
    isGiven = isWanted
    isCutOff = isWanted && 'reply' in turn && turn.reply.resumed !== undefined
    const nowMs = clock.now()
    if (isWanted) {
      given = new Queue(MOST_INBOUND)
      fromMs = nowMs
      wasGiven = false
      return withholding?.begin(nowMs)
    }
    given.close()
    // Over a farewell it may be gone on with to the end.
    const isFarewell = turn.kind === 'ended' || ('reply' in turn && isLast(turn.reply))
    untilMs = nowMs + (wasGiven ? TAIL_MS : isFarewell ? Number.POSITIVE_INFINITY : BROKEN_OFF_MS)
    isLate = lateKeys(clock, untilMs)
    withholding?.resume(untilMs)
  }

  async function* inbound(signal: AbortSignal): AsyncGenerator<Inbound> {
    for await (const one of channel.inbound(signal)) {
      const rest = isGiven ? givenOf(one) : isOfSecret(one) ? silenced(one) : one
      if (rest) yield rest
    }
  }

  const isOfSecret = (one: Inbound): boolean =>
    (one.kind === 'audio' && one.frame.atMs < untilMs) ||
    ((one.kind === 'digit' || (one.kind === 'typed' && numbersIn(one.text).length > 0)) && isLate())

  /** Gives it to who asks. What is left of it is for the conversation. */
  function givenOf(one: Inbound): Inbound | undefined {
    if (one.kind === 'typed') {
      const numbers = numbersIn(one.text)
      if (numbers.length === 0) return one
      for (const digit of `${numbers.join('#')}#`) given.push({ kind: 'digit', digit })
      return undefined
    }
    given.push(one)
    return silenced(one)
  }

  async function ask(asked: SecretAsked, { agent, voice, speechToText }: Asking, signal: AbortSignal) {
    const { language } = agent
    const way = parts.channelName === 'browser' ? 'type' : 'key'
    const ears = parts.inPerson || asked.isSilent ? undefined : speechToText
    const how: HowGiven = ears ? `${way} or say` : way
    let taken: TakenSecret = { kind: 'not-taken', why: 'failed' }
    const check = async (digits: readonly string[], limited: AbortSignal): Promise<SecretCheck> => {
      const took = await within(TAKE_LIMIT_MS, asked.what, clock, limit => asked.take(digits, limit), limited)
      if (took.kind !== 'taken') return took
      taken = took
      return { kind: 'right' }
    }
    const declines = (text: string): boolean =>
      language.requests.declines.test(bareText(text)) ||
      asksForPerson(withWords(emptyUtterance(0), { text, final: true, ended: true }), language)
    if (isCutOff) given = new Queue(MOST_INBOUND)
    isCutOff = false
    // The queue is that of now, however long one who asks goes on reading.
    const queue = given
    const line = sharedInbound(
      withInbound(channel, () => queue),
      signal,
    )
    const { end, why, wrongTries, sttFailures, listenedMs } = await askSecret(
      {
        ...{ clock, channel: line, voice, language, check, declines, endsInSilence: true },
        speechToText: ears,
        numbers: asked.numbers(how),
        words: { notice: asked.before, refused: asked.refused, waiting: agent.patience[0] },
      },
      signal,
    )
    const span = { fromMs: fromMs - startMs, toMs: clock.now() + TAIL_MS - startMs }
    wasGiven = end === 'right' || end === 'declined'
    // What a function has thrown may have the secret in it.
    const failed = end === 'failed' && { why: why.replaceAll(/\d/g, '#').slice(0, MOST_WHY) }
    journal.append({ noted: { kind: 'withheld', what: asked.what, ...span, end, ...failed, wrongTries, sttFailures } })
    journal.append({ used: { kind: 'stt-seconds', seconds: listenedMs / 1_000, by: speechToText.by } })
    signal.throwIfAborted()
    switch (end) {
      case 'right':
        return taken
      case 'refused':
      case 'declined':
      case 'silent':
      case 'failed':
        return { kind: 'not-taken', why: end } as const
      case 'locked':
      case 'gone':
      case 'lost':
      case 'stopped':
        throw new Error(`${asked.what} was not asked to the end: ${end}`)
    }
  }

  return { inbound, follow, ask }
}

/** The digits of each number in a typed line. */
function numbersIn(text: string): readonly string[] {
  const numbers = (text.match(TYPED_NUMBERS) ?? []).map(number => number.replaceAll(/\D/g, ''))
  return numbers.join('').length < LEAST_TYPED ? [] : numbers
}

/** What is left for the conversation: the time that has passed. */
function silenced(one: Inbound): Inbound | undefined {
  if (one.kind === 'digit' || one.kind === 'typed') return undefined
  if (one.kind !== 'audio') return one
  return { kind: 'audio', frame: { ...one.frame, pcm: new Int16Array(one.frame.pcm.length) } }
}
