import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { type Expectation, loadFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { saveFixture } from '../../src/sandbox/caller/save-fixture.ts'
import { mismatches, taskMismatches } from '../../src/sandbox/ringing/expectations.ts'
import type { RingOptions } from '../../src/sandbox/ringing/ring.ts'
import { fixtureOf } from '../../src/sandbox/softphone/saved-call.ts'
import { taskLines } from '../../src/tasks/store/task-lines.ts'
import { openWholeCalls, type WholeCall, type WholeCallsOptions } from './whole-calls.ts'

const ZONE = 'Europe/Berlin'

/** A call that is over, with the tasks that the database has after it. */
export interface RungCall extends WholeCall {
  readonly tasks: readonly string[]
}

/** Rings a server of its own. */
export async function rung(
  script: Script,
  seed: number,
  env: WholeCallsOptions['env'] = {},
  changed: Partial<RingOptions> = {},
): Promise<RungCall> {
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE, ...env } })
  const call = await all.passing(all.ring(script, { ...changed, seed }))
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  await database.close()
  await all.close()
  return { ...call, tasks }
}

/** Saves a call from what the carrier and the server's journal have of it, and loads what was saved. */
export async function saved(
  { record, lines, tasks }: RungCall,
  from: string,
  utterances: readonly { readonly index: number; readonly say: string }[] = [],
): Promise<Script> {
  const kept = tasks.map(line => {
    const [status = '', title = ''] = line.split(/: |, due /)
    return { status, title }
  })
  const { legs, events, endedBy } = record
  const folder = await mkdtemp(join(tmpdir(), 'partyline-saved-'))
  try {
    const script = fixtureOf({ name: 'again', from, legs, events, endedBy, lines, utterances, tasks: kept })
    return await loadFixture(await saveFixture(script, folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Where a call is not as expected: a sentence each. */
export function misses({ record, lines, tasks }: RungCall, expected: Expectation): readonly string[] {
  return [...mismatches(expected, record, outcomeOf(lines, english)), ...taskMismatches(expected, tasks)]
}
