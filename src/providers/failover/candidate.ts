import type { Usage } from '../../conversation/lines.ts'
import type { Clock } from '../../conversation/ports.ts'
import type { Breaker, Breakers } from './breaker.ts'
import { isLasting } from './lasting.ts'

export type FailoverPort = 'STT' | 'LLM' | 'TTS'

/** One of a call's providers of a port, in the order of the settings. */
export interface Candidate<P> {
  /** As the settings name it: `deepgram`. */
  readonly name: string
  /** For people: "Deepgram". */
  readonly title: string
  /** Opens it for this call. Called at most once, when it is needed. */
  open(): P | Promise<P>
  /** For its breaker: asks for something small, outside of any call. Rejects where that fails. */
  probe?(signal: AbortSignal): Promise<void>
}

/** How far the call was: nothing had come of it yet, between two turns, in the middle of words, or after a tool. */
export type Stage = 'connecting' | 'idle' | 'mid-utterance' | 'mid-reply' | 'mid-tool'

/** The note in the journal that another provider has taken over. */
export interface ProviderSwitched {
  readonly kind: 'provider-switched'
  readonly port: FailoverPort
  /** Names of the settings. */
  readonly from: string
  readonly to: string
  readonly why: string
  readonly atStage: Stage
  /** Nothing failed in this call: its breaker was open. */
  readonly elsewhere?: true
  /** Allows it to be a line of the journal. */
  readonly [detail: string]: unknown
}

/** What the wrappers need of the server and of the call. */
export interface FailoverParts {
  readonly clock: Clock
  /** Of the whole process. */
  readonly breakers: Breakers
  /** Adds to the call's journal. */
  readonly note: (noted: ProviderSwitched) => void
  /** What the call used besides what it knows of: sound and text that were given to a second provider as well. */
  readonly used?: (usage: Usage) => void
}

/** Vendors quote whole pages. */
const MOST_LETTERS = 300
const FAILS_ELSEWHERE = 'it fails in other calls'

/** Which of its candidates a call uses. It stays with one until that fails; no call goes back by itself. */
export class Choice<P> {
  readonly #port: FailoverPort
  readonly #candidates: readonly Candidate<P>[]
  readonly #parts: FailoverParts
  readonly #opened = new Map<Candidate<P>, P | Promise<P>>()
  #current: Candidate<P>

  constructor(port: FailoverPort, candidates: readonly Candidate<P>[], parts: FailoverParts) {
    const [first] = candidates
    if (!first) throw new Error(`no provider for ${port}`)
    this.#port = port
    this.#candidates = candidates
    this.#parts = parts
    this.#current = first
  }

  get current(): Candidate<P> {
    return this.#current
  }

  /** Rejects where it cannot be opened: a try with it fails, and the call goes on with another one. */
  open(candidate: Candidate<P>): P | Promise<P> {
    const opened = this.#opened.get(candidate) ?? openedBy(candidate)
    this.#opened.set(candidate, opened)
    return opened
  }

  breakerOf(candidate: Candidate<P>): Breaker {
    return this.#parts.breakers.of(this.#port, candidate)
  }

  /** A candidate besides these that works, as far as is known. */
  other(than: ReadonlySet<Candidate<P>>): Candidate<P> | undefined {
    return this.#inOrder().find(some => !than.has(some) && this.breakerOf(some).allows)
  }

  /**
   * The candidate for the next try, and from now on; undefined when all were tried. Where none is known to work, one is
   * tried all the same. `error` is what the last one failed with.
   */
  next(tried: ReadonlySet<Candidate<P>>, stage: Stage, error?: unknown): Candidate<P> | undefined {
    const next = this.other(tried) ?? this.#inOrder().find(some => !tried.has(some))
    if (next) this.switchTo(next, stage, error === undefined ? FAILS_ELSEWHERE : messageOf(error))
    return next
  }

  switchTo(to: Candidate<P>, atStage: Stage, why: string): void {
    if (to === this.#current) return
    const from = this.#current.name
    this.#current = to
    const told = { port: this.#port, from, to: to.name, why: why.slice(0, MOST_LETTERS), atStage }
    this.#parts.note({ kind: 'provider-switched', ...told, ...(why === FAILS_ELSEWHERE && { elsewhere: true }) })
  }

  failed(candidate: Candidate<P>, error: unknown): void {
    this.breakerOf(candidate).failed(isLasting(error))
  }

  worked(candidate: Candidate<P>): void {
    this.breakerOf(candidate).worked()
  }

  /** From the current one on, and then those before it. */
  #inOrder(): readonly Candidate<P>[] {
    const at = this.#candidates.indexOf(this.#current)
    return [...this.#candidates.slice(at), ...this.#candidates.slice(0, at)]
  }
}

function openedBy<P>(candidate: Candidate<P>): P | Promise<P> {
  try {
    const opened = candidate.open()
    // It may be opened long before anybody needs it.
    if (opened instanceof Promise) opened.catch(() => undefined)
    return opened
  } catch (error) {
    const failed = Promise.reject(error)
    failed.catch(() => undefined)
    return failed
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
