import type { ServerResponse } from 'node:http'
import { type StreamedEvent, type Streaming, streamEvents } from '../event-stream.ts'
import { answered, type NewId, tokensOf, withoutContext, writtenOf } from '../openai/answered.ts'
import type { ModelMessage, ScriptedAnswer } from '../openai/scripted-model.ts'
import { type ModelRequest, signatureOf, signs } from './model-rules.ts'

/** Words come some at a time. */
const TOKENS_AT_ONCE = 4
const TOKEN_LETTERS = 4

/** Streams the scripted model's answer as `streamGenerateContent?alt=sse` does. Throws when the signal aborts. */
export async function streamModel(
  response: ServerResponse,
  asked: ModelRequest,
  model: string,
  newId: NewId,
  streaming: Streaming,
): Promise<void> {
  await streamEvents(response, answerOf(asked, model, newId), streaming)
  response.end()
}

/** What comes without `alt=sse`: one array of JSON. */
export const arrayOf = (asked: ModelRequest, model: string, newId: NewId): readonly object[] =>
  answerOf(asked, model, newId).map(({ data }) => data)

function answerOf(asked: ModelRequest, model: string, newId: NewId): readonly StreamedEvent[] {
  const offered = asked.tools.flatMap(({ functionDeclarations: all }) =>
    all.map(({ name, parameters, parametersJsonSchema }) => ({ name, parameters: parametersJsonSchema ?? parameters })),
  )
  return chunksOf(asked, answered(modelMessages(asked), offered), model, newId)
}

function chunksOf(asked: ModelRequest, answer: ScriptedAnswer, model: string, newId: NewId): readonly StreamedEvent[] {
  const prompt = Math.ceil(
    JSON.stringify([asked.systemInstruction, asked.contents, asked.tools]).length / TOKEN_LETTERS,
  )
  const pieces = tokensOf(writtenOf(answer))
  const head = { modelVersion: model, responseId: 'sandbox' }
  const counts = (soFar: number) => ({
    ...{ promptTokenCount: prompt, candidatesTokenCount: soFar, totalTokenCount: prompt + soFar },
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  })
  const chunk = (parts: readonly object[], soFar: number, isLast: boolean): StreamedEvent => ({
    data: {
      candidates: [{ content: { parts, role: 'model' }, ...(isLast && { finishReason: 'STOP' }), index: 0 }],
      usageMetadata: counts(soFar),
      ...head,
    },
    token: soFar,
  })
  const thoughtSignature = signatureOf(model)
  if (answer.kind === 'call') {
    const functionCall = { ...(signs(model) && { id: newId('') }), name: answer.name, args: answer.arguments }
    return [chunk([{ functionCall, ...(signs(model) && { thoughtSignature }) }], pieces.length, true)]
  }
  const starts = Array.from({ length: Math.ceil(pieces.length / TOKENS_AT_ONCE) }, (_, index) => index * TOKENS_AT_ONCE)
  const texts = starts.map(start =>
    chunk([{ text: pieces.slice(start, start + TOKENS_AT_ONCE).join('') }], start, false),
  )
  // The signature of words comes with an empty part at their end.
  return [...texts, chunk([{ text: '', ...(signs(model) && { thoughtSignature }) }], pieces.length, true)]
}

function modelMessages({ contents }: ModelRequest): readonly ModelMessage[] {
  return contents.flatMap(({ role = 'user', parts }) => {
    const results = parts.flatMap(({ functionResponse: given }): readonly ModelMessage[] =>
      given ? [{ role: 'tool', content: String(given.response.output ?? ''), tool: given.name }] : [],
    )
    const words = parts.map(({ text = '' }) => text).join('')
    const as = role === 'model' ? 'assistant' : 'user'
    const isAlone = results.length === 0 || words !== ''
    return [...results, ...(isAlone ? [{ role: as, content: withoutContext(words) }] : [])]
  })
}
