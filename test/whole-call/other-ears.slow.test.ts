import { describe, expect, test } from 'vitest'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { mismatches } from '../../src/sandbox/ringing/expectations.ts'
import { openWholeCalls } from './whole-calls.ts'

/** By the names of their stand-ins. */
const EARS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  assemblyai: { STT: 'assemblyai', ASSEMBLYAI_API_KEY: 'key' },
  'openai-ears': { STT: 'openai' },
  whisper: { STT: 'whisper' },
  'groq-ears': { STT: 'groq', GROQ_API_KEY: 'key' },
}

describe.each(Object.keys(EARS))('heard by %s', ears => {
  // One with hesitations, one with a caller who talks over the agent.
  test.each(['plain', 'talks-over'])('the call %s is held as it should be', async name => {
    const all = await openWholeCalls({ more: [ears], env: EARS[ears] ?? {} })
    const script = await loadNamedFixture(name)
    const { record, lines } = await all.passing(all.ring(script, { seed: 1 }))
    await all.close()
    expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
    expect(lines.some(line => 'input' in line && line.input.kind === 'stt-failed')).toBe(false)
  })
})
