import { expect, test } from 'vitest'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { mismatches } from '../../src/sandbox/ringing/expectations.ts'
import { openWholeCalls } from './whole-calls.ts'

test('a whole call is held with a transcription that judges the end of the turn itself', async () => {
  const all = await openWholeCalls({ env: { DEEPGRAM_MODEL: 'flux-general-en' } })
  const plain = await loadNamedFixture('plain')
  const utterances = plain.utterances.slice(0, 1)
  const script: Script = {
    ...plain,
    utterances,
    expect: { callerTurns: ['Hi, what time do you open on Friday?'], answeredTurns: 1 },
  }
  const { record, lines } = await all.passing(all.ring(script, { seed: 1 }))
  await all.close()
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  const words = lines.flatMap(line => ('input' in line && line.input.kind === 'words' ? [line.input] : []))
  // Words that may be all, but are not final: no other transcription reports those.
  expect(words.some(({ ended, final }) => ended && !final)).toBe(true)
})
