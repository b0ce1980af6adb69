import type { JournalLine } from '../conversation/lines.ts'
import type { TurnOf } from '../conversation/turn/turn.ts'
import type { CalledTool } from './call-so-far.ts'
import { ExpectationError } from './expectation-error.ts'
import { Expected } from './expected.ts'
import type { HeldCall } from './held-call.ts'

/** Until when a test waits: until the agent listens again, or speaks, so that it can be interrupted. */
export type Until = 'listening' | 'speaking'

/** What is waited for after the caller has spoken, and how it is said. */
export interface SayOptions {
  /** Default: listening. */
  readonly until?: Until
  /** The words are typed, as on a page, and not spoken. */
  readonly typed?: true
}

/** So much of the call's time an agent may take for an answer, with all that it says. */
const PATIENCE_MS = 120_000

/**
 * One call of a test. Time passes only in its waiting functions, which resolve when the agent listens again and reject with
 * an AssertionError that has the call so far. One at a time: await each.
 */
export class Line {
  readonly #call: HeldCall
  readonly #expected: Expected
  #known: ReadonlySet<string> = new Set()
  #acting: string | undefined
  #hasFailed = false

  constructor(call: HeldCall) {
    this.#call = call
    this.#expected = new Expected(call.soFar, (...why) => this.#error(...why))
  }

