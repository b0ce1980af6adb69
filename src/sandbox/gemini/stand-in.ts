import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { scopeOf } from '../../conversation/scope.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { idsOf } from '../openai/answered.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { modelAsked } from './model-rules.ts'
import { arrayOf, streamModel } from './model-stream.ts'
import { type Looking, lookingIn, MOST_BYTES, refusal, refusedAccess, unreadable } from './request-rules.ts'
import { type ScreenReader, UnreadablePicture } from './screen-reader.ts'
import { shownText } from './seen-text.ts'

/** More than the API takes, so that the refusal is ours. */
const BODY_LIMIT = MOST_BYTES + 1024 * 1024
const TOKEN_LETTERS = 4
/** What a model that may think spends on a picture of a screen. */
const THOUGHTS = 500
const PICTURE_TOKENS = 1_548
const METHOD = ':generateContent'
const STREAMING = ':streamGenerateContent'

/**
 * Google's Gemini. `POST /v1beta/models/MODEL:generateContent` looks at a picture: it really reads its text, and nothing
 * else of it. `POST /v1beta/models/MODEL:streamGenerateContent?alt=sse` is the sandbox's scripted model.
 */
export function openGeminiStandIn(options: StandInOptions, reader: ScreenReader): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  const newId = idsOf(seeded(seed + 1))
  return openStandIn(options, (app, faults, serverSignal) => {
    async function streamed(asked: FastifyRequest, reply: FastifyReply, model: string) {
      const refused = refusedAccess(asked.headers['x-goog-api-key'], model)
      if (refused) return reply.code(refused.status).send(refused.body)
      const read = modelAsked(asked.body, model)
      if ('status' in read) return reply.code(read.status).send(read.body)
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send(refusal(status, 'injected').body)
      const { alt } = asked.query as { readonly alt?: unknown }
      if (alt !== 'sse') return reply.send(arrayOf(read, model, newId))
      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      reply.hijack()
      await streamModel(reply.raw, read, model, newId, {
        ...{ profile, chance, clock, line },
        signal: scope.signal,
      }).catch(error => {
        if (!scope.signal.aborted) reply.raw.destroy(error)
      })
      return reply
    }
    app.post<{ Params: { '*': string } }>('/v1beta/models/*', { bodyLimit: BODY_LIMIT }, async (asked, reply) => {
      const target = asked.params['*']
      if (target.endsWith(STREAMING)) return streamed(asked, reply, target.slice(0, -STREAMING.length))
      const model = target.slice(0, -METHOD.length)
      if (!target.endsWith(METHOD)) return reply.code(404).send(refusal(404, 'Not found.').body)
      const refused = refusedAccess(asked.headers['x-goog-api-key'], model)
      if (refused) return reply.code(refused.status).send(refused.body)
      if (Number(asked.headers['content-length'] ?? 0) > MOST_BYTES)
        return reply.code(400).send(refusal(400, `Request payload size exceeds the limit: ${MOST_BYTES} bytes.`).body)
      const looking = lookingIn(asked.body, model)
      if ('status' in looking) return reply.code(looking.status).send(looking.body)
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send(refusal(status, 'injected').body)

      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      const beganMs = clock.now()
      const firstMs = drawMs(profile.firstToken, chance)
      try {
        const words = looking.jpeg === undefined ? [] : await reader.read(looking.jpeg, scope.signal)
        const text = looking.jpeg === undefined ? 'There is no picture.' : shownText(words)
        const tokens = text.length / TOKEN_LETTERS
        const dueMs = beganMs + firstMs + (tokens * 1_000) / profile.tokensPerSecond
        await clock.sleep(dueMs - clock.now(), scope.signal)
        switch (line.fate()) {
          case 'send':
            return answerOf(text, model, looking)
          case 'malformed':
            return reply.type('application/json').send('{"candidates": [{"content"')
          case 'drop':
          case 'stall':
            await once(scope.signal, 'abort')
            return reply
        }
      } catch (error) {
        if (scope.signal.aborted) return reply
        const problem = error instanceof UnreadablePicture ? unreadable() : refusal(500, String(error))
        return reply.code(problem.status).send(problem.body)
      }
    })
  })
}

/** The answer within its tokens, of which thoughts take theirs first. */
function answerOf(text: string, model: string, { mostTokens, thinkingBudget, jpeg }: Looking): object {
  const most = mostTokens ?? Number.POSITIVE_INFINITY
  const thoughts = Math.min(thinkingBudget === 0 ? 0 : THOUGHTS, most)
  const said = text.slice(0, (most - thoughts) * TOKEN_LETTERS)
  const candidates = Math.ceil(said.length / TOKEN_LETTERS)
  const prompt = 200 + (jpeg === undefined ? 0 : PICTURE_TOKENS)
  return {
    candidates: [
      {
        content: { ...(said !== '' && { parts: [{ text: said }] }), role: 'model' },
        finishReason: said.length < text.length ? 'MAX_TOKENS' : 'STOP',
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: candidates,
      totalTokenCount: prompt + candidates + thoughts,
      ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
    },
    modelVersion: model,
    responseId: 'sandbox',
  }
}
