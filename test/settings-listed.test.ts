import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROVIDER_SETTINGS } from '../src/chosen/providers.ts'
import { readSettings, SETTING_NAMES } from '../src/config.ts'
import { LLM } from '../src/providers/catalogue/language-models.ts'
import { STT } from '../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../src/providers/catalogue/voices.ts'

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const listed = [...read('.env.example').matchAll(/^# ([A-Z][A-Z\d_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => [name, value] as const,
)

/** The server's own, and those of the providers that serve where nothing is chosen. */
const USUAL = [
  ...new Set([
    ...SETTING_NAMES,
    ...[STT.deepgram, LLM.openai, TTS.cartesia].flatMap(({ settings }) =>
      Object.values(settings).map(({ name }) => name),
    ),
  ]),
]

test('.env.example lists every setting once, and no other', () => {
  expect(listed.map(([name]) => name).toSorted()).toEqual([...new Set([...USUAL, ...PROVIDER_SETTINGS])].toSorted())
})

test('.env.example has nothing set, so that a copy of it changes nothing', () => {
  const set = read('.env.example')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  expect(set).toEqual([])
})

test.each(listed.filter(([, value]) => value !== ''))('the default of %s is really %s', (name, value) => {
  // A vendor's own address wants its key.
  const keys = { DEEPGRAM_API_KEY: 'key', OPENAI_API_KEY: 'key', CARTESIA_API_KEY: 'key', GEMINI_API_KEY: 'key' }
  expect(readSettings({ ...keys, [name]: value })).toEqual(readSettings(keys))
})

test('each setting of .env.example has its meaning above it, but for the keys and what says itself', () => {
  const lines = read('.env.example').split('\n')
  const bare = lines.filter((line, i) => {
    const before = lines[i - 1] ?? ''
    return /^# [A-Z][A-Z\d_]+=/.test(line) && (before === '' || /^# [A-Z][A-Z\d_]+=/.test(before))
  })
  const plain = /^# (?:\w+_API_KEY|PORT|OPENAI_MODEL|\w+_BASE_URL)=/
  expect(bare.filter(line => !plain.test(line))).toEqual([])
})

test("README's table has every setting but those of the providers that must be chosen, and no other", () => {
  const table = read('README.md').match(/^\| name \| default \|.*?\n\n/ms)?.[0] ?? ''
  const rows = table.split('\n').slice(2)
  const names = rows.flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z\d_]+)`/g)].map(([, name]) => name))
  expect(names.toSorted()).toEqual(USUAL.toSorted())
})
