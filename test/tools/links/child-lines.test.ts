import { expect, test } from 'vitest'
import { lineReader } from '../../../src/tools/links/child-lines.ts'

function reading(mostBytes = 10) {
  const read = lineReader(mostBytes)
  return (text: string): readonly string[] => read(Buffer.from(text))
}

test('lines come whole, however they were cut, and the last one when its end has come', () => {
  const read = reading()
  expect([read('a'), read('b\nc'), read('\n\nd\ne'), read(''), read('f\n')]).toEqual([
    [],
    ['ab'],
    ['c', '', 'd'],
    [],
    ['ef'],
  ])
})

test('a letter that is cut in the middle is whole again', () => {
  const read = lineReader(10)
  const bytes = Buffer.from('ä\n')
  expect([read(bytes.subarray(0, 1)), read(bytes.subarray(1))]).toEqual([[], ['ä']])
})

test('a line may be so long and no longer, counted from its own begin', () => {
  const read = reading()
  expect(read('123456789\n1234567890')).toEqual(['123456789'])
  expect(read('\n12345')).toEqual(['1234567890'])
  expect(read('67890')).toEqual([])
  expect(() => read('1')).toThrow('a message of more than 10 bytes')
})

test('a line that ends in the piece with which it grows too long is too long', () => {
  const read = reading()
  read('12345')
  expect(() => read('678901\n')).toThrow('more than 10 bytes')
  expect(() => reading()('12345678901\n')).toThrow('more than 10 bytes')
})

test('what was too long is forgotten', () => {
  const read = reading()
  read('12345')
  expect(() => read('678901')).toThrow('more than 10 bytes')
  expect(read('\nab\n').at(-1)).toBe('ab')
})
