import type { Clock, Delta, LanguageModel, Prompt } from '../../conversation/ports.ts'
import { scopeOf, within } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { KEPT_MS, type Network } from '../../network.ts'
import { beginningOf, broken, jsonIn, refusal } from '../http-answer.ts'
import { unstalled } from '../stall.ts'
import { type AnswerEvent, answerEvents } from './answer-events.ts'

/** Less than the 4 s after which the caller is owed words. */
const FIRST_TOKEN_MS = 3_500
const NEXT_TOKEN_MS = 3_000
/** So often a refused request is changed and sent again. What the server takes is remembered, so only the first call waits. */
const MOST_TRIES = 6
/** After the last token the rest of an answer is a few bytes, which come at once. */
const ENDS_WITHIN_MS = 1_000
/** What Node says where a kept connection was closed by the server just as a request was sent on it. */
const WAS_CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const OVER = new Error('the request is over')

/** A refusal of a request. */
export interface Refused {
  readonly status: number
  /** The beginning of the server's answer. */
  readonly answer: string
  readonly request: object
}

/** One vendor's way to ask a model. `Manners` is what a server is found to take, such as the options it knows. */
export interface Wire<Manners> {
  /** The provider's name in errors. */
  readonly title: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** How the server is asked at first. */
  readonly manners: Manners
  request(prompt: Prompt, manners: Manners): object
  /** How to ask again after a refusal; undefined where no other way is left. */
  again(manners: Manners, refused: Refused): Manners | undefined
  /** Whether a refusal's body is to be read as an answer, since it holds what the model wrote. */
  isAnswer?(refused: Refused): boolean
  read(events: AsyncIterable<AnswerEvent>, prompt: Prompt): AsyncIterable<Delta>
}

/** A language model at a server of HTTP. */
export interface StreamedModel extends LanguageModel {
  /** A call has begun: the connection to the server is opened while the greeting is heard, if none is there. */
  connect(signal: AbortSignal): void
}

/**
 * A language model that answers a POST with server-sent events; one for all calls. A request that is refused for
 * something that can be left out is sent again without it, and all later requests leave it out at once.
 */
export function streamedModel<Manners>(wire: Wire<Manners>, clock: Clock, network: Network): StreamedModel {
  const { title, url } = wire
  let learned = wire.manners
  let usedMs = Number.NEGATIVE_INFINITY

  /** Nothing was answered on a connection that was closed, and a model may be asked twice. */
  async function asked(init: RequestInit): Promise<Response> {
    usedMs = clock.now()
    try {
      return await network.fetch(url, init)
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
      if (init.signal?.aborted || !WAS_CLOSED.has(code)) throw error
      return network.fetch(url, init)
    }
  }

  /** The connection of an answer that is read to its end serves the next request; that of another one is closed. */
  async function readToEnd(events: AsyncIterator<AnswerEvent>, signal: AbortSignal): Promise<void> {
    const read = async (): Promise<void> => {
      while (!(await events.next()).done);
    }
    await within(ENDS_WITHIN_MS, 'the end of the answer', clock, read, signal).catch(() => undefined)
    usedMs = clock.now()
  }

  async function* answered(prompt: Prompt, signal: AbortSignal): AsyncGenerator<AnswerEvent, void, undefined> {
    let manners = learned
    for (let tries = 1; ; tries++) {
      const request = wire.request(prompt, manners)
      const response = await asked({
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...wire.headers,
          ...(prompt.traceparent !== undefined && { traceparent: prompt.traceparent }),
        },
        body: JSON.stringify(request),
        signal,
      })
      if (response.ok && response.body) {
        learned = manners
        return yield* answerEvents(response.body, () => clock.sleep(0, signal))
      }
      const answer = await beginningOf(response)
      const refused = { status: response.status, answer, request }
      if (wire.isAnswer?.(refused)) return yield { kind: 'json', value: jsonIn(answer) }
      const next = tries < MOST_TRIES ? wire.again(manners, refused) : undefined
      if (next === undefined) throw refusal(title, response.status, answer)
      manners = next
    }
  }

  return {
    connect(signal) {
      if (clock.now() - usedMs < KEPT_MS) return
      usedMs = clock.now()
      network.connect?.(url, signal)
    },
    async *reply(prompt, signal) {
      const scope = scopeOf(signal)
      const events = answered(prompt, scope.signal)
      let isWhole = false
      try {
        const limits = { firstMs: FIRST_TOKEN_MS, nextMs: NEXT_TOKEN_MS }
        yield* wire.read(unstalled(events, limits, title, clock, scope.signal), prompt)
        isWhole = true
      } catch (error) {
        throw signal.aborted || error instanceof ProviderError ? error : broken(title, error)
      } finally {
        // The end is awaited by nobody, and not for long: the caller's signal has nothing to do with it.
        scope.release()
        if (isWhole) void readToEnd(events, scope.signal).finally(() => scope.abort(OVER))
        else scope.abort(OVER)
      }
    },
  }
}
