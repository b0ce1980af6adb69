import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { loadFixture, loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { saveFixture } from '../../src/sandbox/caller/save-fixture.ts'
import { mismatches, taskMismatches } from '../../src/sandbox/ringing/expectations.ts'
import { fixtureOf } from '../../src/sandbox/softphone/saved-call.ts'
import { taskLines } from '../../src/tasks/store/task-lines.ts'
import { openWholeCalls, type WholeCall } from './whole-calls.ts'

const ZONE = 'Europe/Berlin'

interface Rung extends WholeCall {
  readonly tasks: readonly string[]
}

async function rung(script: Script, seed: number): Promise<Rung> {
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE } })
  const call = await all.passing(all.ring(script, { seed }))
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  await database.close()
  await all.close()
  return { ...call, tasks }
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'partyline-saved-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** Saves a call from what the carrier and the server's journal have of it, and loads what was saved. */
async function saved({ record, lines, tasks }: Rung, from: string): Promise<Script> {
  const kept = tasks.map(line => {
    const [status = '', title = ''] = line.split(/: |, due /)
    return { status, title }
  })
  const { legs, events, endedBy } = record
  const script = fixtureOf({ name: 'again', from, legs, events, endedBy, lines, utterances: [], tasks: kept })
  return loadFixture(await saveFixture(script, await folder()))
}

test.each(['plain', 'talks-over', 'thinks-aloud', 'keys', 'backchannels', 'corrects', 'tasks'])(
  'the call "%s" is saved as a fixture, and the fixture is rung again and comes to the same',
  async name => {
    const script = await loadNamedFixture(name)
    const first = await rung(script, 1)
    const again = await saved(first, script.from)
    expect(again.expect).toMatchObject({
      callerTurns: script.expect.callerTurns?.map(text => text.replace(' … ', ' ')),
      tools: script.expect.tools,
      bargeIns: script.expect.bargeIns,
    })
    const second = await rung(again, 2)
    expect(second.record.gaveUp).toBe(false)
    expect(mismatches(again.expect, second.record, outcomeOf(second.lines, english))).toEqual([])
    expect(taskMismatches(again.expect, second.tasks)).toEqual([])
    // What the original's author expects of it is true of the saved one, too.
    const { agentSays = [], answeredTurns } = script.expect
    expect(mismatches({ agentSays, answeredTurns }, second.record, outcomeOf(second.lines, english))).toEqual([])
  },
  60_000,
)
