import fc from 'fast-check'
import type { Message, ToolCall } from '../../../src/conversation/ports.ts'

export const caller = (text: string): Message => ({ role: 'caller', text })
export const agent = (text: string, interrupted = false): Message => ({ role: 'agent', text, interrupted })
export const tool = (call: Partial<ToolCall>, ...[result]: readonly (string | undefined)[]): Message => ({
  role: 'tool',
  call: { id: 'a', name: 'book', arguments: '{}', ...call },
  result,
})

export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '\n', '\ud800', 'a\udfffb', 'nul\0', 'Hello.', 'x'.repeat(20_000)),
)
const anyName = fc.oneof(
  fc.constantFrom(
    '',
    'book',
    'functions.book',
    'multi_tool_use.parallel',
    '予約',
    'a'.repeat(70),
    'two words',
    '\ud800',
  ),
  fc.string(),
)
const anyArguments = fc.oneof(
  fc.constantFrom('', 'null', '[]', '"text"', '{"a":', '5', '{"a":"\\ud800"}', `{"a":"${'x'.repeat(9_000)}"}`, '[['),
  fc.json(),
  fc.string({ unit: 'binary' }),
)
const anyId = fc.oneof(fc.constantFrom('', 'a', 'call_1', 'i'.repeat(60), 'chatcmpl-tool-\ud800'), fc.string())
/** What came with calls, of this and of other vendors. */
const extra = fc.constantFrom(
  undefined,
  { extra_content: { google: { thought_signature: 'sig' } } },
  { gemini: { model: 'gemini-3-pro', id: 'fc1', thoughtSignature: 'sig' } },
  { gemini: 'nothing that we have made' },
  { anthropic: { model: 'claude-opus-4', thoughts: [{ type: 'thinking', thinking: '', signature: 'sig' }] } },
)
/** Anything that a conversation may leave behind. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  anyText.map(caller),
  fc.tuple(anyText, fc.boolean()).map(([text, cut]) => agent(text, cut)),
  fc
    .tuple(anyId, anyName, anyArguments, fc.option(anyText, { nil: undefined }), extra)
    .map(([id, name, args, result, kept]) => tool({ id, name, arguments: args, ...(kept && { extra: kept }) }, result)),
)
