import { expect, test } from 'vitest'
import { modelAsked, signatureOf } from '../../../src/sandbox/gemini/model-rules.ts'

const NEW = 'gemini-3.5-flash-lite'
const user = (...parts: readonly object[]) => ({ role: 'user', parts })
const model = (...parts: readonly object[]) => ({ role: 'model', parts })
const HELLO = user({ text: 'Hello.' })
const call = (more: object = {}, id?: string) => ({
  functionCall: { name: 'book', args: {}, ...(id && { id }) },
  ...more,
})
const result = (id?: string) => ({
  functionResponse: { name: 'book', response: { output: 'Booked.' }, ...(id && { id }) },
})
const SIGNED = { thoughtSignature: signatureOf(NEW) }
const contents = (...given: readonly object[]) => ({ contents: given })
const thinking = (thinkingConfig: object) => ({ ...contents(HELLO), generationConfig: { thinkingConfig } })

test.each([
  ['nothing', {}, 'contents is not specified'],
  ['an empty text', contents(user({ text: '' })), 'empty text parameter'],
  ['a part with nothing in it', contents(user({})), 'one initialized field'],
  ['a field that it does not know', { ...contents(HELLO), messages: [] }, 'Unknown name "messages"'],
  ['the model last', contents(HELLO, model({ text: 'Hi' })), 'last turn has the role model'],
  ['a call that is not signed', contents(HELLO, model(call()), user(result())), 'missing a thought_signature'],
  [
    'a second step that is not signed',
    contents(HELLO, model(call(SIGNED)), user(result()), model(call()), user(result())),
    'missing a thought_signature',
  ],
  [
    'a signature of another model',
    contents(HELLO, model(call({ thoughtSignature: 'c2ln' })), user(result())),
    'Corrupted thought signature',
  ],
  [
    'fewer results than calls',
    contents(HELLO, model(call(SIGNED), call()), user(result())),
    'number of function response parts',
  ],
  [
    'a result with another id',
    contents(HELLO, model(call(SIGNED, 'a')), user(result('b'))),
    'comes immediately after a function call',
  ],
  [
    'a call after the model',
    contents(model(call(SIGNED)), user(result())),
    'function call turn comes immediately after a user turn',
  ],
  ['a level that is none', thinking({ thinkingLevel: 'NONE' }), 'thinking_level'],
  ['a budget and a level', thinking({ thinkingBudget: 0, thinkingLevel: 'LOW' }), 'only set only one'],
])('%s is refused', (_, body, why) => {
  expect(modelAsked(body, NEW)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining(why) } },
  })
})

test.each([
  [
    'parallel calls of which the first is signed',
    contents(HELLO, model(call(SIGNED), call()), user(result(), result())),
  ],
  [
    'a call of another model',
    contents(HELLO, model(call({ thoughtSignature: 'skip_thought_signature_validator' })), user(result())),
  ],
  [
    'an unsigned call of an earlier turn',
    contents(HELLO, model(call()), user(result()), model({ text: 'Done.' }), HELLO),
  ],
])('%s is taken', (_, body) => {
  expect(modelAsked(body, NEW)).not.toHaveProperty('status')
})

test('what each model thinks differs', () => {
  expect(modelAsked(thinking({ thinkingLevel: 'LOW' }), 'gemini-2.5-flash')).toMatchObject({ status: 400 })
  expect(modelAsked(thinking({ thinkingBudget: 0 }), 'gemini-2.5-pro')).toMatchObject({ status: 400 })
  expect(modelAsked(thinking({ thinkingLevel: 'MINIMAL' }), 'gemini-3.1-pro')).toMatchObject({ status: 400 })
  expect(modelAsked(thinking({ thinkingBudget: 0 }), 'gemini-2.5-flash')).not.toHaveProperty('status')
})
