// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is changed is code

import type { Mutation } from './mutations.ts'

type Change = Omit<Mutation, 'suite'>

/** Of what all language models share, and of chat completions. */
export const CHAT: readonly Change[] = [
  { file: 'chat/streamed-model.ts', from: '        else scope.abort(OVER)\n', to: '' },
  {
    file: 'chat/streamed-model.ts',
    from: 'throw signal.aborted || error instanceof ProviderError ? error : broken(title, error)',
    to: 'throw error',
  },
  {
    file: 'chat/streamed-model.ts',
    from: 'throw signal.aborted || error instanceof ProviderError ? error : broken(title, error)',
    to: 'throw broken(title, error)',
  },
  { file: 'chat/streamed-model.ts', from: 'const FIRST_TOKEN_MS = 3_500', to: 'const FIRST_TOKEN_MS = 3_500_000' },
  { file: 'chat/streamed-model.ts', from: 'const NEXT_TOKEN_MS = 3_000', to: 'const NEXT_TOKEN_MS = 3_000_000' },
  {
    file: 'chat/streamed-model.ts',
    from: 'throw refusal(title, response.status, answer)',
    to: 'throw new Error(answer)',
  },
  {
    file: 'chat/streamed-model.ts',
    from: 'body: JSON.stringify(request),\n        signal,',
    to: 'body: JSON.stringify(request),',
  },
  {
    file: 'chat/chat-model.ts',
    from: 'if (!isComplete) throw new ProviderError',
    to: 'if (isComplete) throw new ProviderError',
  },
  {
    file: 'chat/chat-model.ts',
    from: "      if (text !== '') yield { kind: 'text', text }\n",
    to: '      if (text);\n',
  },
  { file: 'chat/chat-model.ts', from: 'if (used) yield tokens(used.input, used.output, used.cached)', to: '' },
  {
    file: 'chat/chat-model.ts',
    from: 'used = chunk.used ?? used',
    to: 'used = chunk.used ?? used\n      if (used) yield tokens(used.input, used.output, used.cached)',
  },
  { file: 'chat/chat-model.ts', from: "for (const call of calls) yield { kind: 'tool-call', call }", to: '' },
  { file: 'chat/failure.ts', from: 'given === 429 || given >= 500', to: 'given >= 500' },
  {
    file: 'chat/failure.ts',
    from: 'const why = given === undefined ? message : `${given} ${message}`',
    to: 'const why = message',
  },
  // The stand-ins answer in ASCII, of which no letter is cut.
  {
    file: 'chat/answer-events.ts',
    from: 'decoder.decode(chunk, { stream: true })',
    to: 'new TextDecoder().decode(chunk)',
    own: 'chat/answer-events.test.ts',
  },
]

export const ANTHROPIC: readonly Change[] = [
  // What the vendor refuses.
  { file: 'anthropic/anthropic.ts', from: ", 'anthropic-version': API_VERSION", to: '' },
  { file: 'anthropic/request.ts', from: '...(content ? [{', to: '...(true ? [{' },
  { file: 'anthropic/request.ts', from: 'input: JSON.parse(args) as unknown', to: 'input: args' },
  {
    file: 'anthropic/request.ts',
    from: "{ type: 'tool_result', tool_use_id: message.tool_call_id",
    to: "{ type: 'tool_result', tool_use_id: 'a'",
  },
  { file: 'anthropic/request.ts', from: 'stream: true', to: 'stream: false' },
  // What it tells.
  {
    file: 'anthropic/answer.ts',
    from: "if (!isComplete) throw new ProviderError(PROVIDER, 'the answer broke off'",
    to: "if (isComplete) throw new ProviderError(PROVIDER, 'the answer broke off'",
  },
  {
    file: 'anthropic/answer.ts',
    from: "if (told.type === 'message_stop') break",
    to: "if (told.type === 'content_block_stop') break",
  },
  // The stand-in tells a call's arguments at once, and has no cache.
  {
    file: 'anthropic/answer.ts',
    from: 'arguments: pieces || whole',
    to: 'arguments: whole',
    own: 'minds/anthropic.test.ts',
  },
  { file: 'anthropic/answer.ts', from: ' + cached\n', to: '\n', own: 'minds/anthropic.test.ts' },
]

export const GEMINI: readonly Change[] = [
  { file: 'gemini/request.ts', from: '(index === 0 ? NOT_SIGNED_HERE : undefined)', to: 'undefined' },
  { file: 'gemini/request.ts', from: 'made.set(call.id, { name, id })', to: 'made.set(call.id, { name })' },
  { file: 'gemini/request.ts', from: 'args: JSON.parse(args) as unknown', to: 'args' },
  { file: 'gemini/answer.ts', from: "for (const call of calls) yield { kind: 'tool-call', call }", to: '' },
  { file: 'gemini/answer.ts', from: 'used = usageMetadata ?? used', to: '' },
  { file: 'gemini/model.ts', from: '?alt=sse', to: '' },
  // Turns of the same side in a row, which the service takes at times; an end that is none is nothing by its wire.
  {
    file: 'gemini/request.ts',
    from: 'last?.role === role',
    to: 'false',
    own: 'minds/any-history.test.ts',
  },
  {
    file: 'gemini/answer.ts',
    from: "if (!finish) throw problem('the answer broke off', true)",
    to: "finish ??= { reason: 'STOP', message: undefined }",
    own: 'minds/gemini.test.ts',
  },
]

export const RESPONSES: readonly Change[] = [
  {
    file: 'responses/request.ts',
    from: "...{ type: 'function_call', call_id: id, name, arguments: args },",
    to: "...{ type: 'function_call', call_id: name, name, arguments: args },",
  },
  { file: 'responses/request.ts', from: "case 'tool':\n", to: "case 'tool':\n      return []\n" },
  { file: 'responses/request.ts', from: 'stream: true', to: 'stream: false' },
  { file: 'responses/answer.ts', from: "case 'response.output_text.delta':", to: "case 'response.output_text.done':" },
  { file: 'responses/answer.ts', from: 'id: id ?? ownId()', to: "id: 'call'" },
  { file: 'responses/answer.ts', from: 'call.name = given?.name || call.name', to: '' },
  {
    file: 'responses/answer.ts',
    from: "if (!last) throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })",
    to: 'last ??= {}',
    own: 'minds/responses.test.ts',
  },
]
