import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { receptionist } from '../../src/agents/built-in.ts'
import { GERMAN } from '../../src/agents/german-words.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { comesTo, readExpectation } from '../../src/replay/expectation.ts'
import { FIXTURES_DIR, type Script } from '../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../src/sandbox/caller/record-fixtures.ts'
import { later, next } from '../../src/sandbox/caller/script-lines.ts'
import { transcriptOf } from '../../src/staff/calls/transcript.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { LANGUAGE_SCRIPTS } from '../replay/language-scripts.ts'
import { openWholeCalls, type WholeCall } from './whole-calls.ts'

const PIN = '4271'
const FROM = '+15550100053'

const flite = openFlite()
const { signal } = new AbortController()

test.each(LANGUAGE_SCRIPTS)('the call "$name" goes as it was recorded', async ({ LANGUAGE, ...script }) => {
  const all = await openWholeCalls({ env: { LANGUAGE, RECORDING: 'off' } })
  const rendered = await renderScript({ ...script, expect: {} }, flite, signal)
  const { lines, record } = await all.passing(all.ring(rendered, { seed: 1 }))
  await all.close()
  const code = LANGUAGE.split(',')[0] ?? ''
  const expected = await readExpectation(join(FIXTURES_DIR, `recorded-${script.name}`, 'expect.json'))
  expect(comesTo(lines, languageOf(code))).toEqual(expected)
  expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  expect(record.warnings).toEqual([])
})

let call: WholeCall
beforeAll(async () => {
  const all = await openWholeCalls({ env: { LANGUAGE: 'en,de', TRANSFER_NUMBER: '+15557654321' } })
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  await (await pinsIn(database, CHEAP)).set(FROM, PIN, all.clock.wallTime())
  await database.close()
  const lines = [
    // Over the question for the PIN, which is asked on in the line's first language.
    { say: 'Auf Deutsch bitte.', cue: { after: 'agent-started', ms: 1_000 } } as const,
    { press: `${PIN}#`, cue: later(500) },
    next('Can we speak German, please?'),
    {
      say: 'Ich möchte mit einem Menschen sprechen.',
      sounds: 'Ich mochte mit einem Menschen sprechen.',
      cue: later(7_000),
    },
    next('Auf Wiederhören.', 2_500),
  ]
  const head = { name: 'pin', about: '', from: FROM, voice: 'rms', expect: {} }
  const hangUp = { after: 'agent-stopped', ms: 1_200, withStop: true } as const
  const script: Script = await renderScript({ ...head, lines, hangUp }, flite, signal)
  call = await all.passing(all.ring(script, { seed: 3, dialOutcome: 'busy' }))
  await all.close()
})

test('a caller with a PIN changes the language after it, and comes back from a transfer in that language', () => {
  const { lines, record } = call
  expect(lines.filter(line => 'noted' in line && line.noted.kind === 'withheld')).toHaveLength(1)
  expect(record.streams).toHaveLength(2)
  const { callerHeard, callerSaid } = comesTo(lines, languageOf('en'))
  expect(callerHeard.slice(0, 4)).toEqual([
    receptionist.phrases.greeting,
    GERMAN.phrases.switched,
    GERMAN.phrases.transfer,
    GERMAN.phrases.back,
  ])
  expect(callerSaid.slice(0, 2)).toEqual(['Can we speak German, please?', 'Ich möchte mit einem Menschen sprechen.'])
  expect(record.warnings).toEqual([])
})

test('such a call replays as it went, and is told as it was spoken', () => {
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  const told = transcriptOf('CA1', call.lines, languageOf('en')).entries.map(({ text }) => text)
  expect(told).toContain(GERMAN.phrases.back)
})
