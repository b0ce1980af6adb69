import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bestMatches } from '../../src/tasks/store/title-match.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

/**
 * Time must grow with the length of a text, not with its square. It is this thread's processor time, which other
 * programs on the machine do not change; a text that takes less than `FREE_MS` cannot hide a square at this length.
 */
const LENGTH = 8_000
const FREE_MS = 8
/** Eight times the text takes eight times the time, or sixty-four times if it grows with the square. */
const SHORTER = 8
const MOST_GROWTH = 22
/** The memory's cleaning and other programs in the processor's cache add to single measurements. */
const TRIES = 4
const TICKS_MS = 20

/** What regular expressions stumble over when it is repeated. */
const UNITS = [
  ...' aA1.,-\'’[{<\n:/"#_?!@+$\\|*~',
  ...[
    'a ',
    'a. ',
    '! ',
    '1,',
    '1,000',
    '1.',
    '1 ',
    'a.a',
    '@a',
    'a@a',
    '<a',
    '</',
    ' ,',
    '( ',
    "a's ",
    '1st ',
    '0x',
    'aa.',
  ],
  ...['mm', 'mm-', 'm ', 'uh ', 'uhm', 'hh', 'no ', 'yes ', 'okay ', "that's ", 'wait ', 'and ', 'i ', 'am '],
  ...['my ', 'my a ', 'the ', 'is ', 'can you ', 'what time ', 'call ', 'look ', 'one ', 'double ', 'two hundred '],
  ...['next ', 'in ', 'friday ', 'error', 'Error: ', 'MCP error ', 'AError', 'E_', 'at a ', 'at a:', 'status '],
  ...['system', 'system ', 'result of ', 'result of a', '\u0301', '\u200b', '😀', 'ß', 'ﷺ', 'I'],
]
const BEFORE = ['', '[', 'my ', 'system', 'result of ', '<a', 'what ', '"']
const AFTER = ['', '!', ': x', ' x', '. x', '\n', ' is?', '1']

interface Shape {
  readonly before: string
  readonly unit: string
  readonly after: string
}
const textOf = ({ before, unit, after }: Shape, length: number): string =>
  before + unit.repeat(Math.ceil(length / unit.length)) + after

function usedMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000
}

function onceMs(work: () => unknown): number {
  const before = process.threadCpuUsage()
  work()
  return usedMs(process.threadCpuUsage(before))
}

/** Measured over many runs, because some systems count processor time in ticks of 4 ms. */
function cpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage()
  for (let runs = 1; ; runs++) {
    work()
    const ms = usedMs(process.threadCpuUsage(before))
    if (ms >= TICKS_MS) return ms / runs
  }
}

const leastMs = (work: () => unknown): number => Math.min(...Array.from({ length: 3 }, () => cpuMs(work)))

/** Whether the time grows with the square, by the smallest of several measurements. */
function growsTooFast(run: (text: string) => unknown, shape: Shape): boolean {
  const long = textOf(shape, LENGTH)
  if (onceMs(() => run(long)) < FREE_MS) return false
  const short = textOf(shape, LENGTH / SHORTER)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const longMs = leastMs(() => run(long))
    if (longMs < FREE_MS || longMs < MOST_GROWTH * leastMs(() => run(short))) return false
  }
  return true
}

const anyShape = fc.record({
  before: fc.constantFrom(...BEFORE),
  unit: fc.oneof(
    fc.constantFrom(...UNITS),
    fc.tuple(fc.constantFrom(...UNITS), fc.constantFrom(...UNITS)).map(two => two.join('')),
  ),
  after: fc.constantFrom(...AFTER),
})

describe.each(Object.entries(TEXT_FUNCTIONS))('%s', (_, run) => {
  test('takes time in proportion to the text', () => {
    const slow = UNITS.map(unit => ({ before: '', unit, after: ': x' })).filter(shape => growsTooFast(run, shape))
    expect(slow).toEqual([])
    fc.assert(
      fc.property(anyShape, shape => !growsTooFast(run, shape)),
      { numRuns: 60, seed: 1 },
    )
  })
})

test('the measure finds a pattern whose time grows with the square', () => {
  const pattern = /\[\s*\/?\s*user\s*\]/
  expect(growsTooFast(text => pattern.test(text), { before: '[', unit: ' ', after: 'x' })).toBe(true)
})

describe('finding a title', () => {
  const long = 'abcdefghij'.repeat(18)
  const letter = (i: number): string => String.fromCharCode(97 + (i % 26))
  const ending = (i: number): string => letter(i) + letter(Math.floor(i / 26)) + letter(Math.floor(i / 676))
  test.each<[string, string, (i: number) => string]>([
    ['long words that are nearly alike', `${long}x`, i => long.slice(0, 170) + ending(i)],
    ['words of usual length that are nearly alike', 'abcdefghijklmnxyz', i => `abcdefghijklmn${ending(i)}`],
    ['many words that are nearly alike', 'abcde '.repeat(80).trim(), i => `abcd${letter(i)} `.repeat(33).trim()],
    [
      'words that all match the last word of a title',
      'abcdef '.repeat(20).trim(),
      i => `${Array.from({ length: 30 }, (_, j) => ending(i * 31 + j)).join(' ')} abcdeg`,
    ],
  ])('does a bounded amount of work for %s', (_, said, wordsOf) => {
    const titles = (count: number) => Array.from({ length: count }, (_, i) => ({ words: wordsOf(i) }))
    const [few, many] = [titles(1_250), titles(10_000)]
    const grows = Array.from({ length: TRIES }, () => {
      const manyMs = leastMs(() => bestMatches(said, many))
      return manyMs > 100 && manyMs > MOST_GROWTH * leastMs(() => bestMatches(said, few))
    })
    expect(grows).toContain(false)
  })
})
