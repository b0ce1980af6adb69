import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/database/database.ts'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { mismatches, taskMismatches } from '../../../src/sandbox/ringing/expectations.ts'
import { taskLines } from '../../../src/tasks/store/task-lines.ts'
import { openWholeCalls } from '../whole-calls.ts'

const ZONE = 'Europe/Berlin'
const never = new AbortController().signal

test('where no folder can be made a call goes on as ever, its changes are kept, and staff see that it is not recorded', async () => {
  const script = await loadNamedFixture('tasks')
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE } })
  onTestFinished(() => all.close())
  const { records } = all.partyline
  const calls = join(all.dataDir, 'calls')
  await rm(calls, { recursive: true })
  await writeFile(calls, 'no folder')

  const record = await all.passing(all.rung(script, { seed: 1 }))
  const lines = (await records.lines(record.callSid, never)) ?? []
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  onTestFinished(() => database.close())
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  expect(taskMismatches(script.expect, tasks)).toEqual([])
  expect(lines.flatMap(line => ('noted' in line ? [line.noted.kind] : []))).toContain('recording-lost')
  const listed = await records.list({ caller: script.from }, 'numbers', never)
  expect(listed.calls.map(({ callId, outcome }) => [callId, outcome])).toEqual([
    [record.callSid, expect.stringMatching(/hung-up|goodbye/)],
  ])
  expect(await records.audio(record.callSid, 1, never)).toBeUndefined()

  await rm(calls)
  const next = await all.passing(all.ring(script, { seed: 2 }))
  const names = ['about.json', 'call-1.wav', 'journal.jsonl', 'sealed.json', 'transcript.txt']
  expect((await readdir(next.folder)).toSorted()).toEqual(names)
  expect(JSON.parse(await readFile(join(next.folder, 'sealed.json'), 'utf8')).lost).toEqual([])
})
