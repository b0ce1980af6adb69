import type { CallLine } from '../channels/call-host.ts'
import type { Scope } from '../conversation/scope.ts'
import type { Relayed } from '../conversation/turn/relayed.ts'
import { bareText } from '../conversation/turn/utterance.ts'
import { type BridgeWords, bridgeWords } from './bridge-words.ts'

/** A turn beyond it is cut: nobody says so much before they are passed on. */
const MOST_LETTERS = 2_000
/** What is said to somebody whose line broke waits for them. */
const MOST_WAITING = 20
/** What was said so long ago comes back as an echo no more. */
const ECHO_MS = 10_000
const MOST_SAID = 20
/** Fewer words may be a name that is said after the other person. */
const LEAST_ECHO_WORDS = 4
const ECHO_SHARE = 0.8

/** What is known of a person when their first line opens. */
export interface PersonCall {
  readonly callId: string
  readonly owner: string
  readonly agent: { readonly name: string; readonly language: { readonly code: string } }
  readonly note: (noted: { readonly kind: string; readonly [detail: string]: unknown }) => void
}

/** One of the two people of an interpreted conversation, for as long as their call lasts, over all its streams. */
export class Person {
  readonly callId: string
  /** The name of the agent, and the code of its language. */
  readonly agent: string
  readonly language: string
  readonly owner: string
  readonly words: BridgeWords
  note: PersonCall['note']
  peer: Person | undefined
  /** Their conversation goes on now, on this line. */
  line: CallLine | undefined
  /** Takes their sound to the other person. */
  #carry: ((pcm: Int16Array) => void) | undefined
  /** Until when they may come back. */
  away: Scope | undefined
  /** The other person has left. */
  isParted = false
  keyed = ''
  keyedMs = 0
  /** The code by which the other person joins, and when it was made. */
  code: { readonly digits: string; readonly madeMs: number } | undefined
  /** They are told the code until this is aborted. */
  inviting: Scope | undefined
  wrongCodes = 0
  isJoining = false
  #waiting: Relayed[] = []
  #said: { readonly words: ReadonlySet<string>; readonly atMs: number }[] = []

  constructor({ callId, agent: { name, language }, owner, note }: PersonCall) {
    this.callId = callId
    this.agent = name
    this.language = language.code
    this.owner = owner
    this.note = note
    this.words = bridgeWords(language.code)
  }

  /**
   * Has it said to them when neither has the word. While their line is broken, what the other person says waits; how the
   * other one is will be another thing then.
   */
  tell(text: string, as: Relayed['as'] = 'words'): void {
    const relayed = { text: text.slice(0, MOST_LETTERS).toWellFormed(), as }
    if (this.line) this.line.relayed(relayed)
    else if (as !== 'words') this.#waiting = [...this.#waiting, relayed].slice(-MOST_WAITING)
  }

  /** Their line is there, anew or for the first time. */
  came(line: CallLine): void {
    this.line = line
    this.away?.abort(new Error('they are back'))
    this.away = undefined
    for (const relayed of this.#waiting.splice(0)) line.relayed(relayed)
  }

  /** What they say themselves, in their own voice. */
  sounds(pcm: Int16Array): void {
    this.#carry?.(pcm)
  }

  /** Their sound, at this rate, is heard beneath the interpreter on the other line. */
  carriesTo(other: Person, rateHz: number): void {
    this.#carry = other.line?.background?.beneath(rateHz)
  }

  carriesNowhere(): void {
    this.#carry = undefined
  }

  said(text: string, atMs: number): void {
    this.#said = [...this.#said, { words: wordsIn(text), atMs }].slice(-MOST_SAID)
  }

  /** Are these the words of this person, as the other line's loudspeaker has given them back to its microphone? */
  isEcho(text: string, nowMs: number): boolean {
    const words = [...wordsIn(text)]
    const late = this.#said.filter(({ atMs }) => nowMs - atMs <= ECHO_MS)
    if (words.length < LEAST_ECHO_WORDS) return false
    return words.filter(word => late.some(said => said.words.has(word))).length >= words.length * ECHO_SHARE
  }
}

/** Without numbers, which two people say to each other again and again, and which are written alike in all languages. */
const wordsIn = (text: string): ReadonlySet<string> =>
  new Set(
    bareText(text)
      .split(' ')
      .filter(word => /^\p{L}{2}/u.test(word)),
  )
