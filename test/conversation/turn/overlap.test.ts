import { expect, test } from 'vitest'
import { isEchoOf, isOwn, isShredsOf, judgeOverlap } from '../../../src/conversation/turn/overlap.ts'
import { english } from '../../../src/languages/english.ts'

test.each([
  ['', 'We open at noon', 'nothing'],
  ['…', 'We open at noon', 'nothing'],
  ['mm-hm', 'We open at noon', 'back-channel'],
  ['Okay, right.', 'We open at noon', 'back-channel'],
  ['I see', 'We open at noon', 'back-channel'],
  ['uh-huh, yeah, got it', 'We open at noon', 'back-channel'],
  ['I', 'We open at noon', 'nothing'],
  ["that's", 'We open at noon', 'nothing'],
  ["oh that's", 'We open at noon', 'back-channel'],
  ["that's right", 'We open at noon', 'back-channel'],
  ["that's wrong", 'We open at noon', 'interruption'],
  ['no', 'We open at noon', 'interruption'],
  ['yeah no', 'We open at noon', 'interruption'],
  ['yeah but', 'We open at noon', 'interruption'],
  ['stop', 'We open at noon', 'interruption'],
  ['open at', 'We open at noon', 'echo'],
  ['noon', 'We open at noon', 'echo'],
  ['at ten', 'We open at noon', 'interruption'],
  ['table', 'There is a table for four on Friday at seven', 'interruption'],
  ['a table', 'There is a table for four on Friday at seven', 'echo'],
])('"%s" over "%s" is %s', (words, heard, overlap) => {
  expect(judgeOverlap(words, heard, english)).toBe(overlap)
})

test.each([
  ['is this Paula', 'This is the line. Hello, this is Paula', true],
  ['what code four', 'What is the code of four digits?', true],
  ['code what', 'What is the code of four digits?', false],
  ['what code please', 'What is the code of four digits?', false],
  ['code', 'What is the code of four digits?', false],
  ['', 'What is the code?', false],
])('"%s" is shreds of "%s": %s', (words, heard, isShreds) => {
  expect(isShredsOf(words, heard)).toBe(isShreds)
  expect(judgeOverlap(words, '', english, heard) === 'echo').toBe(isShreds)
})

test('no words are an echo of nothing', () => {
  for (const heard of ['', 'We open at noon'])
    expect(['', '…'].map(text => isEchoOf(text, heard))).toEqual([false, false])
})

test('a sound is the agent’s own from a likeness of one half on', () => {
  expect([undefined, 0, 0.49, 0.5, 1].map(isOwn)).toEqual([false, false, false, true, true])
})

test.each(['mm hm', 'uh huh', 'mm-hmm', 'uh huh mm hm'])('"%s" said two hundred times is judged like once', sign => {
  const signs = `${sign} `.repeat(200)
  expect(judgeOverlap(signs, '', english)).toBe('back-channel')
  expect(judgeOverlap(`${signs} stop`, '', english)).toBe('interruption')
})
