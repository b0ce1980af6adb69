import { expect, test } from 'vitest'
import type { SeenWord } from '../../../src/sandbox/gemini/screen-reader.ts'
import { shownText } from '../../../src/sandbox/gemini/seen-text.ts'

/** The words of one line; three spaces or more are a wide gap. */
function line(text: string, height = 16): readonly SeenWord[] {
  const found = [...text.matchAll(/\S+/g)]
  return found.map(({ 0: word, index }, at) => ({
    ...{ text: word, left: index * 10, right: (index + word.length) * 10, top: 0, bottom: height },
    ends: at === found.length - 1,
    sure: 0.9,
  }))
}

test('the largest letters are the heading; names, dates and deadlines come before the rest', () => {
  const words = [
    line('Mailbox'),
    line('Report for the board', 30),
    line('Hello there'),
    line('From: Dana'),
    line('The deadline is Friday, 12 June.'),
  ].flat()
  expect(shownText(words)).toBe(
    'The screen shows, as its heading: “Report for the board”. It reads: “From: Dana”; “The deadline is Friday, 12 June.”; “Mailbox”; “Hello there”.',
  )
})

test('what stands beside each other with a gap are two lines', () => {
  expect(shownText(line('Inbox         Hello there'))).toBe('The screen shows text. It reads: “Inbox”; “Hello there”.')
})

test('strokes and signs are not read, but a stroke alone in a line is the letter I', () => {
  expect(shownText([line('| ~ —'), line('| need it')].flat())).toBe('The screen shows text. It reads: “I need it”.')
})

test('a line of which no word is sure is none; one unsure word of others is kept', () => {
  const unsure = line('abc def').map(word => ({ ...word, sure: 0.1 }))
  const mixed = line('The deadline is Friday').map(word => ({ ...word, sure: word.text === 'deadline' ? 0.05 : 0.9 }))
  expect(shownText([...unsure, ...mixed])).toBe('The screen shows text. It reads: “The deadline is Friday”.')
})

test('a screen without text says so', () => {
  expect(shownText([])).toBe('The screen shows no text that can be read.')
})

test('a page full of text is cut at a line', () => {
  const text = shownText(Array.from({ length: 500 }, (_, at) => line(`This is the line ${at}`)).flat())
  expect(text.length).toBeLessThan(1_000)
  expect(text).toMatch(/”\.$/)
})
