import { expect, test } from 'vitest'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'
import { spanish } from '../../src/languages/spanish.ts'

const LANGUAGES = { english, german, spanish } as const
type Name = keyof typeof LANGUAGES

/** The shorter of two runs, in ms of this process alone. */
function costMs(text: string, name: Name): number {
  const costs = [0, 1].map(() => {
    const before = process.cpuUsage()
    speakable(text, LANGUAGES[name])
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return Math.min(...costs)
}

const ENDLESS = [
  ...[
    '`',
    '```',
    '[',
    '[a](',
    '<a ',
    '<',
    '1,',
    '1-',
    '1.',
    'a.',
    'a@',
    'A.',
    '&',
    ' ',
    '\n',
    '- ',
    '(',
    '$1,',
    '½',
    '12:',
  ],
  ...[
    '5x',
    '1/',
    '1.000',
    '1 Uhr ',
    'Str.',
    '1. ',
    "1'",
    '1 000 ',
    '€1-',
    '0 ',
    'am 1.',
    '1-1',
    '-',
    'h1',
    'a. ',
    '1 a. m. ',
    'n.º',
    'Sr. ',
    '1.º ',
    ...[
      'press 1 or ',
      'call 911 or ',
      'XIV ',
      'II. ',
      'DE89 ',
      'DE893704',
      '1e5',
      '10⁻',
      '₂',
      '1/4 kg ',
      '1h 5m ',
      '24.–',
    ],
    ...[
      '1 000,',
      '5 € ',
      'a.pdf',
      '800-A',
      '* ',
      '#',
      'Sat and ',
      'Mo und ',
      '1,00,',
      '1.000.000.',
      'niño/a',
      'Ludwig V. ',
    ],
  ],
]
const LANGUAGES_AND_UNITS = (Object.keys(LANGUAGES) as Name[]).flatMap(name =>
  ENDLESS.map(unit => [name, unit] as const),
)

test.each(LANGUAGES_AND_UNITS)('the work in %s grows with the length of the text: endless %j', (name, unit) => {
  const [short, long] = [2_000, 32_000].map(length => costMs(unit.repeat(length / unit.length), name))
  // Sixteen times as long: the work of a square would be 256 times as much.
  expect(long).toBeLessThan(100 * Math.max(short ?? 0, 1))
})
