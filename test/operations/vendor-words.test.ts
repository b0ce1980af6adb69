import fc from 'fast-check'
import { expect, test } from 'vitest'
import { vendorWords } from '../../src/operations/vendor-words.ts'

test.each([
  ['OpenAI: 401 Incorrect API key provided.', 'OpenAI: 401 Incorrect API key provided.'],
  [
    "OpenAI: 400 Missing required parameter: 'messages[1].content'.",
    "OpenAI: 400 Missing required parameter: 'messages[1].content'.",
  ],
  ['404 The model `gpt-4o-mini` does not exist', '404 The model `gpt-4o-mini` does not exist'],
  ['Cartesia: 402 {"title":"quota","message":"I want apricots"}', 'Cartesia: 402 …'],
  ['400 Invalid text: "I want apricots" is not allowed', '400 Invalid text: … is not allowed'],
  ['400 Invalid text: "I want apric', '400 Invalid text: …'],
  ['400 [apricots]', '400 …'],
  ["400 the prompt 'apricots' was refused, don't repeat it", "400 the prompt … was refused, don't repeat it"],
  ['429 user +1 (555) 123-4567 or ann@example.com has no quota', '429 user … or … has no quota'],
  ['502\n\n<html>\n bad gateway', '502 <html> bad gateway'],
])('%s is logged as %s', (why, logged) => {
  expect(vendorWords(why)).toBe(logged)
})

test('whatever is quoted, none of it is left, and no more than 200 letters', () => {
  const quotes = fc.constantFrom(['"', '"'], ['“', '”'], ['`', '`'], ['[', ']'], ['{"a":"', '"}'])
  fc.assert(
    fc.property(
      quotes,
      fc.constantFrom('apricots', 'I want apricots', '15551234567', 'O Brien, apricots!'),
      fc.nat(400),
      ([open, close], said, length) => {
        const logged = vendorWords(`400 ${'x '.repeat(length / 2)}refused: ${open}${said}${close}`)
        expect(logged).not.toContain('apricots')
        expect(logged).not.toContain('1555')
        expect(logged.length).toBeLessThanOrEqual(201)
      },
    ),
  )
})