  /** Waits for the greeting. */
  async begin(until: Until = 'listening'): Promise<void> {
    // It is the first of all replies, so no reply came before it.
    await this.#act('begin', () =>
      this.#answered(this.#nowMs(), until, () => until === 'speaking' && this.#replyNow()?.sounding === true),
    )
  }

  /** The caller says this; resolves with what they hear of the answer. */
  async say(words: string, { until = 'listening', typed }: SayOptions = {}): Promise<string> {
    if (words.trim() === '')
      throw new TypeError('say: there are no words; for a caller who says nothing there is silence(ms)')
    await this.#act('say', async () => {
      this.#begin()
      if (typed) this.#call.caller.send({ kind: 'typed', text: words })
      await this.#answered(typed ? this.#nowMs() : this.#call.caller.speak(words), until)
    })
    return this.lastWords
  }

  /** The caller presses these keys. */
  async press(keys: string, { until = 'listening' }: Pick<SayOptions, 'until'> = {}): Promise<string> {
    if (!/^[\d*#]+$/.test(keys)) throw new TypeError(`press: a telephone has no keys for "${keys}"`)
    await this.#act('press', async () => {
      this.#begin()
      for (const digit of keys) this.#call.caller.send({ kind: 'digit', digit })
      await this.#answered(this.#nowMs(), until)
    })
    return this.lastWords
  }

  /**
   * The caller gives the secret that they are asked for, such as `'card', ['4111111111111111', '0129', '123']`; an empty list
   * is "no". Where it is wrong, it resolves with the words that say so, and it is asked again.
   */
  async gives(what: string, numbers: readonly string[]): Promise<string> {
    return this.#act('gives', async () => {
      const asked = this.#call.secret.asked()?.what ?? 'nothing secret'
      if (asked !== what) throw this.#error(`The caller was to be asked for "${what}", and is asked for ${asked}.`)
      this.#known = this.#call.soFar.known()
      const wrong = await this.#call.secret.give(numbers)
      if (wrong === undefined) await this.#answered(this.#nowMs() + 1, 'listening')
      return wrong ?? this.lastWords
    })
  }

  /**
   * The caller speaks over the agent, once they have heard so many of the words that it says now (1 if it is not said).
   * Resolves with what was heard of these, when the new answer is over.
   */
  async interrupt(words: string, { afterWords = 1, until = 'listening' }: InterruptOptions = {}): Promise<string> {
    return this.#act('interrupt', async () => {
      const { turn } = this.#call
      if (turn.kind !== 'replying')
        throw this.#error(
          "The agent does not speak now, so nobody can interrupt it. To talk over an answer: say('…', { until: 'speaking' }) first.",
        )
      const { id } = turn.reply
      const isSaid = (): boolean => this.#wordsOf(id) >= afterWords
      const isOther = (): boolean => this.#replyNow()?.id !== id
      await this.#call.pass(() => isSaid() || isOther(), PATIENCE_MS)
      if (!isSaid())
        throw this.#error(
          `The agent was to be interrupted after ${afterWords} words, but it said only ${this.#wordsOf(id)}.`,
        )
      this.#begin()
      await this.#answered(this.#call.caller.speak(words), until)
      return this.#call.soFar.heardOf(id)
    })
  }

  /** On the line of an interpreter: the other person says this, in their language. Resolves with what is heard of it here. */
  async otherSays(words: string): Promise<string> {
    await this.#act('otherSays', async () => {
      this.#begin()
      this.#call.caller.send({ kind: 'relayed', text: words, as: 'translation' })
      await this.#answered(this.#nowMs(), 'listening')
    })
    return this.lastWords
  }

  /** The caller says nothing for so long, and for as long as the agent speaks then. */
  async silence(ms: number): Promise<string> {
    await this.#act('silence', async () => {
      this.#begin()
      await this.#answered(this.#nowMs() + ms, 'listening')
    })
    return this.lastWords
  }

  /** The caller waits until the agent listens, as after `until: 'speaking'`, or until they have heard so many words. */
  async listen({ atMost }: { readonly atMost?: number } = {}): Promise<string> {
    const hasHeard = (): boolean => atMost !== undefined && wordsIn(this.lastWords) >= atMost
    await this.#act('listen', () => this.#answered(this.#nowMs(), 'listening', hasHeard))
    return this.lastWords
  }

  /** There is a sound of this length that is no word, such as a cough. */
  async noise(lengthMs: number): Promise<string> {
    await this.#act('noise', async () => {
      this.#begin()
      await this.#answered(this.#call.caller.noise(lengthMs), 'listening')
    })
    return this.lastWords
  }

  /** The caller hangs up. Fails where the model's list has answers that nobody asked for. */
  async hangUp(): Promise<void> {
    const mayCheck = !this.#hasFailed && !this.#call.hasFailed
    await this.#act('hangUp', () => this.#call.end())
    const unasked = this.#call.unasked()
    if (mayCheck && unasked.length > 0)
      throw this.#error(`The scripted model was never asked for its last answers: ${unasked.join('; ')}.`)
  }

  /** For `await using`: hangs up and checks nothing, since the test may have failed by something else. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#call.end()
  }

  /** What the caller has heard since they last did something. */
  get lastWords(): string {
    return this.#call.soFar.heardSince(this.#known)
  }

  /** Expects that the caller has heard this since they last did something. */
  said(expected: RegExp | string): void {
    this.#look('said')
    this.#expected.said(expected, this.lastWords)
  }

  /** Expects that the caller has not heard this since they last did something. */
  didNotSay(unwanted: RegExp | string): void {
    this.#look('didNotSay')
    this.#expected.notSaid(unwanted, this.lastWords)
  }

  /**
   * Expects that the agent has run this tool, with these arguments among others. A run is expected once: the same again
   * expects another one. Returns it.
   */
  expectTool(name: string, given: object = {}): CalledTool {
    this.#look('expectTool')
    return this.#expected.tool(name, given)
  }

  /** Expects that the agent has run no tool, or none of this name, besides those that were expected already. */
  expectNoTool(name?: string): void {
    this.#look('expectNoTool')
    this.#expected.noTool(name)
  }

  /**
   * Expects that the call was given to this agent since the last hand-off that was expected. Returns what its model was
   * told by whoever gave it.
   */
  expectHandOff(to: string): string {
    this.#look('expectHandOff')
    return this.#expected.handOff(to)
  }

  /** Expects that the call is over, and what comes after it: `hang-up`, or `transfer` to a person. */
  expectEnd(next?: TurnOf<'ended'>['next']): void {
    this.#look('expectEnd')
    this.#expected.end(this.#call.turn, next)
  }

  /** The agent or the caller has ended the call. */
  get isOver(): boolean {
    return this.#call.turn.kind === 'ended'
  }

  /** The agent speaks now, and can be interrupted. */
  get isSpeaking(): boolean {
    return this.#call.turn.kind === 'replying'
  }

  /** What the caller of an interpreted line has said to the other person. */
  get passedOn(): readonly string[] {
    return this.#call.soFar.passedOn
  }

  /** The conversation for people, with the seconds of the call. */
  get transcript(): string {
    return this.#call.soFar.transcript()
  }

  /** All lines of the call's journal so far, as a server keeps them: `npm run replay` replays them. */
  get journal(): readonly JournalLine[] {
    return [...this.#call.soFar.lines]
  }

  /** Milliseconds of the call until now. */
  get nowMs(): number {
    return this.#nowMs() - this.#call.startMs
  }

  #nowMs(): number {
    return this.#call.time.clock.now()
  }

  /** What is heard from now on is an answer to what the caller does now. */
  #begin(): void {
    const { what } = this.#call.secret.asked() ?? {}
    if (what !== undefined) throw this.#error(`The caller is asked for "${what}": line.gives(…) first.`)
    if (this.#call.turn.kind === 'ended') throw this.#error('The call is over: nobody hears the caller any more.')
    this.#known = this.#call.soFar.known()
  }

  /** Lets time pass until the caller has done it, at `untilMs`, and the agent has come so far. */
  async #answered(untilMs: number, until: Until, isEnough = (): boolean => false): Promise<void> {
    const before = this.#replyNow()?.id
    const isSpeaking = (): boolean => this.#replyNow()?.sounding === true && this.#replyNow()?.id !== before
    const isSo = (): boolean =>
      this.#nowMs() >= untilMs &&
      (this.isOver || isEnough() || (until === 'speaking' ? isSpeaking() : this.#call.isCallersTurn))
    if (await this.#call.pass(isSo, untilMs - this.#nowMs() + PATIENCE_MS)) return
    const what = until === 'speaking' ? 'begun to speak' : 'come to listen again'
    throw this.#error(`The agent has not ${what} within ${PATIENCE_MS / 1_000} s of the call's time.`)
  }

  #replyNow() {
    const { turn } = this.#call
    return 'reply' in turn ? turn.reply : undefined
  }

  #wordsOf(reply: number): number {
    return wordsIn(this.#call.soFar.heardOf(reply))
  }

  async #act<T>(name: string, act: () => Promise<T>): Promise<T> {
    this.#look(name)
    this.#acting = name
    try {
      return await act()
    } catch (error) {
      this.#hasFailed = true
      throw error
    } finally {
      this.#acting = undefined
    }
  }

  /** Fails where the test has forgotten to await. */
  #look(name: string): void {
    if (this.#acting !== undefined)
      throw this.#error(
        `line.${name} was called while line.${this.#acting} still waits: await line.${this.#acting}(…) first.`,
      )
  }

  #error(problem: string, more: { readonly expected?: unknown; readonly actual?: unknown } = {}): ExpectationError {
    this.#hasFailed = true
    return new ExpectationError(problem, this.transcript, more)
  }
}

/** When the caller talks over the agent: after so many words of it (default: 1). `until` as in SayOptions. */
export type InterruptOptions = { readonly afterWords?: number; readonly until?: Until }

const wordsIn = (text: string): number => (text === '' ? 0 : text.split(' ').length)
