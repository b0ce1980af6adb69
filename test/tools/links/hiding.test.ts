import { expect, test } from 'vitest'
import { hiding } from '../../../src/tools/links/hiding.ts'
import { withoutSecrets } from '../../../src/tools/running/with-texts.ts'

const SECRET = 'sk-Live_4f9ZqT7x'
const hide = hiding([SECRET, 'short'])
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const spread = (between: string): string => [...SECRET].join(between)
const mapped = (change: (code: number) => string): string =>
  [...SECRET].map(sign => change(sign.codePointAt(0) ?? 0)).join('')
const hex = (code: number): string => code.toString(16).padStart(2, '0')

test.each([
  ['as it is', SECRET],
  ['twice', `${SECRET} and ${SECRET}`],
  ['in capitals', SECRET.toUpperCase()],
  ['with zero-width spaces', spread('\u200b')],
  ['with zero-width joiners', spread('\u200d')],
  ['with word joiners and soft hyphens', spread('\u2060\u00ad')],
  ['with variation selectors', spread('\ufe0f')],
  ['with tag characters', spread('\u{e0020}')],
  ['struck through', spread('\u0336')],
  ['split by spaces', spread(' ')],
  ['split by line ends', spread('\n')],
  ['split by dots and dashes', spread('.-')],
  ['split in the middle', `${SECRET.slice(0, 8)} ${SECRET.slice(8)}`],
  ['in full width', mapped(code => String.fromCodePoint(code + 0xfee0))],
  ['in bold letters', SECRET.replace(/[A-Z]/g, sign => String.fromCodePoint(0x1d400 + sign.charCodeAt(0) - 65))],
  ['in circled letters', SECRET.replace(/[a-z]/g, sign => String.fromCodePoint(0x24d0 + sign.charCodeAt(0) - 97))],
  ['percent-encoded', mapped(code => `%${hex(code)}`)],
  ['percent-encoded twice', mapped(code => `%25${hex(code)}`)],
  ['percent-encoded in part', SECRET.replace('_', '%5F').replace('Z', '%5a')],
  ['as JavaScript escapes', mapped(code => `\\u00${hex(code)}`)],
  ['as hexadecimal escapes', mapped(code => `\\x${hex(code)}`)],
  ['as HTML entities', mapped(code => `&#${code};`)],
  ['as hexadecimal HTML entities', mapped(code => `&#x${hex(code)};`)],
  ['in hex', Buffer.from(SECRET).toString('hex')],
  ['in hex with colons', mapped(code => `${hex(code)}:`)],
  ['in base64', base64(SECRET)],
  ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ['in base64 after one more byte', base64(`a${SECRET}`)],
  ['in base64 after two more bytes', base64(`me${SECRET}`)],
  ['in base64 as a user and a password', `Basic ${base64(`someone:${SECRET}`)}`],
  ['in base64 with line ends', base64(SECRET).replace(/(.{5})/g, '$1\r\n')],
  ['in base64 twice', base64(base64(SECRET))],
])('a secret is hidden %s', (_, written) => {
  const told = hide(`The key is ${written}, said the server.`)
  expect(told).toContain('(hidden)')
  expect(told).toMatch(/^The key is .*, said the server\.$/s)
  const letters = told.replace(/\(hidden\)|[^\p{L}\p{N}]/gu, '').toLowerCase()
  expect(letters.length).toBeLessThan('thekeyissaidtheserverbasicsomeoneand'.length + 8)
})

test.each([
  'Call the vendor about the 4f9 report.',
  'short',
  'Sky live 4 of 9: a quiz at 7.',
  '100% & more \\ less &amp; so on %zz &#9999999;',
  base64('Nothing to see here, nothing at all.'),
])('"%s" stays as it is', text => {
  expect(hide(text)).toBe(text)
})

test('a secret that holds signs or escapes is hidden in its own form', () => {
  for (const secret of ['%41%42%43%44', 'a&b<c>d"e', '!!??##==', 'ключ-доступа', '密碼密碼密碼']) {
    expect(hiding([secret])(`It is ${secret}.`)).toBe('It is (hidden).')
  }
  expect(hiding(['a&b<c>d"eff'])('It is a&amp;b&lt;c&gt;d&quot;eff.')).toBe('It is (hidden).')
})

test('a secret that is split over the texts of a result is hidden too', () => {
  const texts = [SECRET.slice(0, 6), SECRET.slice(6), 'and more'].map(text => ({ type: 'text' as const, text }))
  expect(withoutSecrets({ content: texts }, hide).content).toEqual([{ type: 'text', text: '(hidden) and more' }])
})

test('the parts of a large result that nobody reads are not searched, and not told', () => {
  const long = Array.from({ length: 40 }, () => ({ type: 'text' as const, text: 'x'.repeat(19_000) }))
  const { content } = withoutSecrets({ content: long, structuredContent: { key: SECRET } }, hide)
  expect(JSON.stringify(content)).not.toContain(SECRET)
  expect(JSON.stringify(content).length).toBeLessThan(21_000)
})
