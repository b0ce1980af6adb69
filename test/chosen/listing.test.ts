import { expect, test } from 'vitest'
import { providerLines } from '../../src/chosen/listing.ts'
import { readProviders } from '../../src/chosen/providers.ts'
import { namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'

const listed = (given: Readonly<Record<string, string>>): readonly string[] =>
  providerLines(readProviders(given).chosen, given)

test('every provider has its line, and those that are chosen a star, in their order', () => {
  const lines = listed({ STT: 'local,deepgram', DEEPGRAM_API_KEY: 'k' })
  expect(lines[0]).toBe('STT, who hears: local, then deepgram')
  for (const name of PORTS.flatMap(namesOf)) expect(lines.some(line => line.slice(2).startsWith(`${name} `))).toBe(true)
  const starred = lines.filter(line => line.startsWith('*')).map(line => line.split(/ +/)[1])
  expect(starred.toSorted()).toEqual(['cartesia', 'deepgram', 'local', 'openai'])
})

test('a key is said to be set, and never printed; so is a password in an address', () => {
  const text = listed({ OPENAI_API_KEY: 'sk-very-secret', DEEPGRAM_BASE_URL: 'ws://me:hidden@ears' }).join('\n')
  expect(text).toContain('OPENAI_API_KEY=(set)')
  expect(text).toContain('DEEPGRAM_BASE_URL=not shown')
  expect(text).not.toMatch(/very-secret|hidden/)
})

test('whom the sandbox stands in for is told', () => {
  expect(listed({}).filter(line => line.includes('the sandbox stands in'))).toHaveLength(3)
  expect(listed({ OPENAI_API_KEY: 'k' }).filter(line => line.includes('the sandbox stands in'))).toHaveLength(2)
})
