import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Prompt } from '../../../src/conversation/ports.ts'
import { anthropicRequest } from '../../../src/providers/anthropic/request.ts'
import { chatRequest } from '../../../src/providers/chat/request.ts'
import { geminiRequest, mannersFor } from '../../../src/providers/gemini/request.ts'
import { responsesRequest } from '../../../src/providers/responses/request.ts'
import { messagesAsked } from '../../../src/sandbox/anthropic/request-rules.ts'
import { modelAsked } from '../../../src/sandbox/gemini/model-rules.ts'
import { responsesAsked } from '../../../src/sandbox/openai/responses-rules.ts'
import { anyMessage, anyText } from '../chat/any-message.ts'

const TOOL = { name: 'book', parameters: { type: 'object', properties: { x: { type: 'string' } } }, changes: true }
const anyPrompt: fc.Arbitrary<Prompt> = fc
  .tuple(fc.array(anyMessage, { maxLength: 12 }), anyText, fc.option(anyText), fc.boolean())
  .map(([history, instructions, context, hasTools]) => ({
    ...{ instructions, history, tools: hasTools ? [{ ...TOOL, description: instructions.slice(0, 900) }] : [] },
    ...(context !== null && { context }),
  }))
const sent = (request: object): unknown => JSON.parse(JSON.stringify(request))
const problem = (read: object): unknown => ('status' in read || 'error' in read ? read : undefined)

function takes(request: (prompt: Prompt) => object, read: (body: unknown) => object): void {
  fc.assert(
    fc.property(anyPrompt, prompt => {
      expect(problem(read(sent(request(prompt))))).toBeUndefined()
    }),
    { numRuns: 150 },
  )
}

test('any history is a valid request of the Responses API', () => {
  takes(prompt => responsesRequest('gpt-6-luna', prompt, { efforts: ['none'], isPlain: true }), responsesAsked)
})

test.each([
  ['claude-haiku-5-5', 'disabled'],
  ['claude-sonnet-5-5', 'between_tools'],
  ['claude-opus-5-5', 'adaptive'],
] as const)('any history is a valid request of %s', (model, thinking) => {
  takes(
    prompt => anthropicRequest(model, prompt, { thinking, returnsThoughts: true }),
    body => messagesAsked(body, () => false),
  )
})

test.each(['gemini-3.5-flash-lite', 'gemini-2.5-flash'])('any history is a valid request of %s', model => {
  takes(
    prompt => geminiRequest(model, prompt, mannersFor(model)),
    body => modelAsked(body, model),
  )
})

test('any history is turn about where a server takes neither tools nor instructions of their own', () => {
  fc.assert(
    fc.property(anyPrompt, prompt => {
      const without = new Set(['tools', 'system'] as const)
      const { messages, tools } = chatRequest('m', prompt, { without, efforts: [] })
      expect(tools).toBeUndefined()
      const roles = messages.map(({ role }) => role)
      expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')))
      expect(roles.at(-1)).toBe('user')
      for (const { content } of messages) expect(content?.trim()).not.toBe('')
    }),
    { numRuns: 150 },
  )
})
