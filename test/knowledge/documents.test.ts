import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { decoded } from '../../src/knowledge/documents/decoded.ts'
import { type Document, DocumentError } from '../../src/knowledge/documents/document.ts'
import { readHtml } from '../../src/knowledge/documents/html.ts'
import { readMarkdown } from '../../src/knowledge/documents/markdown.ts'
import { piecesOf } from '../../src/knowledge/documents/pieces.ts'
import { documentOf } from '../../src/knowledge/documents/read-file.ts'
import { pdfOf } from './made-pdf.ts'
import { NEVER } from './opened.ts'

const said = ({ blocks }: Document): readonly string[] =>
  blocks.map(block => (block.kind === 'table' ? block.rows.join(' / ') : `${block.kind}: ${block.text}`))
const read = (bytes: Uint8Array, kind: 'html' | 'text' | 'pdf') => documentOf(bytes, kind, systemClock, NEVER)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

test('Markdown becomes headings, sentences without signs, entries of lists, code and tables', () => {
  const document = readMarkdown(`---
title: "The house"
---
# Ignored <!-- a note -->

It is **very** [old](https://example.com/x_y_z), see
![a picture](x.png) \`src/a_b.ts\` and _snake_case_name_.

Prices
------

- one
- two, which
  goes on

| what | price |
|---|--:|
| *tea* | 3 |

\`\`\`sh
# no heading
npm start
\`\`\``)
  expect(document.title).toBe('The house')
  expect(said(document)).toEqual([
    'heading: Ignored',
    'text: It is very old, see src/a_b.ts and snake_case_name.',
    'heading: Prices',
    'text: - one\n- two, which goes on',
    'what | price / tea | 3',
    'text: # no heading\nnpm start',
  ])
})

test('a page is read without the frame that its site has around it, and nothing in it is run', () => {
  const document =
    readHtml(`<!doctype html><html><head><title>Fees &amp; rules | Clinic</title><style>p{}</style></head>
<body><header class="site-header"><a href="/">Home</a></header><nav><ul><li>About<li>Contact</ul></nav>
<div id="cookie-banner">We use cookies</div>
<main><article><header><h1>Fees</h1></header><p>A visit is <b>40</b>&nbsp;€.<p>Unclosed
<table><caption>All</caption><tr><th>what<th>fee</tr><tr><td>X-ray</td><td>90</td></tr></table>
<script>alert('bad')</script><div style="display: none">hidden trap</div><div aria-hidden="true">icon</div>
<ul><li>cash</li><li>card</li></ul></article></main>
<aside>Advert</aside><footer>© 2026 Imprint</footer></body></html>`)
  expect(document.title).toBe('Fees')
  expect(said(document)).toEqual(
    [
      'heading: Fees',
      'text: A visit is 40 €.',
      'text: Unclosed',
      'what | fee / X-ray | 90',
      'text: - cash',
      'text: - card',
    ].toSpliced(3, 0, 'text: All'),
  )
})

test('a page that is all frame is read as it is', () => {
  expect(said(readHtml('<nav>Open daily from nine to five</nav>'))).toEqual(['text: Open daily from nine to five'])
})

test('a page is read as deep as people write, and one that is a trap is refused at once', () => {
  const nested = (deep: number): string => `${'<div>'.repeat(deep)}found${'</div>'.repeat(deep)}`
  expect(said(readHtml(nested(1_000)))).toEqual(['text: found'])
  expect(() => readHtml(nested(1_000_000))).toThrow('elements inside each other')
})

test.each([
  ['UTF-8', utf8('Größe'), 'Größe'],
  ['UTF-8 with a mark', new Uint8Array([0xef, 0xbb, 0xbf, ...utf8('Größe')]), 'Größe'],
  ['UTF-16, little first', new Uint8Array([0xff, 0xfe, ...new Uint8Array(Buffer.from('Größe', 'utf16le'))]), 'Größe'],
  ['Western European', Uint8Array.from(Buffer.from('Größe', 'latin1')), 'Größe'],
])('a file in %s is read', (_, bytes, text) => {
  expect(decoded(bytes, false)).toBe(text)
})

test('a page says by itself which letters it is written in', () => {
  const page = Buffer.concat([Buffer.from('<meta charset="iso-8859-2">'), Buffer.from([0xb1])])
  expect(decoded(page, true)).toBe('<meta charset="iso-8859-2">ą')
})

