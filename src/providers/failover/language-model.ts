import type { Delta, LanguageModel, Prompt } from '../../conversation/ports.ts'
import { Continuation, continuing, WholeWords } from '../../conversation/reply/continuation.ts'
import { estimatedTokens } from '../../conversation/reply/estimated-tokens.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { SDK_LIMIT_MS, unstalled } from '../stall.ts'
import { type Candidate, Choice, type FailoverParts, messageOf, type Stage } from './candidate.ts'
import { type Begins, type Begun, firstOf, type Hedging } from './hedge.ts'

type Model = Candidate<LanguageModel>

/** While another model can be asked, a model has less time than its adapter gives it: a caller waits. */
const FIRST_MS = 2_500
const NEXT_MS = 1_500
/** Where no other model can be asked, the limits of its adapter are all that count: they are shorter than this. */
const ITS_OWN_MS = SDK_LIMIT_MS

/**
 * One model of several: the next is asked when one fails. Before the first word nobody notices; after it the next one goes
 * on where the words have ended, and nothing is said twice. A call stays with the one that worked. With `hedging` a second
 * one is asked as well where the first is slower than it used to be, and the one that answers first is taken.
 */
export function failoverLanguageModel(
  candidates: readonly Model[],
  parts: FailoverParts & { readonly hedging?: Hedging | undefined },
): LanguageModel {
  const choice = new Choice('LLM', candidates, parts)
  return {
    get by() {
      return choice.current.name
    },
    async *reply(prompt, signal) {
      const tried = new Set<Model>()
      let said = ''
      let failure: unknown
      while (true) {
        const model = choice.next(tried, stageOf(prompt, said), failure)
        if (!model) throw failure
        tried.add(model)
        const answer = new Answer({ choice, parts, prompt, tried, said }, signal)
        try {
          for await (const delta of answer.deltas(model)) {
            if (delta.kind === 'text') said += delta.text
            yield delta
          }
          return
        } catch (error) {
          if (signal.aborted) throw error
          // The tools it has called will run: asked again, a model would call them again.
          if (answer.hasCalled) return
          failure = error
        } finally {
          answer.abort()
        }
      }
    },
  }
}

function stageOf({ history }: Prompt, said: string): Stage {
  if (said !== '') return 'mid-reply'
  return history.at(-1)?.role === 'tool' ? 'mid-tool' : 'connecting'
}

interface Asking {
  readonly choice: Choice<LanguageModel>
  readonly parts: FailoverParts & { readonly hedging?: Hedging | undefined }
  readonly prompt: Prompt
  readonly tried: Set<Model>
  readonly said: string
}

/** A request under way, and what it failed with before its first word. */
type Asked = Begins<Delta, Model> & { readonly failure: unknown }

/** One try at an answer, or at the rest of one. */
class Answer {
  hasCalled = false
  readonly #asking: Asking
  readonly #prompt: Prompt
  readonly #signal: AbortSignal
  readonly #begun: Asked[] = []

  constructor(asking: Asking, signal: AbortSignal) {
    this.#asking = asking
    this.#prompt = asking.said === '' ? asking.prompt : continuing(asking.prompt, asking.said)
    this.#signal = signal
  }

