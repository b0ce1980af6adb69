import type { Clock, Delta, LanguageModel, Prompt } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'
import { type Network, systemNetwork } from '../network.ts'
import { type AnswerEvent, answerEvents } from './chat/answer-events.ts'
import { CallPieces } from './chat/call-pieces.ts'
import { readChunk, type TokensUsed } from './chat/chunk.ts'
import { failed, failureIn } from './chat/failure.ts'
import { refusedOptions } from './chat/refused-options.ts'
import { chatRequest, type Option } from './chat/request.ts'
import { WrittenCalls } from './chat/written-calls.ts'
import { beginningOf, broken, refusal } from './http-answer.ts'
import { unstalled } from './stall.ts'

const PROVIDER = 'OpenAI'
/** Less than the 4 s after which the caller is owed words. */
const FIRST_TOKEN_MS = 3_500
const NEXT_TOKEN_MS = 3_000
/** The arguments of all tool calls in one answer. No tool of a telephone call needs so much. */
const MOST_ARGUMENT_LETTERS = 50_000

export interface OpenAiSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
}

/**
 * OpenAI's chat completions, or any server that speaks them; one for all calls. It remembers which options the server
 * refuses.
 */
export function openAi(settings: OpenAiSettings, clock: Clock, { fetch }: Network = systemNetwork): LanguageModel {
  const refused = new Set<Option>()

  /** The answer's events. A request that is refused for an option is sent once more without it. */
  async function* answered(prompt: Prompt, signal: AbortSignal): AsyncGenerator<AnswerEvent, void, undefined> {
    const leftOut = new Set(refused)
    for (;;) {
      const request = chatRequest(settings.model, prompt, leftOut)
      const response = await fetch(`${settings.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${settings.apiKey}`,
          ...(prompt.traceparent !== undefined && { traceparent: prompt.traceparent }),
        },
        body: JSON.stringify(request),
        signal,
      })
      if (response.ok && response.body) {
        for (const option of leftOut) refused.add(option)
        return yield* answerEvents(response.body, () => clock.sleep(0, signal))
      }
      const answer = await beginningOf(response)
      const options = refusedOptions(response.status, answer, request)
      if (options.length === 0) throw refusal(PROVIDER, response.status, answer)
      for (const option of options) leftOut.add(option)
    }
  }

  return {
    async *reply(prompt, signal) {
      const scope = scopeOf(signal)
      try {
        const limits = { firstMs: FIRST_TOKEN_MS, nextMs: NEXT_TOKEN_MS }
        const events = unstalled(answered(prompt, scope.signal), limits, PROVIDER, clock, scope.signal)
        yield* deltas(events, new Set(prompt.tools.map(({ name }) => name)))
      } catch (error) {
        throw signal.aborted || error instanceof ProviderError ? error : broken(PROVIDER, error)
      } finally {
        scope.abort(new Error('the request is over'))
      }
    },
  }
}

async function* deltas(events: AsyncIterable<AnswerEvent>, offered: ReadonlySet<string>): AsyncGenerator<Delta> {
  const pieces = new CallPieces()
  const written = new WrittenCalls(offered)
  let used: TokensUsed | undefined
  let argumentLetters = 0
  let isComplete = false
  try {
    for await (const event of events) {
      if (event.kind === 'done') {
        isComplete = true
        break
      }
      const failure = failureIn(event.value)
      if (failure) throw failed(PROVIDER, failure)
      const chunk = readChunk(event.value)
      const text = written.push(chunk.text)
      if (text !== '') yield { kind: 'text', text }
      for (const piece of chunk.pieces) {
        argumentLetters += piece.arguments.length
        if (argumentLetters > MOST_ARGUMENT_LETTERS)
          throw new ProviderError(PROVIDER, 'the arguments of its tool calls are too long', { retryable: true })
        pieces.add(piece)
      }
      // Some servers tell the tokens so far with every chunk.
      used = chunk.used ?? used
      if (chunk.finish === 'error') throw new ProviderError(PROVIDER, 'the answer failed', { retryable: true })
      if (chunk.finish !== undefined) isComplete = true
    }
  } catch (error) {
    // After the last token only the count of tokens is missing.
    if (!isComplete) throw error
  }
  // A connection that is cut cleanly ends the loop without an error.
  if (!isComplete) throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })
  if (used) yield { kind: 'tokens', ...used }
  const calls = pieces.all(offered)
  const rest = written.end()
  if (rest.text !== '') yield { kind: 'text', text: rest.text }
  for (const call of calls) yield { kind: 'tool-call', call }
  // A server that recognised the calls may send their text too.
  if (calls.length > 0) return
  for (const [index, call] of rest.calls.entries()) yield { kind: 'tool-call', call: { id: `call-${index}`, ...call } }
}
