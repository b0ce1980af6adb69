import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src/database/database.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { pinsIn } from '../../../src/pins/pins.ts'
import type { Cue, Script, Utterance } from '../../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { CHEAP } from '../../pins/cheap-hashes.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from '../whole-calls.ts'

const GUESSED = '+15550100041'
const OWNER = '+15550100042'
const PIN = '4271'
const CALLS = 30
const OVER: Cue = { after: 'agent-started', ms: 300 }
const keys = (press: string, cue: Cue = OVER): Utterance => ({ kind: 'keys', press, cue })
const afterOwn = (ms: number): Cue => ({ after: 'own-utterance', ms })

let all: WholeCalls
let owners: WholeCall
let unlocked: WholeCall
const guesses: WholeCall[] = []

beforeAll(async () => {
  all = await openWholeCalls({ env: { LOG_LEVEL: 'trace' } })
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const pins = await pinsIn(database, CHEAP)
  for (const number of [GUESSED, OWNER]) await pins.set(number, PIN, all.clock.wallTime())
  const flite = openFlite()
  const spoken = await scriptOfTexts(['When do you open?'], 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  const [asks] = spoken.utterances
  if (!asks) throw new Error('nothing was spoken')
  const ring = (from: string, utterances: readonly Utterance[], seed: number) =>
    all.passing(all.ring({ ...spoken, from, utterances } satisfies Script, { seed }))
  for (let call = 0; call < CALLS; call++) {
    const tries = [0, 1, 2].map(n => keys(`${5_000 + call * 3 + n}#`))
    guesses.push(await ring(GUESSED, [...tries, asks], 700 + call))
  }
  owners = await ring(OWNER, [keys(PIN), keys(`${PIN}#`, afterOwn(2_400)), keys('#9', afterOwn(300)), asks], 800)
  await pins.unlock(GUESSED)
  unlocked = await ring(GUESSED, [keys(`${PIN}#`), asks], 801)
  await database.close()
})

afterAll(() => all.close())

test('nobody else on the machine may read what was written', async () => {
  const entries = await readdir(all.dataDir, { recursive: true, withFileTypes: true })
  expect(entries.length).toBeGreaterThan(3 * CALLS)
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    expect([path, (await stat(path)).mode & 0o777]).toEqual([path, entry.isDirectory() ? 0o700 : 0o600])
  }
})

const warnings = (message: string): number => all.logged.filter(line => line.includes(`"msg":"${message}"`)).length

test('of ninety wrong tries in thirty calls a handful is checked, and every call ends politely', () => {
  expect(warnings('wrong PIN')).toBeGreaterThanOrEqual(3)
  expect(warnings('wrong PIN')).toBeLessThanOrEqual(8)
  expect(warnings('a PIN is asked for while it is locked')).toBeGreaterThanOrEqual(20)
  for (const { record, lines, transcript } of guesses) {
    expect(record).toMatchObject({ endedBy: 'agent', warnings: [] })
    expect(transcript).toBe('')
    expect(JSON.stringify(lines)).toMatch(/"end":"(?:refused|locked)"/)
  }
  expect(all.logged.join('')).not.toContain(GUESSED.slice(1))
})

test('the right PIN opens an unlocked number', () => {
  expect(outcomeOf(unlocked.lines, english).callerTurns).toEqual(['When do you open?'])
})

test('keys that are pressed again after the right PIN reach neither the journal nor the model nor the transcript', () => {
  const { callerTurns } = outcomeOf(owners.lines, english)
  expect(callerTurns).toEqual(['When do you open?'])
  expect(owners.transcript).not.toMatch(/pressed/)
  expect(JSON.stringify(owners.lines)).not.toMatch(/"kind":"digit"/)
})
