import { beforeAll, expect, test } from 'vitest'
import { messagesOf } from '../../../src/conversation/history.ts'
import { restore } from '../../../src/conversation/restore.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { transcriptOf } from '../../../src/journal/transcript.ts'
import { english } from '../../../src/languages/english.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { mismatches, taskMismatches } from '../../../src/sandbox/ringing/expectations.ts'
import { taskLines } from '../../../src/tasks/store/task-lines.ts'
import { openWholeCalls, type WholeCall } from '../whole-calls.ts'

const FIXTURES = ['plain', 'talks-over', 'thinks-aloud', 'backchannels', 'echoes', 'corrects', 'tasks'] as const
const ZONE = 'Europe/Berlin'

interface Rung extends WholeCall {
  readonly script: Script
  readonly tasks: readonly string[]
  readonly logged: readonly string[]
  readonly leftOpen: number
}

const calls = new Map<string, Rung>()

async function rung(name: string): Promise<Rung> {
  const script = await loadNamedFixture(name)
  const env = { AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE, LLM: 'openai-realtime' }
  const all = await openWholeCalls({ env })
  const call = await all.passing(all.ring(script, { seed: 1 }))
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  await database.close()
  await all.close()
  const leftOpen = all.network.connections() + all.clock.sleepers
  return { ...call, script, tasks, logged: all.logged, leftOpen }
}

beforeAll(async () => {
  for (const name of FIXTURES) calls.set(name, await rung(name))
})

function call(name: string): Rung {
  const found = calls.get(name)
  if (!found) throw new Error(`the call "${name}" was not rung`)
  return found
}

test.each(FIXTURES)('the call "%s", held by one session, goes as its fixture expects', name => {
  const { script, record, lines, tasks } = call(name)
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  expect(record.warnings).toEqual([])
  expect(taskMismatches(script.expect, tasks)).toEqual([])
})

test.each(FIXTURES)('nothing is warned of in "%s", and nothing is left open after it', name => {
  const { logged, leftOpen } = call(name)
  expect(logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
  expect(leftOpen).toBe(0)
})

test.each(FIXTURES)('"%s" replays as it went, and folds back into its history', name => {
  const { lines, transcript } = call(name)
  expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  expect(transcriptOf(messagesOf(restore(lines, english).history))).toBe(transcript)
})
