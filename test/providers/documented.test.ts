import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { modelOf } from '../../src/chosen/in-force.ts'
import { readProviders } from '../../src/chosen/providers.ts'
import { pricesOfOther } from '../../src/costs/prices.ts'
import { entryOf, namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'

const rows = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8').split('\n')

test.each(PORTS.flatMap(port => namesOf(port).map(name => ({ port, name }))))(
  'docs/providers.md has $port=$name with each of its settings and their defaults',
  ({ port, name }) => {
    const entry = entryOf(port, name)
    const row = rows.find(line => line.startsWith(`| \`${port}=${name}\` |`)) ?? ''
    expect(row).toContain(entry?.title)
    for (const spec of Object.values(entry?.settings ?? {})) {
      expect(row).toContain(`\`${spec.name}\``)
      if ('default' in spec && spec.default !== undefined) expect(row).toContain(`\`${spec.name}\` (${spec.default})`)
    }
  },
)

/** The rows with prices, by provider. Whoever is asked elsewhere has no price of their own. */
const PRICED: readonly (readonly [row: string, port: 'STT' | 'LLM' | 'TTS', names: readonly string[]])[] = [
  ['Deepgram, ears', 'STT', ['deepgram']],
  ['AssemblyAI', 'STT', ['assemblyai']],
  ['OpenAI, ears', 'STT', ['openai']],
  ['Whisper', 'STT', ['whisper']],
  ['Groq, ears', 'STT', ['groq']],
  ['Azure Speech, ears', 'STT', ['azure']],
  ['Google Cloud Speech', 'STT', ['google']],
  ['OpenAI, model', 'LLM', ['openai', 'responses']],
  ['Anthropic', 'LLM', ['anthropic']],
  ['Gemini', 'LLM', ['gemini']],
  ['Groq, model', 'LLM', ['groq']],
  ['Compatible server', 'LLM', ['compatible']],
  ['OpenAI Realtime', 'LLM', ['openai-realtime']],
  ['Cartesia', 'TTS', ['cartesia']],
  ['ElevenLabs', 'TTS', ['elevenlabs']],
  ['OpenAI, voice', 'TTS', ['openai']],
  ['Deepgram, voice', 'TTS', ['deepgram']],
  ['Azure Speech, voice', 'TTS', ['azure']],
  ['Amazon Polly', 'TTS', ['polly']],
  ['local', 'STT', ['local']],
  ['local', 'TTS', ['local']],
]

/** A default's price as the table has it. */
function priceOf(port: 'STT' | 'LLM' | 'TTS', name: string): string {
  const [chosen] = readProviders({ [port]: name }).chosen[port]
  const { second, tokens, character } = pricesOfOther({ model: modelOf(chosen, 'local') })
  const each = (price: { readonly usd: number; readonly per: number } | undefined, many: number, digits: number) =>
    price && ((price.usd / price.per) * many).toFixed(digits)
  const million = (of: typeof tokens) => `${each(of?.input, 1e6, 2)} and ${each(of?.output, 1e6, 2)}`
  switch (port) {
    case 'STT':
      return second ? `${each(second, 60, 4)} a minute` : ''
    case 'LLM':
      return tokens ? `${million(tokens)} for a million tokens` : ''
    case 'TTS':
      return character ? `${each(character, 1_000, 4)} for 1,000 characters` : ''
  }
}

test.each(PRICED.flatMap(([row, port, names]) => names.map(name => ({ row, port, name }))))(
  'docs/providers.md has the price of $port=$name, its region and its limits',
  ({ row, port, name }) => {
    const [, price = '', region = '', limits = ''] =
      rows.find(line => line.startsWith(`| ${row} |`))?.split(' | ') ?? []
    const listed = priceOf(port, name)
    expect(listed === '', 'nobody is paid, or it is the operator’s own server').toBe(
      ['compatible', 'local'].includes(name),
    )
    expect(price).toContain(listed)
    for (const cell of [region, limits]) expect(cell.trim()).not.toBe('')
  },
)

test('each provider has such a row', () => {
  const named = PRICED.flatMap(([, port, names]) => names.map(name => `${port}=${name}`))
  expect(named.toSorted()).toEqual(PORTS.flatMap(port => namesOf(port).map(name => `${port}=${name}`)).toSorted())
})
