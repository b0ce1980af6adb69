import { expect, test } from 'vitest'
import { failedProvider } from '../../src/metrics/failure-reason.ts'
import { labelOf, OTHER, VENDORS } from '../../src/metrics/label-values.ts'
import { entryOf, namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'

const ALL = PORTS.flatMap(port => namesOf(port).map(name => ({ port, name, title: entryOf(port, name)?.title ?? '' })))

test.each(ALL)('$port $name has labels of its own: as a provider, as who is paid, and where it fails', each => {
  const { port, name, title } = each
  expect(labelOf(port, name)).not.toBe(OTHER)
  if (name !== 'local') expect(VENDORS).toContain(title.toLowerCase())
  expect(failedProvider(title, 'nothing came for 3000 ms').provider).not.toBe(OTHER)
})

test.each([
  ['Amazon Polly', 'polly', 'tts'],
  ['Google Cloud Speech', 'google', 'stt'],
  ['Compatible server', 'compatible', 'llm'],
  ['AssemblyAI', 'assemblyai', 'stt'],
])('%s fails as %s, at %s', (title, provider, kind) => {
  expect(failedProvider(title, 'closed with 1006')).toEqual({ provider, kind })
})