  abort(): void {
    for (const { abort } of this.#begun) abort()
  }

  async *deltas(model: Model): AsyncGenerator<Delta, void, undefined> {
    const { choice, said } = this.#asking
    const rest = said === '' ? undefined : new Continuation(said)
    const words = new WholeWords()
    const { of: winner, first, rest: more } = await this.#first(model)
    let isEmpty = stageOf(this.#asking.prompt, said) === 'connecting'
    try {
      for (let next = first; !next.done; next = await more.next()) {
        const delta = next.value
        switch (delta.kind) {
          case 'writing':
            break
          case 'text': {
            isEmpty &&= delta.text.trim() === ''
            const text = words.push(rest ? rest.push(delta.text) : delta.text)
            if (text !== '') yield { kind: 'text', text }
            break
          }
          case 'tool-call': {
            const text = words.push(rest?.end() ?? '') + words.end()
            if (text !== '') yield { kind: 'text', text }
            this.hasCalled = true
            isEmpty = false
            yield delta
            break
          }
          case 'tokens':
            yield { ...delta, by: winner.name }
        }
      }
      // Gemini at times ends in good order without a word. After a tool, or after words, there may be nothing left to say.
      if (isEmpty) throw new ProviderError(winner.title, 'it answered with nothing', { retryable: true })
    } catch (error) {
      if (!this.#signal.aborted) choice.failed(winner, error)
      throw error
    }
    const text = words.push(rest?.end() ?? '') + words.end()
    if (text !== '') yield { kind: 'text', text }
    choice.worked(winner)
  }

  async #first(model: Model): Promise<Begun<Delta, Model>> {
    const { choice, parts, tried } = this.#asking
    const { hedging, clock } = parts
    const one = this.#begin(model)
    if (!hedging) return one.begun
    const second = (): Begins<Delta, Model> | undefined => {
      const other = choice.other(tried)
      if (!other || !hedging.take()) return undefined
      tried.add(other)
      return this.#begin(other)
    }
    const winner = await firstOf(one, second, hedging.waitMs(model.name), clock, this.#signal)
    // One that was slower has not failed: it can be asked again if the winner fails.
    for (const { of, failure } of this.#begun) if (of !== winner.of && failure === undefined) tried.delete(of)
    // A slow one keeps the call; one that has failed meanwhile does not.
    if (winner.of !== model && one.failure !== undefined)
      choice.switchTo(winner.of, stageOf(this.#asking.prompt, this.#asking.said), messageOf(one.failure))
    return winner
  }

  /** Asks one model. */
  #begin(model: Model): Asked {
    const { choice, parts, tried } = this.#asking
    const { clock, hedging } = parts
    const scope = scopeOf(this.#signal)
    const askedMs = clock.now()
    /** Who can be asked besides changes while it answers, as where another one loses the race. */
    const isLast = (): boolean => choice.other(new Set([...tried, model])) === undefined
    const limits = {
      get firstMs() {
        return isLast() ? ITS_OWN_MS : FIRST_MS
      },
      get nextMs() {
        return isLast() ? ITS_OWN_MS : NEXT_MS
      },
    }
    const stream = answerOf(model, choice, this.#prompt, scope.signal)
    const rest = unstalled(stream, limits, model.title, clock, scope.signal)
    let failure: unknown
    let isAnswered = false
    const first = async (): Promise<Begun<Delta, Model>> => {
      try {
        const answered = await rest.next()
        hedging?.took(model.name, clock.now() - askedMs)
        isAnswered = true
        return { of: model, first: answered, rest }
      } catch (error) {
        failure = error
        if (!scope.signal.aborted) choice.failed(model, error)
        throw error
      }
    }
    const begins = {
      of: model,
      begun: first(),
      get failure() {
        return failure
      },
      abort: (): void => {
        if (scope.signal.aborted) return
        scope.abort(new Error('the request is over'))
        rest.return().catch(() => undefined)
        if (isAnswered || failure !== undefined || this.#signal.aborted) return
        // A request that lost the race is charged, and its vendor does not say how much.
        const tokens = { ...estimatedTokens(this.#prompt, 0), cached: 0, estimated: true } as const
        parts.used?.({ kind: 'tokens', ...tokens, by: model.name })
      },
    }
    begins.begun.catch(() => undefined)
    this.#begun.push(begins)
    return begins
  }
}

async function* answerOf(
  model: Model,
  choice: Choice<LanguageModel>,
  prompt: Prompt,
  signal: AbortSignal,
): AsyncGenerator<Delta, void, undefined> {
  yield* (await choice.open(model)).reply(prompt, signal)
}
