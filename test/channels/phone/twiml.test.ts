import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { twiml } from '../../../src/channels/phone/twiml.ts'
import { allLanguages } from '../../../src/languages/languages.ts'
import { parseTwiml } from '../../../src/sandbox/twilio/twiml.ts'

const FOLDER = new URL('../../../twiml/', import.meta.url)
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.xml'))
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8')
const verbsOf = (file: string): readonly string[] => parseTwiml(read(file)).map(({ verb }) => verb)
const namesIn = (file: string): readonly string[] => [
  ...new Set([...read(file).matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1] ?? '')),
]
const answer = twiml<'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('answer.xml')
const urls = { streamUrl: 'wss://a/s', streamStatusUrl: 'https://a/t', nextUrl: 'https://a/n' }

test.each(files)('%s is valid TwiML', file => {
  const values = Object.fromEntries(namesIn(file).map(name => [name, 'https://example.com/x']))
  expect(parseTwiml(twiml<string>(file)(values)).length).toBeGreaterThan(0)
})

test.each(
  allLanguages()
    .map(({ code }) => code)
    .filter(code => code !== 'en'),
)('all that has words for callers is there in %s, with the same verbs', code => {
  const withWords = files.filter(file => !file.includes('/') && read(file).includes('<Say'))
  expect(withWords.length).toBeGreaterThan(0)
  for (const file of withWords) {
    expect(read(`${code}/${file}`)).toContain(`<Say language="${code}-`)
    expect([verbsOf(`${code}/${file}`), namesIn(`${code}/${file}`)]).toEqual([verbsOf(file), namesIn(file)])
  }
})

test('values are escaped', () => {
  const text = answer({ ...urls, pass: `<&>"'` })
  expect(text).toContain('value="&lt;&amp;&gt;&quot;&apos;"')
})

test('no value escapes from its attribute', () => {
  const printable = fc.string({ unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(printable, pass => {
      const [connect] = parseTwiml(answer({ ...urls, pass }))
      expect(JSON.stringify(connect)).toContain(JSON.stringify(pass))
    }),
  )
})

test('a value that looks like a name is not filled in, and a dollar sign is not special', () => {
  const text = answer({ ...urls, pass: `{{nextUrl}} $& $1` })
  expect(text).toContain('value="{{nextUrl}} $&amp; $1"')
})

test('a missing value is an error that names the file and the value', () => {
  const incomplete = twiml<'number'>('transfer.xml')
  expect(() => incomplete({ number: '+15551234567' })).toThrow('twiml/transfer.xml asks for {{nextUrl}}')
})

test('a missing file is an error at once', () => {
  expect(() => twiml('nothing.xml')).toThrow('nothing.xml')
})
