import { beforeAll, expect, test } from 'vitest'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { mismatches } from '../../../src/sandbox/ringing/expectations.ts'
import { openWholeCalls, type WholeCall } from '../whole-calls.ts'

let call: WholeCall
let problems: readonly string[]

beforeAll(async () => {
  const script = await loadNamedFixture('plain')
  const all = await openWholeCalls({ env: { LLM: 'openai-realtime,openai', STT: 'deepgram' } })
  const { faults } = all.standIns['openai-realtime']
  // Its session breaks off while the caller speaks for the second time, and no other one is opened.
  const onEvent = (event: { readonly kind: string; readonly index?: number }): void => {
    if (event.kind === 'utterance' && event.index === 1)
      faults.set([
        { kind: 'drop', afterMs: 600 },
        { kind: 'status', status: 503, times: 99 },
      ])
  }
  call = await all.passing(all.ring(script, { seed: 1, onEvent }))
  problems = mismatches(script.expect, call.record, outcomeOf(call.lines, english))
  await all.close()
})

test('where the session dies while the caller speaks, others hear and think, and the call goes as it would have', () => {
  expect(problems).toEqual([])
  const switched = call.lines.flatMap(line =>
    'noted' in line && line.noted.kind === 'provider-switched' ? [[line.noted.port, line.noted.to]] : [],
  )
  expect(switched).toContainEqual(['STT', 'deepgram'])
  expect(switched).toContainEqual(['LLM', 'openai'])
})
