import type { Clock, Delta } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { jsonIn } from '../http-answer.ts'
import type { AnswerEvent } from './answer-events.ts'
import { CallPieces } from './call-pieces.ts'
import { readChunk, type TokensUsed } from './chunk.ts'
import type { Effort } from './efforts.ts'
import { callsInFailed, failedGeneration } from './failed-generation.ts'
import { failed, failureIn } from './failure.ts'
import { ownIds } from './own-ids.ts'
import { mannersAfter } from './refused-options.ts'
import { type ChatManners, chatRequest, type Particular } from './request.ts'
import { type StreamedModel, streamedModel } from './streamed-model.ts'
import { tokens } from './tokens.ts'
import { type WrittenCall, WrittenCalls } from './written-calls.ts'

/** The arguments of all tool calls in one answer. No tool of a telephone call needs so much. */
export const MOST_ARGUMENT_LETTERS = 50_000

/** A server of chat completions, and how it is asked. */
export interface ChatServer {
  /** The provider's name in errors. */
  readonly title: string
  /** Nothing for a server that wants none. */
  readonly apiKey: string | undefined
  readonly baseUrl: string
  readonly model: string
  /** The efforts to try, from the least on. */
  readonly efforts: readonly Effort[]
  readonly particular?: Particular
  /** It may be any server: one that takes no tools, or knows no instructions. */
  readonly isOneOfMany?: boolean
}

/** A model by chat completions; one for all calls. It remembers what the server does not take. */
export function chatModel(server: ChatServer, clock: Clock, network: Network): StreamedModel {
  const { title, apiKey, baseUrl, model, efforts, particular, isOneOfMany } = server
  const ids = ownIds()
  return streamedModel<ChatManners>(
    {
      title,
      url: `${baseUrl}/chat/completions`,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      manners: { without: new Set(), efforts },
      request: (prompt, manners) => chatRequest(model, prompt, manners, particular),
      again: (manners, refused) => mannersAfter(manners, refused, isOneOfMany),
      isAnswer: ({ answer }) => failedGeneration(jsonIn(answer)) !== undefined,
      read: (events, prompt) => deltas(events, new Set(prompt.tools.map(({ name }) => name)), ids(prompt), title),
    },
    clock,
    network,
  )
}

async function* deltas(
  events: AsyncIterable<AnswerEvent>,
  offered: ReadonlySet<string>,
  ownId: () => string,
  title: string,
): AsyncGenerator<Delta> {
  const pieces = new CallPieces()
  const written = new WrittenCalls(offered)
  let used: TokensUsed | undefined
  let argumentLetters = 0
  let isComplete = false
  let unread: readonly WrittenCall[] = []
  try {
    for await (const event of events) {
      if (event.kind === 'done') {
        isComplete = true
        break
      }
      const told = failureIn(event.value)
      if (told) {
        const generation = failedGeneration(event.value)
        if (generation === undefined) throw failed(title, told)
        unread = callsInFailed(generation, offered)
        // The model may write it better the next time.
        if (unread.length === 0) throw new ProviderError(title, told.message, { retryable: true })
        isComplete = true
        break
      }
      const chunk = readChunk(event.value)
      const text = written.push(chunk.text)
      if (text !== '') yield { kind: 'text', text }
      else if (chunk.text !== '' || chunk.pieces.length > 0) yield { kind: 'writing' }
      for (const piece of chunk.pieces) {
        argumentLetters += piece.arguments.length
        if (argumentLetters > MOST_ARGUMENT_LETTERS)
          throw new ProviderError(title, 'the arguments of its tool calls are too long', { retryable: true })
        pieces.add(piece)
      }
      // Some servers tell the tokens so far with every chunk.
      used = chunk.used ?? used
      if (chunk.finish === 'error') throw new ProviderError(title, 'the answer failed', { retryable: true })
      if (chunk.finish !== undefined) isComplete = true
    }
  } catch (error) {
    // After the last token only the count of tokens is missing.
    if (!isComplete) throw error
  }
  // A connection that is cut cleanly ends the loop without an error.
  if (!isComplete) throw new ProviderError(title, 'the answer broke off', { retryable: true })
  if (used) yield tokens(used.input, used.output, used.cached)
  const calls = pieces.all(offered, ownId)
  const rest = written.end()
  if (rest.text !== '') yield { kind: 'text', text: rest.text }
  for (const call of calls) yield { kind: 'tool-call', call }
  // A server that recognised the calls may send their text too.
  if (calls.length > 0) return
  for (const call of [...unread, ...rest.calls]) yield { kind: 'tool-call', call: { id: ownId(), ...call } }
}
