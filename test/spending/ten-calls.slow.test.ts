import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import type { JournalLine, Usage } from '../../src/conversation/lines.ts'
import { costOf } from '../../src/costs/cost.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { openDatabase } from '../../src/database/database.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { otherPrices } from '../../src/spending/other-prices.ts'
import { pricedCalls } from '../../src/spending/priced-calls.ts'
import { BYS, type By, Sums } from '../../src/spending/sums.ts'
import { csvOf, tableOf } from '../../src/spending/table.ts'
import { simulate } from '../simulator/simulate.ts'
import { openWholeCalls, type WholeCalls } from '../whole-call/whole-calls.ts'

const MODELS = { speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' }
const PRICES = pricesFor(MODELS)

/**
 * Four recorded calls, counted by hand: seconds of line, seconds of speech-to-text, tokens in (and how many of them were
 * cached) and out, characters of the voice.
 */
const BY_HAND: Readonly<Record<string, number>> = {
  // 23 s: one begun minute. No token was cached.
  'recorded-corrects': 0.0085 + 0.0044 + (22.62 * 0.0048) / 60 + (2_695 * 0.15 + 88 * 0.6) / 1e6 + (257 * 299) / 8e6,
  // 29 s.
  'recorded-talks-over': 0.0085 + 0.0044 + (28.74 * 0.0048) / 60 + (2_497 * 0.15 + 162 * 0.6) / 1e6 + (604 * 299) / 8e6,
  // 74 s: two begun minutes. 12,416 of the 25,945 tokens were cached.
  'recorded-tasks':
    2 * (0.0085 + 0.0044) +
    (73.78 * 0.0048) / 60 +
    (13_529 * 0.15 + 12_416 * 0.075 + 237 * 0.6) / 1e6 +
    (539 * 299) / 8e6,
  // 21 s.
  'recorded-thinks-aloud': 0.0085 + 0.0044 + (20.5 * 0.0048) / 60 + (1_181 * 0.15 + 46 * 0.6) / 1e6 + (161 * 299) / 8e6,
}
/** Two more, which are rung here, and four that are simulated. */
const RUNG = ['bench', 'plain'] as const
const SEEDS = [1, 2, 3, 4]

let all: WholeCalls
const rung = new Map<string, readonly JournalLine[]>()

beforeAll(async () => {
  all = await openWholeCalls({ env: { RECORDING: 'off' } })
  for (const [i, name] of RUNG.entries()) {
    const { lines } = await all.passing(all.ring(await loadNamedFixture(name), { seed: i + 1 }))
    rung.set(name, lines)
  }
})
afterAll(() => all.close())

const linesOf = (text: string): readonly JournalLine[] =>
  text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as JournalLine]))

/** A simulated call has no line of its carrier's: it is added, as the server does. */
const inOneStream = (lines: readonly JournalLine[]): readonly JournalLine[] => {
  const { seq, atMs } = lines.at(-1) ?? { seq: 0, atMs: 0 }
  return [...lines, { v: 2, seq: seq + 1, atMs, used: { kind: 'carrier-seconds', seconds: Math.ceil(atMs / 1_000) } }]
}

/** The same arithmetic, from the lines. */
function handCount(lines: readonly JournalLine[]): number {
  const sum = (of: (used: Usage) => number): number =>
    lines.reduce((total, line) => total + ('used' in line ? of(line.used) : 0), 0)
  const lineMinutes = sum(used => (used.kind === 'carrier-seconds' ? Math.ceil(used.seconds / 60) : 0))
  const stt = sum(used => (used.kind === 'stt-seconds' ? used.seconds : 0))
  const cached = sum(used => (used.kind === 'tokens' ? used.cached : 0))
  const input = sum(used => (used.kind === 'tokens' ? used.input : 0)) - cached
  const output = sum(used => (used.kind === 'tokens' ? used.output : 0))
  const letters = sum(used => (used.kind === 'tts-characters' ? used.characters : 0))
  return (
    lineMinutes * (0.0085 + 0.0044) +
    (stt * 0.0048) / 60 +
    (input * 0.15 + cached * 0.075 + output * 0.6) / 1e6 +
    (letters * 299) / 8e6
  )
}

async function summedUp(by: By, changes: readonly string[] = []): Promise<Sums> {
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const sums = new Sums(by)
  const parts = {
    index: await callIndexIn(database),
    records: all.partyline.records,
    ...{ models: MODELS, zone: 'Europe/Berlin', other: otherPrices(changes) },
  }
  const { signal } = new AbortController()
  for await (const call of pricedCalls(parts, new Date(0), new Date('2100-01-01'), signal)) sums.add(call)
  await database.close()
  return sums
}

