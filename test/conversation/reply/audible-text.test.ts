import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AudibleText } from '../../../src/conversation/reply/audible-text.ts'

function heardOf(...parts: readonly string[]): string {
  const audible = new AudibleText()
  return parts.map(part => audible.push(part)).join('') + audible.rest()
}

test.each([
  ['<think>He greets me.</think>Hello!', 'Hello!'],
  ['<think>\nOne <b>two</b>.\n</think>\n\nHello!', '\n\nHello!'],
  ['<think>a<think>b</think>c</think>Hello!', 'Hello!'],
  ['<Thinking budget="5">x</THINKING>Hello!', 'Hello!'],
  ['<think/>Hello!', 'Hello!'],
  ['</think>Hello!', 'Hello!'],
  ['Hello! <think>It never ends. Hello', 'Hello! '],
  ['[THINK]x[/THINK]Hello!', 'Hello!'],
  ['◁think▷x◁/think▷Hello!', 'Hello!'],
  ['<|channel|>Hello!<|im_end|>', 'Hello!'],
  ['<tool_call>{"name": "a<b"}</tool_call>Hello!', 'Hello!'],
  ['<!-- a <b> note -->Hello!', 'Hello!'],
  ['Hi <break time="1s"/>there', 'Hi there'],
  ['One<br>two', 'One\ntwo'],
  ['5 < 6 and x<y and y>z', '5 < 6 and x<y and y>z'],
  ['I <3 you', 'I <3 you'],
  ['Mail <a.b@example.com> or <https://example.com>', 'Mail a.b@example.com or https://example.com'],
  ['Two … [interrupted by the caller here: the rest was not heard]', 'Two … '],
  ['Two … [interrupted by the caller here', 'Two … '],
  ['Two [int', 'Two '],
  ['Two [or three', 'Two or three'],
  ['Yes! [laughs] No. […]', 'Yes!  No. '],
  ['See [the list](https://example.com/a_(b)).', 'See the list.'],
  ['See [the list][1] and ![it](x.png).', 'See the list and .'],
  ['Great![1] Yes', 'Great! Yes'],
  ['```json\n{"a": 1}\n```\nDone.', '\nDone.'],
  ['```\nDone.\n```', '\nDone.\n'],
  ['Use `a` and ``b``.', 'Use `a` and ``b``.'],
  ['Zero\u200bwidth\u0000', 'Zerowidth'],
])('of %j is heard %j, also character by character', (written, heard) => {
  expect(heardOf(written)).toBe(heard)
  expect(heardOf(...written)).toBe(heard)
})

test.each([
  ['what ends in a line that is not over', '[a\n', '[a\n'],
  ['a note with another one in it', '[a [b', '[a '],
  ['what is too long for a note', `[${'a'.repeat(300)}`, `[${'a'.repeat(300)}`],
  ['a sign that begins no tag', '5 < 6', '5 < 6'],
  ['what is too long for a tag', `<a ${'b'.repeat(300)}`, `<a ${'b'.repeat(300)}`],
  ['a fence that is none', '```a`b', 'a`b'],
  ['a link that is too long', `[a](${'b'.repeat(3_000)}`, `a(${'b'.repeat(3_000)}`],
])('%s is passed on at once, as it can be nothing else any more', (_, written, heard) => {
  // Whether a bracket is heard is another matter: the words do not wait.
  const words = (text: string): string => text.replace(/[[\]]/g, '')
  expect(words(new AudibleText().push(written))).toBe(words(heard))
})

test.each(['[a', '<a', '</thi', '```js', '![a](b', '[a]('])('%j waits for what it becomes', written => {
  const audible = new AudibleText()
  expect(audible.push(`x ${written}`)).toBe('x ')
  expect(audible.rest()).not.toBe('')
})

const fragment = fc.constantFrom(
  ...['<', '>', '</', 'think', '<think>', '</think>', '[', ']', '(', ')', '](', '!', '`', '```', '\n', 'a', ' ', '@'],
  ...['interrupted', '<b>', '-->', '<!--', '="', '◁', '▷', 'json', '.', '😀', '\u200b'],
)

test('what is heard does not depend on the parts in which the text came', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 25 }), parts => {
      const whole = parts.join('')
      expect(heardOf(...parts)).toBe(heardOf(whole))
      expect(heardOf(...whole)).toBe(heardOf(whole))
      expect(heardOf(whole).length).toBeLessThanOrEqual(whole.length)
    }),
    { seed: 7, numRuns: 3_000 },
  )
})

test('plain words are passed on as they come', () => {
  const audible = new AudibleText()
  for (const part of ['Yes', ', it is', ' 5.', ' Good']) expect(audible.push(part)).toBe(part)
  expect(audible.push(' now <')).toBe(' now ')
  expect(audible.push(' 6 or')).toBe('< 6 or')
  expect(audible.rest()).toBe('')
})