test.each([
  ['a program', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), 'text', 'is no text'],
  ['spaces', utf8(' \n\n \t'), 'text', 'has no text'],
  ['a page of pictures', utf8('<body><img src="a.png"></body>'), 'html', 'has no text'],
  ['no PDF', utf8('%PDF-1.4 nonsense'), 'pdf', 'is no PDF that can be read'],
] as const)('%s is refused in words', async (_, bytes, kind, why) => {
  const failed = read(bytes, kind)
  await expect(failed).rejects.toThrow(DocumentError)
  await expect(failed).rejects.toThrow(why)
})

test('the pages of a PDF are read, without the line that stands on each of them', async () => {
  const document = await read(
    pdfOf([
      ['ACME', 'Bring your card.'],
      ['ACME', 'Park behind.'],
      ['ACME', 'No dogs.'],
    ]),
    'pdf',
  )
  expect(said(document)).toEqual([
    'heading: Page 1',
    'text: Bring your card.',
    'heading: Page 2',
    'text: Park behind.',
    'heading: Page 3',
    'text: No dogs.',
  ])
})

test('a PDF without text says so', async () => {
  await expect(read(pdfOf([[]]), 'pdf')).rejects.toThrow('is a PDF without text: its pages are pictures')
})

const cut = (text: string) => piecesOf(readMarkdown(text), 'file')

test('a piece has the headings above it, and a deeper one ends with the next of its level', () => {
  const pieces = cut('# House\nFirst.\n## Rooms\nTwo.\n### Bath\nWarm.\n## Garden\nGreen.')
  expect(pieces.map(({ titles, text }) => `${titles.join(' › ')}: ${text}`)).toEqual([
    'House: First.',
    'House › Rooms: Two.',
    'House › Rooms › Bath: Warm.',
    'House › Garden: Green.',
  ])
})

test('a long section is cut between sentences, and a part begins with the last sentence of the one before', () => {
  const sentences = Array.from({ length: 60 }, (_, i) => `This is the sentence number ${i} of src/file.ts here.`)
  const pieces = cut(`# Long\n${sentences.join(' ')}`)
  expect(pieces.length).toBeGreaterThan(2)
  for (const { text } of pieces) {
    expect(text.length).toBeLessThanOrEqual(1_100)
    expect(text).toMatch(/^This is the sentence.*here\.$/s)
  }
  const [first = '', second = ''] = pieces.map(({ text }) => text.split('. ').at(-1)?.replace(/\.$/, ''))
  expect(pieces[1]?.text.startsWith(first)).toBe(true)
  expect(second).not.toBe(first)
})

test('words without an end are cut, too', () => {
  const pieces = cut(`# Long\n${Array.from({ length: 2_500 }, (_, i) => i).join('')} ${'😀'.repeat(2_000)}`)
  expect(
    pieces
      .map(({ text }) => text)
      .join('')
      .replaceAll(/\s/g, '').length,
  ).toBeGreaterThanOrEqual(9_890)
  for (const { text } of pieces) expect(text.isWellFormed() && text.length <= 1_200).toBe(true)
})

test('a huge table is cut by rows, each part with the names of its columns', () => {
  const rows = Array.from({ length: 500 }, (_, i) => `| thing ${i} | ${i} € |`)
  const pieces = cut(`# Prices\n| what | price |\n|---|---|\n${rows.join('\n')}`)
  expect(pieces.length).toBeGreaterThan(5)
  for (const { text } of pieces) expect(text.startsWith('what | price\n')).toBe(true)
  expect(pieces.map(({ text }) => text).join('\n')).toContain('thing 499 | 499 €')
})

test('what stands twice under one heading is one piece', () => {
  expect(cut('# A\nSame.\n# A\nSame.')).toHaveLength(1)
})

test('reading takes time as a text is long, and no more', () => {
  const nasty = ['<!--', '[', '![', '*', '_', '<', '`', '|', '> ', '#'].map(sign => sign.repeat(40_000)).join('\n')
  const begun = process.cpuUsage()
  readMarkdown(nasty)
  readHtml(nasty)
  // A square of it would take minutes.
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(20)
})
