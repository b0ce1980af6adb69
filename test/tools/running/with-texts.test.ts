import { expect, test } from 'vitest'
import { toolWithoutSecrets, withoutSecrets } from '../../../src/tools/running/with-texts.ts'

const hide = (text: string): string => text.replaceAll('sk-1', '(hidden)')
const text = (words: string) => ({ type: 'text' as const, text: words })

test('nothing that is said of a tool has a secret in it: titles, annotations, arguments; values that must be so stay', () => {
  const tool = {
    name: 'look',
    title: 'Looks with sk-1',
    description: 'Uses sk-1.',
    annotations: { title: 'sk-1 looks', readOnlyHint: true },
    inputSchema: {
      type: 'object' as const,
      properties: {
        key: { type: 'string', title: 'sk-1', description: 'As sk-1', default: 'sk-1', $comment: 'sk-1' },
        zone: { type: 'string', enum: ['sk-1', 'b'], default: 'b' },
      },
      required: ['zone'],
    },
    _meta: { 'partyline/idempotencyKey': true },
  }
  expect(toolWithoutSecrets(tool, hide)).toEqual({
    ...tool,
    ...{ title: 'Looks with (hidden)', description: 'Uses (hidden).' },
    annotations: { title: '(hidden) looks', readOnlyHint: true },
    inputSchema: {
      ...tool.inputSchema,
      properties: {
        key: { type: 'string', title: '(hidden)', description: 'As (hidden)', $comment: '(hidden)' },
        // A time zone of its settings, say: without it no arguments would be right.
        zone: { type: 'string', enum: ['sk-1', 'b'], default: 'b' },
      },
    },
  })
})

test('a tool that tells little of itself gets nothing more', () => {
  const tool = { name: 'sk-1', inputSchema: { type: 'object' as const } }
  expect(Object.keys(toolWithoutSecrets(tool, hide))).toEqual(['name', 'inputSchema'])
  // By another name it could not be called.
  expect(toolWithoutSecrets(tool, hide).name).toBe('sk-1')
})

test('a result’s secrets are hidden in its texts, its data and the names in it', () => {
  const result = { content: [text('is sk-1'), text('and')], structuredContent: { 'sk-1': [1, { a: 'sk-1', b: null }] } }
  expect(withoutSecrets(result, hide)).toEqual({
    content: [text('is (hidden)'), text('and')],
    structuredContent: { '(hidden)': [1, { a: '(hidden)', b: null }] },
  })
})

test('a secret that is split over two texts leaves one text without it; an image between them has none', () => {
  const image = { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }
  const split = (read: string): string => read.replace('sk-  1', '(hidden)')
  expect(withoutSecrets({ content: [text('is sk-'), image, text('1.')] }, split)).toEqual({
    content: [text('is (hidden).')],
  })
  const whole = { content: [text('is sk-'), text('2.')] }
  expect(withoutSecrets(whole, split)).toEqual(whole)
})

test('of a large result so much is searched as is read; then names stay, and longer texts do not', () => {
  let searched = 0
  const counting = (read: string): string => {
    searched += Math.min(read.length, 20_000)
    return read
  }
  const content = Array.from({ length: 10 }, () => text('x'.repeat(19_980)))
  const { content: safe } = withoutSecrets({ content }, counting)
  expect(safe.map(block => block.type === 'text' && block.text.length)).toEqual([
    ...Array(6).fill(19_980),
    ...Array(4).fill('(cut)'.length),
  ])
  expect(searched).toBeLessThan(200_000)
})