test('ten calls cost what a hand count says, within one per cent', async () => {
  let counted = 0
  const within = (name: string, usd: number, byHand: number): void => {
    counted++
    expect(usd, name).toBeGreaterThan(byHand * 0.99)
    expect(usd, name).toBeLessThan(byHand * 1.01)
  }
  for (const [name, byHand] of Object.entries(BY_HAND)) {
    const file = new URL(`../../fixtures/calls/${name}/journal.jsonl`, import.meta.url)
    within(name, costOf(linesOf(await readFile(file, 'utf8')), PRICES, 'phone').usd, byHand)
  }
  for (const [name, lines] of rung) within(name, costOf(lines, PRICES, 'phone').usd, handCount(lines))
  for (const seed of SEEDS) {
    const lines = inOneStream((await simulate(seed)).lines)
    within(`seed ${seed}`, costOf(lines, PRICES, 'phone').usd, handCount(lines))
  }
  expect(counted).toBe(10)
})

test.each(BYS)('by %s the rows add up to the hand count, and each vendor has its part', async by => {
  const sums = await summedUp(by)
  const byHand = [...rung.values()].reduce((sum, lines) => sum + handCount(lines), 0)
  expect(sums.all.calls).toBe(RUNG.length)
  expect(sums.all.usd).toBeCloseTo(byHand, 6)
  expect(sums.rows().reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(byHand, 6)
  expect([...sums.all.byVendor.values()].reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(byHand, 6)
  const keys: Readonly<Record<By, RegExp>> = {
    day: /^\d{4}-\d\d-\d\d$/,
    agent: /^receptionist$/,
    channel: /^phone$/,
    provider: /^(?:Twilio|Deepgram|OpenAI|Cartesia)$/,
    caller: /^[\w-]{12}$/,
  }
  for (const { key } of sums.rows()) expect(key).toMatch(keys[by])
})

test('a caller is a hash that the records have, and no number', async () => {
  const { RECORDS_SECRET } = readSettings({})
  const numbers = await Promise.all(RUNG.map(async name => (await loadNamedFixture(name)).from))
  const hashes = numbers.map(number => callerSecrets(RECORDS_SECRET).hashOf(number).slice(0, 12))
  const csv = csvOf(await summedUp('caller'), 'caller')
  for (const hash of hashes) expect(csv).toContain(hash)
  for (const number of numbers) expect(csv).not.toContain(number.replace('+', ''))
})

test('a minute costs three to seven cents, and the report says what it was made of', async () => {
  const sums = await summedUp('day')
  const cents = (sums.all.usd / sums.all.minutes) * 100
  expect(cents).toBeGreaterThan(3)
  expect(cents).toBeLessThan(7)
  const table = tableOf(sums, 'day', false)
  expect(table).toContain(`A minute cost ${cents.toFixed(2)} ¢, made of`)
  for (const part of ['telephone line (Twilio)', 'voice (Cartesia)', 'speech-to-text, nova-3 (Deepgram)'])
    expect(table).toMatch(new RegExp(`^ +${part.replaceAll(/[()]/g, '\\$&')} +\\d+\\.\\d\\d ¢ +\\d+\\.\\d %$`, 'm'))
  expect(table).toMatch(/drafts that were thrown away \d+\.\d % \(0\.\d{4} USD\)/)
  expect(table).toContain('The price of the media stream is second hand')
  expect(sums.all.draftsUsd).toBeGreaterThan(0)
})

test('the command reads the same from the database and the folders', async () => {
  const command = new URL('../../src/command/partyline.ts', import.meta.url).pathname
  const env = { PATH: process.env.PATH ?? '', DATA_DIR: all.dataDir, TIME_ZONE: 'Europe/Berlin' }
  const args = [command, 'cost', '--since', '2025-01-01', '--by', 'agent', '--csv']
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: all.dataDir })
  expect(stdout).toBe(csvOf(await summedUp('agent'), 'agent'))
  expect(stdout).toMatch(/^receptionist,2,/m)
})

test('what if: other prices change their own parts alone, and the sum as listed stands beside it', async () => {
  const listed = await summedUp('day')
  const other = await summedUp('day', ['cartesia=10', 'deepgram=0.0096'])
  const of = (sums: Sums, vendor: string): number => sums.all.byVendor.get(vendor) ?? 0
  expect(of(other, 'Cartesia')).toBeCloseTo((of(listed, 'Cartesia') * 10) / (299 / 8), 9)
  expect(of(other, 'Deepgram')).toBeCloseTo(of(listed, 'Deepgram') * 2, 9)
  expect(of(other, 'Twilio')).toBe(of(listed, 'Twilio'))
  expect(other.all.listedUsd).toBeCloseTo(listed.all.usd, 9)
  const model = await summedUp('day', ['openai=gpt-4.1'])
  expect(of(model, 'OpenAI')).toBeGreaterThan(of(listed, 'OpenAI') * 10)
  expect(tableOf(other, 'day', true)).toContain('as listed')
})
