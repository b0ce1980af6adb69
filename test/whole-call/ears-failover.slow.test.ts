import { expect, test } from 'vitest'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { mismatches } from '../../src/sandbox/ringing/expectations.ts'
import { openWholeCalls } from './whole-calls.ts'

const EARS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  assemblyai: { STT: 'deepgram,assemblyai', ASSEMBLYAI_API_KEY: 'key' },
  'openai-ears': { STT: 'deepgram,openai' },
  whisper: { STT: 'deepgram,whisper' },
  'groq-ears': { STT: 'deepgram,groq', GROQ_API_KEY: 'key' },
}

test.each(Object.keys(EARS))(
  'Deepgram dies in the middle of an utterance, and %s goes on: no word is lost',
  async ears => {
    const all = await openWholeCalls({ ears, env: EARS[ears] ?? {} })
    const script = await loadNamedFixture('plain')
    // In the middle of the first utterance, after some of its words; nobody gets in again.
    const faults = [
      { kind: 'drop', afterMs: 6_500 },
      { kind: 'status', status: 503, times: 1_000 },
    ] as const
    all.standIns.deepgram.faults.set(faults)
    const { record, lines } = await all.passing(all.ring(script, { seed: 1 }))
    await all.close()
    expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
    const switched = lines.filter(line => 'noted' in line && line.noted.kind === 'provider-switched')
    expect(switched).toHaveLength(1)
  },
)
